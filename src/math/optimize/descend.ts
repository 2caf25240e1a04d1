import { dot } from "../linalg/triangularFactor.js";
import type { Steps } from "../steps.js";
import { type BoxStep, minimizeBoxQuadratic } from "./boxQuadratic.js";
import { longestStep, roomAround, snap } from "./boxSteps.js";
import { nearestDefinite, quadraticForm } from "./definite.js";
import { type LineSearchResult, searchLine, type Trial } from "./lineSearch.js";
import type { ActiveBound, Minimum, Outcome } from "./Minimum.js";
import { negativeCurvatures } from "./negativeCurvatures.js";
import { type Bounds, type Box, boxOf, type Evaluated, type Objective } from "./Objective.js";

export interface DescentOptions extends Bounds {
  /**
   * Largest decrement sqrt(g' H^-1 g) at the minimum: the distance left in standard errors, whose square is twice the expected
   * change of the value. Default 1e-5.
   */
  readonly tolerance: number;
  /** Relative rounding error of the objective's values. Default 1e-13. */
  readonly valueNoise: number;
  /**
   * Measure the Hessian near the minimum before convergence is claimed. Without it the claim rests on the metric as the steps
   * have updated it, as it may where that was good at the start. Default true.
   */
  readonly confirm: boolean;
  /** Default 500. */
  readonly maxIterations: number;
}

export const descentDefaults: DescentOptions = {
  lower: null,
  upper: null,
  tolerance: 1e-5,
  valueNoise: 1e-13,
  confirm: true,
  maxIterations: 500,
};

/** How a descent knows the curvature of its objective. */
export interface Curvature {
  /** The metric of the next step, n x n, row-major; null to have the Hessian measured first. */
  metric: Float64Array | null;
  /** The Hessian, which need not be definite, and the evaluations that it cost. */
  measure(point: Evaluated): Steps<{ readonly hessian: Float64Array; readonly evaluations: number }>;
  /** A step has been taken. */
  learn(from: Evaluated, to: Evaluated): void;
}

/** A measured Hessian stands for so many standard errors around. */
const NEAR = 0.1;
/**
 * The Hessian is measured afresh where so many steps a coordinate, and so many more, have not arrived, or where a step has met
 * a curvature so many times the metric's, so often.
 */
const STALE = { steps: 20, stepsPerCoordinate: 2, surprise: 10, surprises: 2 };
/** A step along negative curvature first aims at a fall of about this, then is shortened by this, so many times. */
const ESCAPE_FALL = 1;
const ESCAPE_SHRINKAGE = 0.25;
const MOST_ESCAPES = 10;

/**
 * Minimises within bounds: at every step the quadratic model is minimised over the box (which finds the active bounds), and
 * a line search goes along that step. Where the model says that nothing is left, the claim must hold in the measured Hessian;
 * a saddle point, or a maximum at a bound, is left along its negative curvature.
 */
export function descend(
  objective: Objective,
  start: ArrayLike<number>,
  options: DescentOptions,
  curvature: Curvature,
): Steps<Minimum> {
  return new Descent(objective, boxOf(options, start.length), options, curvature).run(start);
}

interface Measured {
  readonly hessian: Float64Array;
  readonly isDefinite: boolean;
  readonly iteration: number;
}

class Descent {
  private evaluations = 0;
  private iterations = 0;
  private surprises = 0;
  private lastMeasured: Measured = { hessian: new Float64Array(), isDefinite: false, iteration: 0 };
  /** Since the Hessian was measured, in standard errors. */
  private travelled = Infinity;
  private readonly objective: Objective;
  private readonly box: Box;
  private readonly options: DescentOptions;
  private readonly curvature: Curvature;

  constructor(objective: Objective, box: Box, options: DescentOptions, curvature: Curvature) {
    this.objective = objective;
    this.box = box;
    this.options = options;
    this.curvature = curvature;
  }

  *run(start: ArrayLike<number>): Steps<Minimum> {
    const position = Float64Array.from(start, (x, i) => Math.min(Math.max(x, this.box.lower[i]), this.box.upper[i]));
    const ahead = this.objective.inAdvance?.(position);
    if (ahead) yield* ahead;
    const first = this.evaluate(position);
    yield;
    return first === null ? this.failedStart(position) : yield* this.descendFrom(first);
  }

