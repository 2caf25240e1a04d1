import { platform } from "#platform";
import type { Design } from "../../design/Design.js";
import type { Signal } from "../../engine/Signal.js";
import { type Refit, responseWork } from "../../fit/bootstrap/responseWork.js";
import { numbersTo, refitOptions, refitStage, responsesOf } from "../../fit/bootstrap/simulatedRefits.js";
import { engineContext } from "../../fit/engineContext.js";
import { isKnownToThreads } from "../../fit/isKnownToThreads.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { StageProgress } from "../../math/steps.js";
import { inLanes } from "../../parallel/inLanes.js";
import type { SimulatedReference } from "../../summary/SimulatedReference.js";
import { ComparisonError } from "../ComparisonError.js";
import { referredTo } from "./referredTo.js";

/** How responses are simulated and fitted by both models. */
export interface BootstrapPlan {
  readonly replicates: number;
  readonly seed: number | string;
  readonly workers: number | undefined;
  readonly signal: Signal | undefined;
  readonly onProgress: ((progress: StageProgress) => void) | undefined;
}

/**
 * The likelihood-ratio statistics of responses that are simulated at the estimates of the smaller model, each fitted by both models as the data were: no degrees of freedom, and valid at a boundary. The same for any
 * number of threads. Throws EngineError where an estimate is not finite, ComparisonError where nearly all fits fail, and the signal's reason once it is aborted.
 */
export async function bootstrapReference(
  statistic: number,
  [smaller, larger]: readonly [MlFit, MlFit],
  { replicates, seed, workers, signal, onProgress }: BootstrapPlan,
): Promise<SimulatedReference> {
  const respond = responsesOf(smaller, seed);
  const reordered = reorderedFor(smaller.design, larger.design);
  const asked = [smaller, larger].every(isKnownToThreads) ? (workers ?? platform.processors()) : 0;
  const threads = Math.min(asked, replicates);
  const open = (fit: MlFit) =>
    engineContext(fit, { seed }, performance.now()).openExecutor(responseWork(null), threads);
  const [ofSmaller, ofLarger] = [await open(smaller), await open(larger)];
  let done = 0;
  const tell = () => onProgress?.({ stage: refitStage, done, total: replicates });
  tell();
  const pairs = await inLanes(ofSmaller.lanes, numbersTo(replicates), signal, async (replicate, _, stopping) => {
    const response = respond(replicate);
    const listener = { onProgress: () => {}, signal: stopping };
    const small = await ofSmaller.run({ response, options: refitOptions(smaller.options) }, listener);
    const input = { response: reordered(response), options: refitOptions(larger.options) };
    const pair = [small, await ofLarger.run(input, listener)] as const;
    done++;
    tell();
    return pair;
  });
  return referred(statistic, pairs);
}

function referred(statistic: number, pairs: readonly (readonly [Refit, Refit])[]): SimulatedReference {
  const fitted = pairs.filter(([small, large]) => Number.isFinite(large.logLikelihood - small.logLikelihood));
  if (fitted.length === 0) {
    const reason = pairs.flat().find(({ failure }) => failure !== null)?.failure;
    throw new ComparisonError(`all fits of simulated responses failed, by: ${reason}; compare by another method`);
  }
  const statistics = Float64Array.from(fitted, ([small, large]) => 2 * (large.logLikelihood - small.logLikelihood));
  return referredTo(statistic, statistics, {
    kind: "bootstrap",
    isApproximate: false,
    failed: pairs.length - fitted.length,
    untrusted: fitted.filter((pair) => pair.some(({ isTrusted }) => !isTrusted)).length,
  });
}

/** Takes responses in the order of one design's rows to that of another's, which has the same rows. */
function reorderedFor(from: Design, to: Design): (response: Float64Array) => Float64Array {
  const places = new Map(Array.from(from.rowIndex, (row, k) => [row, k]));
  const order = to.rowIndex.map((row) => places.get(row) ?? 0);
  return (response) => Float64Array.from(order, (k) => response[k]);
}
