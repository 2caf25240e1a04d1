import { platform } from "#platform";
import type { Table } from "../../data/Table.js";
import { type TableInput, toTable } from "../../data/toTable.js";
import type { Warning } from "../../diagnostics/warnings.js";
import { EngineDefect } from "../../engine/EngineError.js";
import { fitBy } from "../../fit/fit.js";
import { asForeseen } from "../../fit/foreseen.js";
import { improperEvidence } from "../../fit/improperEvidence.js";
import { withPlugins } from "../../fit/loadPlugin.js";
import { mlEngine } from "../../fit/mlEngine.js";
import { type PreparedModel, prepareSteps } from "../../fit/prepare.js";
import { problemWarnings } from "../../fit/problemWarnings.js";
import { inThisThread } from "../../fit/thisThread.js";
import type { ModelAst } from "../../language/ast.js";
import type { Problem } from "../../language/ModelError.js";
import { modelText } from "../../language/printer.js";
import { runSteps, throwIfAborted } from "../../math/steps.js";
import { pluginsOf } from "../../posterior/PluginRecord.js";
import type { EngineAgreement, EngineComparison, OutsideStanding, RefusedEngine } from "../../summary/Agreement.js";
import { ComparisonError } from "../ComparisonError.js";
import { type OutsideFit, outsideFit } from "../outside/outsideFit.js";
import { outsideStanding } from "../outside/outsideStanding.js";
import { agreement, chooseReference, type Measured } from "./agreement.js";
import { causeOf } from "./cause.js";
import { type EngineOptions, otherOptima, runEngine } from "./engines.js";
import { type CompareEnginesOptions, completeCompareEnginesOptions } from "./enginesOptions.js";
import type { MlMeasured } from "./measureMl.js";
import { groupsOf, modelFacts } from "./modelFacts.js";

type Engine = Measured | MlMeasured;

/**
 * One model through several engines, measured against the one to believe; and fits made elsewhere against both posterior and maximum.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ComparisonError where no engine serves, or none
 * has ended, `signal.reason` where it is aborted before one has, EngineDefect where none is left for what one of them did not foresee.
 */
export async function compareEngines(
  model: ModelAst | string,
  data: TableInput,
  given: CompareEnginesOptions = {},
): Promise<EngineComparison> {
  const options = await withPlugins(given);
  const { engines: asked, against, ...engineOptions } = completeCompareEnginesOptions(options);
  const table = toTable(data);
  const { signal } = options;
  const preparing = prepareSteps(model, table, engineOptions.shared, (problem) => problem);
  const prepared = await runSteps(preparing, inThisThread({ signal }));
  const { quantities } = prepared.compiled;
  const fits = against.map((outside) => ({ name: outside.name, fit: outsideFit(outside, quantities) }));
  const bench = benchOf(prepared, table, engineOptions);
  const engines = fits.length === 0 ? asked : withOptimum(asked);
  const results: Result[] = [];
  for (const engine of engines) {
    await platform.nextTurn(); // room for a signal, which an engine that only computes does not leave
    if (options.signal?.aborted) break;
    options.onEngine?.(engine, await comparisonOf(results, engines, fits, bench));
    const result = await bench.run(engine);
    if (options.signal?.aborted && "reason" in result) break;
    results.push(result);
  }
  const comparison = await comparisonOf(results, engines, fits, bench);
  if (comparison === null) throwIfAborted(signal);
  if (comparison === null) throw whyNone(results);
  return comparison;
}

type Result = Engine | RefusedEngine;

/** A model on which engines run, none of them twice. */
interface Bench {
  readonly prepared: PreparedModel;
  /** Probability of the intervals. */
  readonly level: number;
  run(engine: string): Promise<Result>;
  /** The posterior mode. Rejects with EngineError where there is none. */
  penalized(): Promise<MlMeasured>;
}

function benchOf(prepared: PreparedModel, table: Table, options: EngineOptions): Bench {
  const known = new Map<string, Promise<Result>>();
  let mode: Promise<MlMeasured> | null = null;
  const fitMode = async () => {
    const asked = { ...options.shared, signal: options.sampling.signal, penalized: true };
    const fit = await fitBy(mlEngine, prepared.ast, table, asked);
    return (await import("./measureMl.js")).measureMl("ml", fit);
  };
  return {
    prepared,
    level: options.shared.level,
    run(engine) {
      const result = known.get(engine) ?? runEngine(engine, prepared, table, options);
      known.set(engine, result);
      return result;
    },
    penalized() {
      mode ??= fitMode();
      return mode;
    },
  };
}

