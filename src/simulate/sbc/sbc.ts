import { checkArgument } from "../../argument/checkArgument.js";
import { anObject } from "../../argument/kinds.js";
import type { TableInput } from "../../data/toTable.js";
import { parameterKinds } from "../../density/quantities.js";
import { refuseProblems } from "../../engine/checkOptions.js";
import { EngineError } from "../../engine/EngineError.js";
import { checkFitOptions } from "../../fit/completeOptions.js";
import { definitionOf } from "../../fit/definedEngines.js";
import { defineEngine } from "../../fit/defineEngine.js";
import { type EngineName, engines } from "../../fit/engines.js";
import type { AnyEngine } from "../../fit/FitEngine.js";
import { withPlugins } from "../../fit/loadPlugin.js";
import { isListOfPlugins, isPlugin } from "../../fit/Plugin.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { prepare } from "../../fit/prepare.js";
import type { ModelAst } from "../../language/ast.js";
import { didYouMean } from "../../language/suggest.js";
import type { SbcResult } from "../../summary/SbcResult.js";
import { checkedOptions } from "../options.js";
import type { ReplicatePlan } from "../replicates/Replicate.js";
import { runReplicates } from "../replicates/runReplicates.js";
import { SimulationError } from "../SimulationError.js";
import { refuseImproper } from "../simulateModel.js";
import { type StatedParameters, statedValues } from "../statedValues.js";
import { type SbcSchemaOptions, sbcSchema } from "./options.js";
import { type SbcFacts, sbcResult } from "./sbcResult.js";

/** How to calibrate. */
export interface SbcOptions extends SbcSchemaOptions {
  /** The engine, by its name, also of one in `plugins`, or as `defineEngine` returns it; left out, nuts. */
  readonly engine?: EngineName | string | object | undefined;
}

/** Random effects that are looked at besides all parameters: the first, the middle and the last. */
const EFFECTS = 3;

/**
 * Simulation-based calibration and coverage of a model and its data's layout (Talts et al. 2018): data sets are simulated at parameters from the priors, or at stated ones, each is fitted, and what the fits say is held against the truth. The
 * results are the same for any number of workers. Throws ModelError, DataError, OptionsError; EngineError where the engine does not serve the model; SimulationError for stated values and for improper priors; the signal's reason once it is
 * aborted, and what `onReplicate` throws.
 */
export async function sbc(model: ModelAst | string, data: TableInput, options: SbcOptions = {}): Promise<SbcResult> {
  checkArgument(anObject, options, "sbc", "options");
  const { prepared, engine, checked } = await planned(model, data, options);
  const { plan, facts } = planOf(prepared, engine, checked);
  const { families, priors, plugins } = checked;
  const all = await runReplicates(prepared, engine, plan, {
    ...checked,
    isOfThisThread: families.length + priors.length + plugins.length > 0,
  });
  return sbcResult(all, facts);
}

/** The model as `sbc` would calibrate it, before any place is made for its replicates. Throws what `sbc` throws before its first fit. */
export async function prepareSbc(
  model: ModelAst | string,
  data: TableInput,
  options: SbcOptions = {},
): Promise<PreparedModel> {
  checkArgument(anObject, options, "prepareSbc", "options");
  const { prepared, engine, checked } = await planned(model, data, options);
  planOf(prepared, engine, checked);
  return prepared;
}

async function planned(model: ModelAst | string, data: TableInput, options: SbcOptions) {
  const { engine: given, ...others } = await withPlugins(options);
  const checked = checkedOptions(sbcSchema, others);
  const engine = engineOf(given, checked.plugins);
  const { fit: ofEngine, missing, families, priors, plugins } = checked;
  const ofModel = { missing, families, priors, plugins };
  const fitOptions = { ...ofEngine, ...(plugins.length > 0 ? { plugins } : {}), missing };
  checkFitOptions(engine, fitOptions);
  const prepared = prepare(model, data, ofModel, (problem) => engine.judge(problem, fitOptions));
  const refusal = engine.refuses(prepared, fitOptions);
  if (refusal !== null) throw new EngineError(refusal);
  return { prepared, engine, checked };
}

/** Throws OptionsError for a name that no engine has. */
export function engineOf(given: unknown, plugins: unknown): AnyEngine {
  if (given === undefined) return engines[0];
  const definition = definitionOf(given);
  if (definition !== null) return defineEngine(definition);
  const ofPlugins = isListOfPlugins(plugins) ? plugins.filter(isPlugin).flatMap((plugin) => plugin.engines) : [];
  const all: readonly AnyEngine[] = [...engines, ...ofPlugins];
  const found = all.find((engine) => engine.name === given || engine === given);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  const message = `unknown engine "${String(given)}"; ${didYouMean(String(given), names, "engines")}`;
  refuseProblems([{ option: "engine", code: "not-allowed", message }]);
  throw new RangeError(message);
}

type Checked = ReturnType<typeof checkedOptions<typeof sbcSchema>>;

/** What the replicates have in common. Throws SimulationError. */
export function planOf(
  prepared: PreparedModel,
  engine: AnyEngine,
  { effect, at, levels, ranked, alpha, seed, fit }: Checked,
): { readonly plan: ReplicatePlan; readonly facts: SbcFacts } {
  const { design, compiled } = prepared;
  const read = (values: StatedParameters | undefined) =>
    values === undefined ? new Map() : statedValues(design, values);
  const [effects, others]: readonly ReadonlyMap<string, number>[] = [read(effect), read(at)];
  const { parameters, randomEffects } = compiled.quantities;
  const kinds = parameterKinds(design);
  for (const name of effects.keys()) {
    if (kinds[parameters.indexOf(name)] !== "coefficient")
      throw new SimulationError(`${name} is no coefficient, of which there are effects; state it by the option "at"`);
    if (others.has(name)) throw new SimulationError(`${name} is stated twice, as an effect and by "at"`);
  }
  const stated = new Map([...others, ...effects]);
  refuseImproper(prepared, stated);
  const places = [...parameters.keys(), ...spread(randomEffects.length, EFFECTS).map((k) => parameters.length + k)];
  const quantities = engine.name === "ml" ? [...parameters.keys()] : places;
  const names = quantities.map((place) => parameters[place] ?? randomEffects[place - parameters.length].name);
  const sorted = [...new Set(levels)].sort((a, b) => a - b);
  return {
    plan: { options: fit, seed: String(seed), stated: [...stated], quantities, levels: sorted, ranked },
    facts: {
      engine: engine.name,
      names,
      levels: sorted,
      ranked,
      stated: [...stated.keys()],
      effects: [...effects].map(([name, value]) => ({ name, value })),
      level: sorted[sorted.length - 1],
      alpha,
    },
  };
}

/** At most `count` of so many numbers from 0, evenly spread. */
function spread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, k) => k);
  return Array.from({ length: count }, (_, k) => Math.round((k * (length - 1)) / (count - 1)));
}
