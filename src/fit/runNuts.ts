import type { LatentGaussian } from "../density/LatentGaussian.js";
import type { Design } from "../design/Design.js";
import type { EngineContext } from "../engine/Engine.js";
import { transportedAcceptance } from "../engine/hmc/options.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { Given } from "../engine/OptionSchema.js";
import type { Signal } from "../engine/Signal.js";
import type { Problem } from "../language/ModelError.js";
import { type ReferenceMode, standardisingReference } from "../marginal/coordinates/standardisingReference.js";
import { parameterReader } from "../marginal/exploration/parameterReader.js";
import { runSteps, type Steps, throwIfAborted } from "../math/steps.js";
import { type ChainExecutor, type Coordinates, chainWork } from "../parallel/chainWork.js";
import { isSmall } from "../parallel/isSmall.js";
import type { ChainRun } from "../parallel/runChains.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import type { ModeRecord } from "../posterior/Posterior.js";
import { posteriorFromChains } from "../posterior/posteriorFromChains.js";
import { ChainError } from "./ChainError.js";
import { type Fit, fitted, type NutsFit } from "./fitted.js";
import { foreseenSteps } from "./foreseen.js";
import { type CompleteFitOptions, completeRun } from "./nutsOptions.js";
import type { nutsSchema } from "./nutsSchema.js";
import type { Note, PreparedModel } from "./PreparedModel.js";
import { runRounds } from "./rounds.js";

type NutsGiven = Given<typeof nutsSchema>;

/** Draws a fit of the engine nuts. */
export async function runNuts(
  compiled: PreparedModel,
  options: NutsGiven,
  context: EngineContext<PreparedModel>,
): Promise<NutsFit> {
  const asked = completeRun(options);
  const opening = context.openExecutor(chainWork(), workersOf(options, asked, compiled.design)); // while the reference is made, threads start
  const choice = foreseenSteps("nuts", compiled, chooseCoordinates(compiled, asked, options));
  const chosen = await runSteps(choice, { ...context, onProgress: undefined });
  const { run, coordinates, main, modes, problems, notes } = chosen;
  const compiledAt = context.now();
  const executor = await opening;
  const chains = await sample(compiled, run, { coordinates, modes }, executor, options);
  const seconds = { compile: (compiledAt - context.start) / 1000, sampling: (context.now() - compiledAt) / 1000 };
  const prepared = {
    ...compiled,
    problems: [...compiled.problems, ...problems, ...(executor.problem === null ? [] : [executor.problem])],
    notes: [...compiled.notes, ...notes],
  };
  if (chains.failure === null && !chains.chains.some(({ draws }) => draws > 0)) throwIfAborted(options.signal);
  return collect(prepared, { ...run, main, parametrization: nameOf(coordinates) }, chains, seconds);
}

/** Worker threads that chains may have: none for a small model, unless they were asked for. */
function workersOf({ workers }: NutsGiven, asked: CompleteFitOptions, design: Design): number {
  return workers === undefined && isSmall(design, asked.nuts.warmup + asked.nuts.draws) ? 0 : asked.workers;
}

function sample(
  { compiled }: PreparedModel,
  { chains, nuts, targetEss, extendTo }: CompleteFitOptions,
  { coordinates, modes }: Pick<Chosen, "coordinates" | "modes">,
  executor: ChainExecutor,
  options: NutsGiven,
): Promise<ChainRun> {
  const tasks = Array.from({ length: chains }, (_, k) => {
    const mode = k % modes.length; // the first is the origin of the coordinates
    const start = mode > 0 ? { centre: modes[mode].centre } : {};
    return { coordinates, options: nuts, chain: k + 1, ...start };
  });
  const { onProgress, onQuality, signal, timeLimitSeconds } = options;
  const limit = timeLimit(signal, timeLimitSeconds);
  return runRounds(
    compiled,
    tasks,
    { targetEss, extendTo, onQuality },
    { executor, onProgress, signal: limit.signal },
  ).finally(limit.clear);
}

/** What a chain moves in, with options to match: those of a textbook parametrization where there is no reference. */
function* chooseCoordinates(
  { compiled, design }: PreparedModel,
  asked: CompleteFitOptions,
  options: NutsGiven,
): Steps<Chosen> {
  const { parameters } = compiled.quantities;
  const none = { main: null, modes: [], problems: [], notes: [] };
  if (asked.parametrization !== "transported") return { ...none, run: asked, coordinates: asked.parametrization };
  const latent = compiled.latentGaussian();
  // Transported, effects that are all there is under a normal response are exactly N(0, I), and any step is as good: none would be found.
  if (parameters.length === 0 && "view" in latent && latent.view.isGaussian)
    return {
      ...none,
      run: completeRun({ ...options, parametrization: "noncentred" }),
      coordinates: "noncentred",
    };
  yield;
  const made = "refusal" in latent ? latent : yield* standardisingReference(latent.view, compiled);
  if ("reference" in made && "view" in latent) {
    const { reference, modes, main } = made;
    const notes = modes.length > 1 ? [severalModes(latent.view, modes)] : [];
    return { ...none, run: tuned(asked, options, reference, design), coordinates: reference, main, modes, notes };
  }
  const fallback = "noncentred";
  const run = completeRun({ ...options, parametrization: fallback });
  const reason = "refusal" in made ? made.refusal : "it has no reference";
  return { ...none, run, coordinates: fallback, problems: [notTransported(reason)] };
}

