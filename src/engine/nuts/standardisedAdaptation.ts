import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
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
    start: State,
  ) {
    this.density = density;
    this.stream = stream;
    this.warmup = options.warmup;
    this.targetAcceptance = options.targetAcceptance;
    this.moments = new Welford("dense", tunable);
    this.tuning = { ...guess, stepSize: initialStepSize(stream, density, guess, start) };
    this.averaging = startDualAveraging(this.tuning.stepSize);
  }

  update(state: State, info: TransitionInfo): void {
    this.iteration++;
    const { iteration, warmup } = this;
    this.averaging = updateDualAveraging(this.averaging, info.acceptance, this.targetAcceptance);
    this.tuning = { ...this.tuning, stepSize: this.averaging.stepSize };
    const [start, end] = [Math.round(warmup * FIRST_PART), Math.round(warmup * (1 - LAST_PART))];
    if (iteration > start && iteration <= end) this.moments.add(state.position);
    if (iteration === end && this.moments.count > 1) this.endWindow(state);
    if (iteration === warmup) this.tuning = { ...this.tuning, stepSize: averagedStepSize(this.averaging) };
  }

  private endWindow(state: State): void {
    const metric = new DenseMetric(shrunk(this.moments));
    const { stepSize } = this.tuning;
    this.tuning = { metric, stepSize: initialStepSize(this.stream, this.density, { metric, stepSize }, state) };
    this.averaging = startDualAveraging(this.tuning.stepSize);
  }
}

function shrunk(moments: Welford): Float64Array {
  const covariance = moments.covariance();
  const n = Math.round(Math.sqrt(covariance.length));
  const share = moments.count / (moments.count + n);
  for (let k = 0; k < covariance.length; k++) covariance[k] *= share;
  for (let i = 0; i < n; i++) covariance[i * (n + 1)] += 1 - share;
  return covariance;
}
