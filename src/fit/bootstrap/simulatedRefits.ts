import { platform } from "#platform";
import { refuseCensored } from "../../design/refuseCensored.js";
import type { EngineContext } from "../../engine/Engine.js";
import { EngineError } from "../../engine/EngineError.js";
import type { MlOptions } from "../../engine/ml/options.js";
import type { Signal } from "../../engine/Signal.js";
import { createStream } from "../../math/random/createStream.js";
import type { StageProgress } from "../../math/steps.js";
import { inLanes } from "../../parallel/inLanes.js";
import type { MlFit } from "../MlFit.js";
import { type FitStatistic, type Refit, responseWork } from "./responseWork.js";

/** How responses are simulated and fitted. */
export interface RefitPlan {
  readonly seed: number | string;
  readonly replicates: number;
  /** Worker threads; undefined for as many as there are processors. */
  readonly workers: number | undefined;
  /** What runs in this thread is told by functions, which are not sent to others. */
  readonly statistic: FitStatistic | null;
  readonly signal: Signal | undefined;
  readonly onProgress: ((progress: StageProgress) => void) | undefined;
  /** Called with each as it ends, in any order. */
  onRefit(refit: Refit, replicate: number): unknown;
}

export const refitStage = "fitting simulated responses";

/**
 * Responses simulated at the estimates of a fit, random effects drawn anew, each fitted as the fit was: the same for any number of threads.
 * Throws EngineError where an estimate is not finite, and the signal's reason once it is aborted, when the fits under way have ended.
 */
export async function simulatedRefits(
  fit: MlFit,
  { seed, replicates, workers, statistic, signal, onProgress, onRefit }: RefitPlan,
  openExecutor: EngineContext<MlFit>["openExecutor"],
): Promise<void> {
  const way = "take intervals by profile or wald, and tests by the chi-square distribution";
  refuseCensored(fit.design, fit.ast, "fits of them are none of such data", way);
  const respond = responsesOf(fit, seed);
  const options = refitOptions(fit.options);
  const threads = statistic === null ? Math.min(workers ?? platform.processors(), replicates) : 0;
  const executor = await openExecutor(responseWork(statistic), threads);
  let done = 0;
  const tell = () => onProgress?.({ stage: refitStage, done, total: replicates });
  tell();
  await inLanes(executor.lanes, numbersTo(replicates), signal, async (replicate, _, stopping) => {
    const input = { response: respond(replicate), options };
    onRefit(await executor.run(input, { onProgress: () => {}, signal: stopping }), replicate);
    done++;
    tell();
  });
}

/** From 1. */
export function numbersTo(last: number): number[] {
  return Array.from({ length: last }, (_, k) => k + 1);
}

/** The options of a fit of simulated responses, of which neither profiles nor checks are asked for. */
export function refitOptions(options: MlOptions): MlOptions {
  return { ...options, intervals: "bootstrap", importanceDraws: 0 };
}

/** The responses of a fit's rows by the numbers of data sets, each from a random stream of its own. Throws EngineError where an estimate is not finite. */
export function responsesOf(fit: MlFit, seed: number | string): (replicate: number) => Float64Array {
  const { compiled } = fit;
  const estimates = estimatesOf(fit);
  const stated = new Map(compiled.quantities.parameters.map((name, k) => [name, estimates[k]]));
  return (replicate) => compiled.simulatePrior(createStream(`${seed}:bootstrap:simulate`, replicate), stated).response;
}

/** In the order of the model's parameters. A coefficient whose column depends on others, and a correlation of effects of which one has no variance, are 0: they do not matter. */
function estimatesOf({ ml, design, compiled }: MlFit): number[] {
  const dependent = new Set(design.predictors.flatMap((part) => part.dependent?.columns.map(({ name }) => name) ?? []));
  const values = new Map(ml.parameters.map(({ name, estimate }) => [name, estimate]));
  return compiled.quantities.parameters.map((name) => {
    const value = values.get(name);
    if (value !== undefined && Number.isFinite(value)) return value;
    const column = /\bbeta\[(.*)\]$/s.exec(name)?.[1];
    if (value === undefined && column !== undefined && dependent.has(column)) return 0;
    if (value !== undefined && Number.isNaN(value) && /\bcor\[/.test(name)) return 0;
    throw new EngineError(
      `the fit has no finite estimate of ${name}, which responses cannot be simulated without; take Wald's intervals, or an engine with priors`,
    );
  });
}
