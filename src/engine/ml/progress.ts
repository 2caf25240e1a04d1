import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { Objective } from "../../math/optimize/Objective.js";
import type { Steps } from "../../math/steps.js";

/** Where a search for the maximum is. */
export interface MlProgress {
  /** What is being maximised: "quadrature with 9 points". */
  readonly stage: string;
  /** Of that, so far. */
  readonly evaluations: number;
  /** The highest so far; of a penalised fit with the log prior. NaN for the methods pql and em. */
  readonly logLikelihood: number;
}

export type ProgressListener = (progress: MlProgress) => void;

/** A likelihood that tells a listener of each evaluation. */
export function watchedMarginal(
  marginal: MarginalLikelihood,
  stage: string,
  listener: ProgressListener | null,
): MarginalLikelihood {
  if (listener === null) return marginal;
  const count = counter(stage, listener);
  const { view, effectMoments } = marginal;
  return {
    view,
    evaluate: (values, gradients, keepsMoments) => count(marginal.evaluate(values, gradients, keepsMoments)),
    effects: () => marginal.effects(),
    inAdvance: marginal.inAdvance?.bind(marginal),
    ...(effectMoments === undefined ? {} : { effectMoments: () => effectMoments.call(marginal) }),
  };
}

/** Minus a log-likelihood that tells a listener of each evaluation. */
export function watchedObjective(objective: Objective, stage: string, listener: ProgressListener | null): Objective {
  if (listener === null) return objective;
  const count = counter(stage, listener);
  const watched = (position: Float64Array, gradient: Float64Array) => -count(-objective(position, gradient));
  return Object.assign(watched, { inAdvance: objective.inAdvance });
}

/** A computation that tells a listener of each of its pauses, of which there is one after each evaluation. */
export function* watchedSteps<T>(stage: string, listener: ProgressListener | null, steps: Steps<T>): Steps<T> {
  for (let evaluations = 1; ; evaluations++) {
    const step = steps.next();
    if (step.done === true) return step.value;
    listener?.({ stage, evaluations, logLikelihood: Number.NaN });
    yield step.value;
  }
}

function counter(stage: string, listener: ProgressListener): (logLikelihood: number) => number {
  let evaluations = 0;
  let highest = -Infinity;
  return (logLikelihood) => {
    evaluations++;
    if (logLikelihood > highest) highest = logLikelihood;
    listener({ stage, evaluations, logLikelihood: highest });
    return logLikelihood;
  };
}