interface Chosen {
  /** The mode that the coordinates are made at; null where they are made without. */
  readonly main: ModeRecord | null;
  readonly run: CompleteFitOptions;
  readonly coordinates: Coordinates;
  /** Those that chains start at, one after the other, the first at the origin of the coordinates; none where it is not known. */
  readonly modes: readonly ReferenceMode[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
}

/** Told of the parameter in which the modes differ the most, relatively. */
function severalModes(view: LatentGaussian, modes: readonly ReferenceMode[]): Note {
  const values = modes.map(({ position }) => parameterReader(view)(position));
  const apart = view.quantities.parameters.map((_, k) => {
    const [own, sizes] = [values.map((at) => at[k]), values.map((at) => Math.abs(at[k]))];
    return (Math.max(...own) - Math.min(...own)) / Math.max(...sizes, Number.MIN_VALUE);
  });
  const most = apart.indexOf(Math.max(...apart));
  const places = values.map((at, m) => `${at[most].toPrecision(3)} (${modes[m].logDensity.toFixed(1)})`).join(", ");
  return {
    code: "several-modes",
    message:
      `the posterior has ${modes.length} modes, the random effects integrated out: at ${view.quantities.parameters[most]} ${places}, with its log density on the ` +
      "unconstrained scale; chains start at each in turn, so that an R-hat near 1 says that they have met",
  };
}

/** With the target acceptance that suits the model, unless one was asked for. */
function tuned(
  asked: CompleteFitOptions,
  { targetAcceptance }: NutsGiven,
  { kind }: Exclude<Coordinates, string>,
  { predictors: [{ factors }] }: Design,
): CompleteFitOptions {
  if (targetAcceptance !== undefined || kind !== "transported") return asked;
  const levels = factors.map((factor) => factor.levels.length);
  return { ...asked, nuts: { ...asked.nuts, targetAcceptance: transportedAcceptance(levels) } };
}

function nameOf(coordinates: Coordinates): string {
  return typeof coordinates === "string" ? coordinates : coordinates.kind;
}

function notTransported(reason: string): Problem {
  return {
    code: "not-transported",
    severity: "warning",
    message: `the textbook sampler ran (non-centred): ${reason}`,
    hint: "nothing need be done: the posterior is the same, at the price of a longer warm-up and more gradients a draw",
  };
}

/** The caller's signal, and one that comes after so many seconds. */
function timeLimit(signal: Signal | undefined, seconds: number | undefined) {
  if (seconds === undefined) return { signal, clear: () => {} };
  const controller = new AbortController();
  const stop = () => controller.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(stop, 1000 * seconds);
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  };
  return { signal: controller.signal, clear };
}

/** A run as it went, which may not be as it was asked for. */
type Ran = Omit<CompleteFitOptions, "parametrization"> & Pick<Chosen, "main"> & { readonly parametrization: string };

function collect(prepared: PreparedModel, run: Ran, { chains, failure }: ChainRun, seconds: Fit["seconds"]): NutsFit {
  const drawn = chains.filter(({ draws }) => draws > 0);
  const result = drawn.length === 0 ? null : fitOf(prepared, run, drawn, seconds);
  if (failure !== null) throw new ChainError(failure, result, prepared.design);
  if (result === null)
    throw new SamplingError("the run was stopped before the first draw, while it was warming up; nothing was drawn");
  return result;
}

function fitOf(
  prepared: PreparedModel,
  run: Ran,
  chains: Parameters<typeof posteriorFromChains>[2],
  seconds: Fit["seconds"],
): NutsFit {
  const { chains: count, parametrization, targetEss } = run;
  const options = { ...run.nuts, chains: count, parametrization, targetEss };
  const drawn = posteriorFromChains("nuts", prepared.compiled.quantities, chains, options);
  const partial = drawn.record.partial || chains.length < run.chains;
  const isExtended = targetEss === null && chains[0].draws > run.nuts.draws;
  const notes = [...prepared.notes, ...(isExtended ? [extension(run.nuts.draws, chains[0].draws)] : [])];
  const mode = run.main === null ? {} : { mode: run.main };
  const posterior = { ...drawn, record: { ...drawn.record, partial, ...mode, ...pluginsOf(prepared) } };
  return { ...fitted({ ...prepared, notes }, posterior, seconds, run), engine: "nuts" };
}

function extension(asked: number, draws: number): Note {
  const message = `${asked} draws of each chain left an R-hat, an ESS or a Monte Carlo error that is not good, so that the chains went on to ${draws}; --draws sets their number`;
  return { code: "extended-run", message };
}
