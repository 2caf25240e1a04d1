import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { type ImportanceEstimate, importanceSampling } from "../../marginal/effects/importanceSampling.js";
import { largestReliableK } from "../../math/psis.js";
import { createStream } from "../../math/random/createStream.js";
import type { Steps } from "../../math/steps.js";
import type { Estimates, MlNote } from "./Estimates.js";
import type { MlOptions } from "./options.js";

/** Log-likelihoods that differ by less make no difference to a test or a choice of models. */
const NOTICEABLE = 0.1;

const adviceToSample = "compare with an engine that samples, such as nuts";

/**
 * Laplace's log-likelihood at parameters `values` beside one by importance sampling. `why` there is nothing better than Laplace's
 * approximation to maximise.
 */
export function* laplaceCheck(
  view: LatentGaussian,
  values: LatentValues,
  logLikelihood: number,
  why: string,
  { importanceDraws: draws, seed }: MlOptions,
): Steps<Pick<Estimates, "importance" | "notes">> {
  const note = (message: string, advice: string): MlNote => ({
    code: "laplace",
    message: `the likelihood is Laplace's approximation: ${why}${message}`,
    advice,
  });
  if (draws === 0) {
    const advice = `it is least accurate for binary responses with few rows a level; ${adviceToSample}`;
    return { notes: [note("", advice)] };
  }
  const importance = yield* importanceSampling(view, values, createStream(seed, 0), draws);
  if (importance === null)
    return { notes: [note("; importance sampling, to check it, found no weights", adviceToSample)] };
  const [message, advice] = verdict(importance, logLikelihood);
  return { importance, notes: [note(`; ${message}`, advice)] };
}

/** What the check says, and what to do about it; nothing where Laplace is near enough. */
function verdict(
  { logLikelihood, standardError, paretoK, draws }: ImportanceEstimate,
  laplace: number,
): readonly [message: string, advice: string] {
  const tail = `Pareto k ${paretoK.toFixed(2)}`;
  const largest = largestReliableK(draws);
  if (!(paretoK < largest))
    return [
      `importance sampling cannot say how good it is: the weights of ${draws} draws have too heavy a tail (${tail}, ` +
        `where ${largest.toFixed(2)} is the most for so many)`,
      `take more importanceDraws, or ${adviceToSample}`,
    ];
  const error = laplace - logLikelihood;
  const size = `${Math.abs(error).toFixed(3)} +- ${standardError.toFixed(3)}`;
  const measured = `by importance sampling (${draws} draws, ${tail}) it is ${size} too ${error < 0 ? "low" : "high"}`;
  if (Math.abs(error) <= Math.max(NOTICEABLE, 2 * standardError)) return [measured, ""];
  return [
    measured,
    "for AIC and tests between models take the log-likelihood of importance sampling; sds of random effects may be off as well, " +
      `most for binary responses with few rows a level: ${adviceToSample}`,
  ];
}
