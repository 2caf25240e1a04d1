import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Steps } from "../../math/steps.js";
import { averagedStepSize, type DualAveraging, startDualAveraging, updateDualAveraging } from "./dualAveraging.js";
import type { TransitionInfo, Tuning } from "./hamiltonian.js";
import { DenseMetric, DiagonalMetric, type Metric } from "./metric.js";
import type { State } from "./point.js";
import { initialStepSize } from "./stepSize.js";
import { Welford } from "./welford.js";

/** Stan's stages of warm-up (reference manual, "Automatic parameter tuning"), in iterations. */
const INIT_BUFFER = 75;
const BASE_WINDOW = 25;
const TERM_BUFFER = 50;
/** Shorter warm-ups tune the step size alone. */
const SHORTEST_WITH_METRIC = 20;

/** Which warm-up iterations feed the metric: those from `start` on, one window up to each of `windowEnds`. */
export interface AdaptationSchedule {
  readonly start: number;
  /** Exclusive ends, increasing; the last one begins the final tuning of the step size. */
  readonly windowEnds: readonly number[];
}

/**
 * Windows that double up to the final buffer, a window stretched to it where its successor would not fit. (Stan stretches all but the
 * first, which leaves a sliver of a window in warm-ups of 151 to 199.) A warm-up too short for 75 + 25 + 50 iterations is split
 * into 15%, 75% and 10% with a single window.
 */
export function adaptationSchedule(warmup: number): AdaptationSchedule {
  if (warmup < SHORTEST_WITH_METRIC) return { start: warmup, windowEnds: [] };
  if (warmup < INIT_BUFFER + BASE_WINDOW + TERM_BUFFER) {
    return { start: Math.floor(0.15 * warmup), windowEnds: [warmup - Math.floor(0.1 * warmup)] };
  }
  const end = warmup - TERM_BUFFER;
  const windowEnds: number[] = [];
  let size = BASE_WINDOW;
  let next = INIT_BUFFER + size;
  while (next + 2 * size <= end) {
    windowEnds.push(next);
    size *= 2;
    next += size;
  }
  return { start: INIT_BUFFER, windowEnds: [...windowEnds, end] };
}

/** Tunes step size and metric beside a chain. After the last iteration of warm-up, `tuning` is final. */
export interface Adaptation {
  readonly tuning: Tuning;
  /** Finds a first step size; called once, ahead of the first iteration. */
  begin(start: State): Steps<void>;
  /** Called after each iteration; finds a step size anew where the metric is. */
  update(state: State, info: TransitionInfo): Steps<void>;
}

/** Stan's, for positions of whose scale nothing is known. */
export class WindowedAdaptation implements Adaptation {
  tuning: Tuning;
  private readonly density: LogDensity;
  private readonly stream: RandomStream;
  private readonly warmup: number;
  private readonly targetAcceptance: number;
  private readonly schedule: AdaptationSchedule;
  private iteration = 0;
  private averaging: DualAveraging;
  private moments: Welford;

  constructor(
    density: LogDensity,
    stream: RandomStream,
    options: { readonly warmup: number; readonly targetAcceptance: number },
    guess: Tuning,
  ) {
    this.density = density;
    this.stream = stream;
    this.warmup = options.warmup;
    this.targetAcceptance = options.targetAcceptance;
    this.schedule = adaptationSchedule(options.warmup);
    this.moments = new Welford(guess.metric.kind, density.dimension);
    this.tuning = guess;
    this.averaging = startDualAveraging(guess.stepSize);
  }

  begin(start: State): Steps<void> {
    return this.restart(this.tuning, start);
  }

  *update(state: State, info: TransitionInfo): Steps<void> {
    this.iteration++;
    this.averaging = updateDualAveraging(this.averaging, info.acceptance, this.targetAcceptance);
    this.tuning = { ...this.tuning, stepSize: this.averaging.stepSize };
    if (this.isInWindow()) this.moments.add(state.position);
    if (this.schedule.windowEnds.includes(this.iteration)) yield* this.endWindow(state);
    if (this.iteration === this.warmup) this.tuning = { ...this.tuning, stepSize: averagedStepSize(this.averaging) };
  }

  private isInWindow(): boolean {
    const { start, windowEnds } = this.schedule;
    return this.iteration > start && this.iteration <= (windowEnds.at(-1) ?? 0);
  }

  private *endWindow(state: State): Steps<void> {
    const metric = estimateMetric(this.tuning.metric.kind, this.moments);
    this.moments = new Welford(metric.kind, this.density.dimension);
    yield* this.restart({ ...this.tuning, metric }, state);
  }

  /** Takes up a tuning with a step size found anew. */
  private *restart(tuning: Tuning, state: State): Steps<void> {
    const stepSize = yield* initialStepSize(this.stream, this.density, tuning, state);
    this.tuning = { ...tuning, stepSize };
    this.averaging = startDualAveraging(stepSize);
  }
}

/** The covariance of the window, shrunk towards 1e-3 I as if by five more draws (Stan). */
export function estimateMetric(kind: Metric["kind"], moments: Welford): Metric {
  const { count } = moments;
  const matrix = moments.covariance();
  const dimension = kind === "diagonal" ? matrix.length : Math.round(Math.sqrt(matrix.length));
  const stride = kind === "diagonal" ? 1 : dimension + 1;
  for (let k = 0; k < matrix.length; k++) matrix[k] *= count / (count + 5);
  for (let i = 0; i < dimension; i++) matrix[i * stride] += (1e-3 * 5) / (count + 5);
  return kind === "diagonal" ? new DiagonalMetric(matrix) : new DenseMetric(matrix);
}