  private *descendFrom(start: Evaluated): Steps<Minimum> {
    for (let point = start; ; ) {
      const metric = this.knownMetric(point.position.length) ?? (yield* this.measure(point));
      const model = minimizeBoxQuadratic(metric, point.gradient, roomAround(point.position, this.box));
      const decrement = Math.sqrt(2 * Math.max(0, model.decrease));
      const end = (outcome: Outcome) => this.minimum(point, metric, decrement, outcome);
      const isSmall = decrement <= this.options.tolerance;
      if (!isSmall && this.iterations >= this.options.maxIterations) return end("iterations");
      const startSlope = dot(point.gradient, model.step);
      const { next, isEndless } = !isSmall && startSlope < 0 ? yield* this.step(point, model, startSlope) : nowhere;
      if (isEndless) return end("unbounded");
      if (next !== null) {
        point = this.moveOn(point, next, metric);
      } else if (this.travelled > 0 && !(isSmall && this.isTrusted())) {
        yield* this.measure(point);
      } else {
        const mayEscape = this.travelled === 0 && this.iterations < this.options.maxIterations;
        const lower = mayEscape ? yield* this.escape(point) : null;
        if (lower === null) return end(this.restingOutcome(point, model, isSmall));
        point = this.moveOn(point, lower, metric);
      }
    }
  }

  /** Null where there is none yet, or where it has aged. */
  private knownMetric(n: number): Float64Array | null {
    const { metric } = this.curvature;
    return metric === null || this.isStale(n) ? null : nearestDefinite(metric, n);
  }

  private isStale(n: number): boolean {
    const steps = this.iterations - this.lastMeasured.iteration;
    return steps > STALE.stepsPerCoordinate * n + STALE.steps || this.surprises >= STALE.surprises;
  }

  /** Makes the Hessian, shifted if it is not positive definite, the metric. */
  private *measure(point: Evaluated): Steps<Float64Array> {
    const { hessian, evaluations } = yield* this.curvature.measure(point);
    const metric = nearestDefinite(hessian, point.position.length);
    this.evaluations += evaluations;
    this.lastMeasured = { hessian, isDefinite: metric === hessian, iteration: this.iterations };
    this.travelled = 0;
    this.surprises = 0;
    this.curvature.metric = metric;
    return metric;
  }

  /** Whether a small decrement in this metric can be believed. */
  private isTrusted(): boolean {
    return !this.options.confirm || (this.travelled <= NEAR && this.lastMeasured.isDefinite);
  }

  private moveOn(from: Evaluated, to: Evaluated, metric: Float64Array): Evaluated {
    const step = to.position.map((x, i) => x - from.position[i]);
    const expected = quadraticForm(metric, step);
    if (dot(step, to.gradient) - dot(step, from.gradient) > STALE.surprise * expected) this.surprises++;
    this.travelled += Math.sqrt(expected);
    this.iterations++;
    this.curvature.learn(from, to);
    return to;
  }

  private restingOutcome(point: Evaluated, { decrease }: BoxStep, isSmall: boolean): Outcome {
    if (isSmall) return "converged";
    return decrease <= 10 * this.noise(point) ? "rounding" : "stalled";
  }

  /** Null where the objective cannot be computed. */
  private evaluate(position: Float64Array): Evaluated | null {
    const gradient = new Float64Array(position.length);
    const value = this.objective(position, gradient);
    this.evaluations++;
    return Number.isFinite(value) && gradient.every(Number.isFinite) ? { position, value, gradient } : null;
  }

  private noise(point: Evaluated): number {
    return this.options.valueNoise * Math.max(1, Math.abs(point.value));
  }

  /** Along the step of the model, on which the value falls by `startSlope` at first. */
  private step(point: Evaluated, model: BoxStep, startSlope: number): Steps<LineSearchResult> {
    const longest = longestStep(point.position, model, this.box);
    // A fall beyond the value itself is promised where the curvature is nearly nothing, far from the minimum: begin with less.
    const first = Math.min(1, (10 * Math.max(1, Math.abs(point.value))) / model.decrease);
    const trialAt = (length: number) => this.trial(point, model, length);
    const { inAdvance } = this.objective;
    const options = { first, longest, noise: this.noise(point) };
    if (inAdvance === undefined) return searchLine(point, startSlope, trialAt, options);
    return searchLine(point, startSlope, trialAt, {
      ...options,
      inAdvance: (length) => inAdvance(this.triedAt(point, model, length)),
    });
  }

