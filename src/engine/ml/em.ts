import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { aghqMarginal } from "../../marginal/likelihoods/aghq.js";
import { multiply, quadraticForm } from "../../math/optimize/definite.js";
import type { Steps } from "../../math/steps.js";
import { EngineError } from "../EngineError.js";
import type { Estimates, MlNote } from "./Estimates.js";
import { Iteration } from "./em/iteration.js";
import { startWithoutEffects } from "./fitMarginal.js";
import { estimates } from "./inference.js";
import { type ParameterVector, parameterVector } from "./parameterVector.js";

export interface ExpectationMaximizationOptions {
  /** Quadrature points per effect. Default 15. */
  readonly points: number;
  /** Default 1000. */
  readonly maxIterations: number;
}

const defaults: ExpectationMaximizationOptions = { points: 15, maxIterations: 1000 };

/** Where an iteration stands. */
export interface ExpectationMaximizationState {
  /** Of the `ParameterVector`. */
  readonly position: Float64Array;
  readonly logLikelihood: number;
  /** sqrt(g' I^-1 g), g the score by Fisher's identity and I the observed information; NaN where I is not positive definite. */
  readonly decrement: number;
  /** Louis's I^-1, or null. */
  readonly covariance: Float64Array | null;
}

/** The log-likelihood has half the square of this left to gain, 5e-9. */
const TOLERANCE = 1e-4;
/** Where quadrature with so few points lets no step raise the likelihood, a maximum this near is one. */
const NEAR_ENOUGH = 1e-3;

/**
 * Maximum likelihood by EM, the random effects of one grouping factor being the missing data (Dempster, Laird & Rubin, 1977): E-step by
 * adaptive Gauss-Hermite quadrature, standard errors from Louis's (1982) information. Reaches what aghq with as many points does,
 * by another way. Throws EngineError for other structures.
 */
export function* expectationMaximization(
  view: LatentGaussian,
  options: Partial<ExpectationMaximizationOptions> = {},
): Steps<Estimates> {
  const { points, maxIterations } = { ...defaults, ...options };
  const vector = parameterVector(view);
  let iterations = 0;
  const last = yield* expectationMaximizationPath(view, vector, points, ({ decrement }) => {
    const isEnd = decrement <= TOLERANCE || iterations === maxIterations;
    if (!isEnd) iterations++;
    return isEnd;
  });
  const values = view.values();
  vector.unpack(last.position, values);
  const marginal = aghqMarginal(view, points);
  const converged = last.decrement <= NEAR_ENOUGH;
  const logLikelihood = marginal.evaluate(values, null);
  return {
    engine: "ml",
    method: "em",
    points,
    reml: false,
    intervals: "wald",
    ...estimates(view, vector, { position: last.position, covariance: last.covariance, held: [] }),
    logLikelihood,
    logPrior: null,
    parameterCount: vector.start.length,
    effects: marginal.effects(),
    convergence: { converged, gradientNorm: last.decrement, iterations, evaluations: iterations + 1 },
    notes: converged ? [] : [slowNote(iterations)],
  };
}

/**
 * Visits the states of the iteration, their log-likelihoods never falling, and returns the last: at which `isEnd` is true, or which no step
 * raises. Louis's (1982, section 5) step takes the place of the M-step's where it raises the likelihood, unless `isPlain`.
 */
export function* expectationMaximizationPath(
  view: LatentGaussian,
  vector: ParameterVector,
  points: number,
  isEnd: (state: ExpectationMaximizationState) => boolean,
  isPlain = false,
): Steps<ExpectationMaximizationState> {
  checkModel(view, points);
  const iteration = new Iteration(view, vector, points);
  let at = iteration.start(yield* startWithoutEffects(view, vector));
  for (;;) {
    const { score, complete, covariance } = yield* iteration.louis(at);
    const { position, posterior } = at;
    const decrement = covariance === null ? NaN : Math.sqrt(Math.max(0, quadraticForm(covariance, score)));
    const state = { position, logLikelihood: posterior.logLikelihood, decrement, covariance };
    if (isEnd(state)) return state;
    const step = !isPlain && covariance !== null ? multiply(covariance, score) : null;
    const moved = step && position.map((x, i) => x + step[i]);
    const next =
      (moved && iteration.raised(at, moved)) ?? iteration.raised(at, yield* iteration.maximization(at, complete));
    yield;
    if (next === null) return state;
    at = next;
  }
}

function checkModel({ structure, factors }: LatentGaussian, points: number): void {
  if (points === 1) {
    throw new EngineError(
      "em needs the spread of the random effects, which one quadrature point does not have; use 2 or more",
    );
  }
  if (structure === "single") return;
  const found = factors.map(({ name }) => name).join(", ") || "none";
  throw new EngineError(
    `em needs one grouping factor, whose levels are integrated over one by one, but the model has ${found}; ` +
      "use aghq for nested factors, laplace where they cross",
  );
}

function slowNote(iterations: number): MlNote {
  return {
    code: "not-converged",
    message: `em has not arrived after ${iterations} iterations; towards a variance at zero or a correlation at 1 it only creeps`,
    advice: "use aghq, which reaches such a boundary and says so, or more points",
  };
}