/** The comparison of the engines that have ended, among those that were asked for; null where none of them serves. */
async function comparisonOf(
  results: readonly Result[],
  asked: readonly string[],
  fits: readonly { readonly name: string; readonly fit: OutsideFit }[],
  { prepared, level, run, penalized }: Bench,
): Promise<EngineComparison | null> {
  const engines = results.filter((result) => "column" in result);
  const reference = chooseReference(engines);
  if (reference === undefined) return null;
  const exact = bestOptimum(engines.filter(({ column }) => column.approximation === "none"));
  const standards = {
    posterior: reference.column.kind === "posterior" ? reference : null,
    optimum: bestOptimum(engines),
    others: fits.length === 0 ? [] : await otherMaxima(engines, run),
  };
  const hasEvidence = engines.some(({ column }) => column.logMarginalLikelihood !== null);
  const facts = factsOf(prepared, hasEvidence ? improperEvidence(prepared) : []);
  const { attempt, failures } = attempts(prepared);
  const others = engines.filter((engine) => engine !== reference);
  const agreements: EngineAgreement[] = [];
  for (const engine of others) {
    const evidence = { reference, exact, penalized };
    const found = await attempt(async () => [
      await agreement(engine, reference, (off) => causeOf(engine, off, evidence)),
    ]);
    agreements.push(...found);
  }
  const logLikelihoods = exact === null ? [] : await attempt(async () => onOneScale(engines, exact));
  const outside: OutsideStanding[] = [];
  for (const { name, fit } of fits)
    outside.push(...(await attempt(async () => [outsideStanding(name, fit, standards)])));
  return {
    ...facts,
    level,
    warnings: [...facts.warnings, ...reference.conflicts.map(toWarning), ...failures],
    engines: engines.map(({ column }) => column),
    refused: results.filter((result) => "reason" in result),
    stopped: asked.slice(results.length),
    reference: reference.column.engine,
    agreements,
    logLikelihoods,
    outside,
  };
}

function toWarning({ code, message, advice }: Warning): Warning {
  return { code, message, advice };
}

/** Runs parts of a comparison; one that throws is left out, and told among the failures. */
function attempts({ design }: PreparedModel) {
  const failures: Warning[] = [];
  const attempt = async <T>(part: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await part();
    } catch (error) {
      const message = `a part of the comparison is left out: ${asForeseen("compare", design, error).message}`;
      failures.push({ code: "comparison-incomplete", message, advice: "the results of the engines are complete" });
      return [];
    }
  };
  return { attempt, failures };
}

function factsOf({ ast, design, compiled, problems, plugins }: PreparedModel, ofEvidence: readonly Problem[]) {
  return {
    model: modelText(ast),
    family: design.response.family,
    observations: design.rows,
    droppedRows: design.droppedRows.length,
    ...pluginsOf({ plugins }),
    groups: groupsOf(design),
    facts: modelFacts(design, compiled.family),
    warnings: problemWarnings([...problems, ...ofEvidence]),
  };
}

function whyNone(results: readonly Result[]): Error {
  const refused = results.filter((result) => "reason" in result);
  const Kind = refused.some(({ isDefect }) => isDefect) ? EngineDefect : ComparisonError;
  return new Kind(`no engine serves: ${refused.map(({ engine, reason }) => `${engine}: ${reason}`).join("; ")}`);
}

/** An outside fit is held against our maximum, so that there must be one. */
function withOptimum(engines: readonly string[]): readonly string[] {
  return engines.some((engine) => /^ml(:(lmm|aghq))?$/.test(engine)) ? engines : [...engines, "ml"];
}

function bestOptimum(engines: readonly Engine[]): MlMeasured | null {
  const maxima = engines.filter(
    (engine): engine is MlMeasured => "ml" in engine && engine.column.logLikelihood !== null,
  );
  return chooseReference(maxima) ?? null;
}

/** Fits by the methods that outside estimates may be of, those that serve the model. */
async function otherMaxima(
  engines: readonly Engine[],
  run: (engine: string) => ReturnType<typeof runEngine>,
): Promise<MlMeasured[]> {
  const known = engines.filter((engine) => "ml" in engine);
  const missing = otherOptima.filter((name) => !known.some(({ column }) => column.engine === name));
  const made = await Promise.all(missing.map(run));
  return [...known, ...made.filter((result) => "ml" in result)];
}

/** The exact likelihood at what each engine estimates. */
function onOneScale(engines: readonly Engine[], { logLikelihoodAt }: MlMeasured): EngineComparison["logLikelihoods"] {
  return engines.map(({ column }) => ({
    engine: column.engine,
    value: logLikelihoodAt?.(new Map(column.parameters.map(({ name, estimate }) => [name, estimate]))) ?? null,
  }));
}
