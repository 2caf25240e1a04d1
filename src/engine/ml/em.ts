import type { LatentGaussian, LatentValues } from "../../density/LatentGaussian.js";
import { aghqMarginal } from "../../marginal/aghq.js";
import { cholesky, inverseFromCholesky } from "../../math/linalg/cholesky.js";
import { multiply } from "../../math/optimize/definite.js";
import { hessianByDifferences } from "../../math/optimize/hessianByDifferences.js";
import { minimize } from "../../math/optimize/minimize.js";
import { EngineError } from "./EngineError.js";
import { CompleteData } from "./em/completeData.js";
import { type EffectsPosterior, Expectation } from "./em/expectation.js";
import { startWithoutEffects } from "./fitMarginal.js";
import { estimates } from "./inference.js";
import type { MaximumLikelihood, Note } from "./MaximumLikelihood.js";
import { type ParameterVector, parameterVector } from "./parameters.js";

export interface ExpectationMaximizationOptions {
  /** Quadrature points per effect. Default 15. */
  readonly points: number;
  /** Take Louis's (1982, section 5) step in place of the M-step's where it raises the likelihood. Default true. */
  readonly accelerate: boolean;
  /** Default 1000. */
  readonly maxIterations: number;
}

const defaults: ExpectationMaximizationOptions = { points: 15, accelerate: true, maxIterations: 1000 };

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
/** Steps of the search within an M-step: it need not be solved, only improved. */
const INNER_STEPS = 3;

/**
 * Maximum likelihood by EM, the random effects of one grouping factor being the missing data (Dempster, Laird & Rubin, 1977): E-step by
 * adaptive Gauss-Hermite quadrature, standard errors from Louis's (1982) information. Reaches what aghq with as many points does,
 * by another way. Throws EngineError for other structures.
 */
export function expectationMaximization(
  view: LatentGaussian,
  options: Partial<ExpectationMaximizationOptions> = {},
): MaximumLikelihood {
  const { points, accelerate, maxIterations } = { ...defaults, ...options };
  const vector = parameterVector(view);
  const path = expectationMaximizationPath(view, vector, { points, accelerate });
  let last: ExpectationMaximizationState | null = null;
  let iterations = 0;
  for (const state of path) {
    last = state;
    if (state.decrement <= TOLERANCE || iterations === maxIterations) break;
    iterations++;
  }
  if (last === null) throw new RangeError("a path has a start");
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
    parameters: estimates(view, vector, { position: last.position, covariance: last.covariance, held: [] }),
    logLikelihood,
    parameterCount: vector.start.length,
    effects: marginal.effects(),
    convergence: { converged, gradientNorm: last.decrement, iterations, evaluations: iterations + 1 },
    notes: converged ? [] : [slowNote(iterations)],
  };
}

/** The states of the iteration, their log-likelihoods never falling; it ends where no step raises them. */
export function* expectationMaximizationPath(
  view: LatentGaussian,
  vector: ParameterVector,
  { points, accelerate }: Pick<ExpectationMaximizationOptions, "points" | "accelerate">,
): Generator<ExpectationMaximizationState> {
  checkStructure(view);
  const step = new Iteration(view, vector, points);
  let position = startWithoutEffects(view, vector);
  let posterior = step.expectation(position);
  if (posterior === null) {
    throw new EngineError(
      "the log-likelihood cannot be computed where em starts (coefficients of a fit without random effects, sds of one unit); " +
        "look for extreme values in the response, the offset and the covariates, and rescale them",
    );
  }
  for (;;) {
    const louis = step.louis(position, posterior);
    yield { position, logLikelihood: posterior.logLikelihood, ...louis };
    const { logLikelihood } = posterior;
    const trials = [accelerate ? louis.step : null, () => step.maximization(position, posterior, louis.complete)];
    let found = false;
    for (const trial of trials) {
      const next: Float64Array | null = typeof trial === "function" ? trial() : trial;
      const raised: EffectsPosterior | null = next && step.expectation(next);
      if (next === null || raised === null || !(raised.logLikelihood > logLikelihood)) continue;
      [position, posterior, found] = [next, raised, true];
      break;
    }
    if (!found) return;
  }
}
