import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Steps } from "../../math/steps.js";
import { averagedStepSize, type DualAveraging, startDualAveraging, updateDualAveraging } from "./dualAveraging.js";
import type { TransitionInfo, Tuning } from "./hamiltonian.js";
import { DenseMetric } from "./metric.js";
import type { State } from "./point.js";
import { initialStepSize } from "./stepSize.js";
import { Welford } from "./welford.js";
import type { Adaptation } from "./windowedAdaptation.js";

/** Of a warm-up, the parts that tune the step size alone before and after the window that estimates the metric. */
const FIRST_PART = 1 / 3;
const LAST_PART = 1 / 6;

/**
 * Largest step size: near it a trajectory of time 2 takes three steps. Effects are moved without error where they are normal, so that few
 * hyperparameters alone would let it grow to where rare steps of theirs diverge.
 */
const LARGEST_STEP = 0.8;

/**
 * Tunes a chain whose positions are nearly N(0, I): the step size, and in one window the covariance of the tunable leading coordinates,
 * shrunk towards the identity as if by as many more draws as there are coordinates.
 */
export class StandardisedAdaptation implements Adaptation {
  tuning: Tuning;
  private readonly density: LogDensity;
  private readonly stream: RandomStream;
  private readonly warmup: number;
  private readonly targetAcceptance: number;
  private readonly moments: Welford;
  private iteration = 0;
  private averaging: DualAveraging;

  constructor(
    density: LogDensity,
    tunable: number,
    stream: RandomStream,
    options: { readonly warmup: number; readonly targetAcceptance: number },
    guess: Tuning,
  ) {
    this.density = density;
    this.stream = stream;
    this.warmup = options.warmup;
    this.targetAcceptance = options.targetAcceptance;
    this.moments = new Welford("dense", tunable);
    this.tuning = guess;
    this.averaging = startDualAveraging(guess.stepSize);
  }

  begin(start: State): Steps<void> {
    return this.restart(this.tuning, start);
  }

  *update(state: State, info: TransitionInfo): Steps<void> {
    this.iteration++;
    const { iteration, warmup } = this;
    this.averaging = updateDualAveraging(this.averaging, info.acceptance, this.targetAcceptance);
    this.tuning = { ...this.tuning, stepSize: limited(this.averaging.stepSize) };
    const [start, end] = [Math.round(warmup * FIRST_PART), Math.round(warmup * (1 - LAST_PART))];
    if (iteration > start && iteration <= end) this.moments.add(state.position);
    if (iteration === end && this.moments.count > 1)
      yield* this.restart({ ...this.tuning, metric: new DenseMetric(shrunk(this.moments)) }, state);
    if (iteration === warmup) this.tuning = { ...this.tuning, stepSize: limited(averagedStepSize(this.averaging)) };
  }

  /** Takes up a tuning with a step size found anew. */
  private *restart(tuning: Tuning, state: State): Steps<void> {
    const stepSize = limited(yield* initialStepSize(this.stream, this.density, tuning, state));
    this.tuning = { ...tuning, stepSize };
    this.averaging = startDualAveraging(stepSize);
  }
}

function limited(stepSize: number): number {
  return Math.min(LARGEST_STEP, stepSize);
}

function shrunk(moments: Welford): Float64Array {
  const covariance = moments.covariance();
  const n = Math.round(Math.sqrt(covariance.length));
  const share = moments.count / (moments.count + n);
  for (let k = 0; k < covariance.length; k++) covariance[k] *= share;
  for (let i = 0; i < n; i++) covariance[i * (n + 1)] += 1 - share;
  return covariance;
}