  /** What is found at `length` times a step. */
  private trial(point: Evaluated, model: BoxStep, length: number): Trial {
    const trial = this.evaluate(this.triedAt(point, model, length));
    return { step: length, slope: trial === null ? NaN : dot(trial.gradient, model.step), point: trial };
  }

  private triedAt(point: Evaluated, { step, side }: BoxStep, length: number): Float64Array {
    const position = this.moved(point.position, length, step);
    if (length === 1) snap(position, side, this.box);
    return position;
  }

  private moved(position: Float64Array, length: number, step: Float64Array): Float64Array {
    const { lower, upper } = this.box;
    return position.map((x, i) => Math.min(Math.max(x + length * step[i], lower[i]), upper[i]));
  }

  /** A lower point along negative curvature of the Hessian just measured here, else null. */
  private *escape(point: Evaluated): Steps<Evaluated | null> {
    const { hessian } = this.lastMeasured;
    for (const direction of negativeCurvatures(point, hessian, this.box, this.options.tolerance)) {
      const lower = yield* this.fall(point, direction, quadraticForm(hessian, direction));
      if (lower !== null) return lower;
    }
    return null;
  }

  private *fall(point: Evaluated, direction: Float64Array, second: number): Steps<Evaluated | null> {
    const reach = direction.reduce(
      (most, x, i) => Math.max(most, Math.abs(x) / Math.max(1, Math.abs(point.position[i]))),
      0,
    );
    let length = Math.min(Math.sqrt((2 * ESCAPE_FALL) / -second), 1 / reach);
    for (let count = 0; count < MOST_ESCAPES; count++, length *= ESCAPE_SHRINKAGE) {
      const position = this.moved(point.position, length, direction);
      const ahead = this.objective.inAdvance?.(position);
      if (ahead) yield* ahead;
      const trial = this.evaluate(position);
      yield;
      if (trial !== null && trial.value < point.value - this.noise(point)) return trial;
    }
    return null;
  }

  private minimum(point: Evaluated, hessian: Float64Array, decrement: number, outcome: Outcome): Minimum {
    const count = `${this.iterations} iterations and ${this.evaluations} evaluations`;
    const left = (0.5 * decrement * decrement).toPrecision(2);
    return {
      position: point.position,
      value: point.value,
      gradient: point.gradient,
      hessian,
      decrement,
      iterations: this.iterations,
      evaluations: this.evaluations,
      converged: outcome === "converged" || outcome === "rounding",
      outcome,
      reason: reasons[outcome](count, left),
      activeBounds: activeBounds(point.position, this.box),
    };
  }

  private failedStart(position: Float64Array): Minimum {
    const n = position.length;
    const start = { position, value: NaN, gradient: new Float64Array(n).fill(NaN) };
    return this.minimum(start, new Float64Array(n * n).fill(NaN), NaN, "notFinite");
  }
}

const nowhere: LineSearchResult = { next: null, isEndless: false };

const reasons: Record<Outcome, (count: string, left: string) => string> = {
  converged: (count, left) => `converged after ${count}: a change of ${left} is left to expect`,
  rounding: (count, left) =>
    `converged after ${count}: the change of ${left} left to expect is within the rounding of the objective`,
  iterations: (count, left) => `stopped at the limit of ${count}: a change of ${left} is left to expect`,
  stalled: (count, left) =>
    `stopped after ${count}: the gradient promises a change of ${left}, but nothing lower is found along it; ` +
    "either it is not the gradient of the objective, or the objective is not smooth here",
  notFinite: () => "the objective or its gradient cannot be computed at the start; choose another start",
  unbounded: (count) => `stopped after ${count}: the objective falls without end along a line`,
};

function activeBounds(position: Float64Array, box: Box): ActiveBound[] {
  return [...position.keys()].flatMap((coordinate): ActiveBound[] => {
    if (position[coordinate] === box.lower[coordinate]) return [{ coordinate, bound: "lower" }];
    return position[coordinate] === box.upper[coordinate] ? [{ coordinate, bound: "upper" }] : [];
  });
}
