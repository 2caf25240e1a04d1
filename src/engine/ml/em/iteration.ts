import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import type { LatentValues } from "../../../density/LatentValues.js";
import { cholesky, inverseFromCholesky } from "../../../math/linalg/cholesky.js";
import { hessianByDifferences } from "../../../math/optimize/hessianByDifferences.js";
import { minimize } from "../../../math/optimize/minimize.js";
import type { Objective } from "../../../math/optimize/Objective.js";
import type { Steps } from "../../../math/steps.js";
import { EngineError } from "../../EngineError.js";
import type { ParameterVector } from "../parameterVector.js";
import { CompleteData } from "./completeData.js";
import { type EffectsPosterior, Expectation } from "./expectation.js";

/** Parameters, as a position of the `ParameterVector`, with the effects' posterior there. */
export interface ExpectedState {
  readonly position: Float64Array;
  readonly posterior: EffectsPosterior;
}

/** The observed information of Louis (1982) at a state: what complete data would give less what is missing. */
export interface LouisInformation {
  /** Of the observed data, by Fisher's identity: the expectation of the complete data's. */
  readonly score: Float64Array;
  /** Minus the Hessian of the expected complete-data log-likelihood. */
  readonly complete: Float64Array;
  /** The inverse of the observed information; null where that is not positive definite. */
  readonly covariance: Float64Array | null;
}

/** Steps of the search within an M-step, which need not be solved but improved (generalised EM). */
const INNER_STEPS = 3;

/** The steps of EM for one model. */
export class Iteration {
  private readonly vector: ParameterVector;
  private readonly quadrature: Expectation;
  private readonly complete: CompleteData;
  private readonly values: LatentValues;
  private readonly gradients: LatentValues;

  constructor(view: LatentGaussian, vector: ParameterVector, points: number) {
    this.vector = vector;
    this.quadrature = new Expectation(view, points);
    this.complete = new CompleteData(view, vector);
    this.values = view.values();
    this.gradients = view.values();
  }

  /** Throws EngineError where the likelihood cannot be computed. */
  start(position: Float64Array): ExpectedState {
    const state = this.expected(position);
    if (state !== null) return state;
    throw new EngineError(
      "the log-likelihood cannot be computed where em starts (coefficients of a fit without random effects, sds of one unit); " +
        "look for extreme values in the response, the offset and the covariates, and rescale them",
    );
  }

  /** The state at a position if its log-likelihood is higher, else null. */
  raised(from: ExpectedState, position: Float64Array): ExpectedState | null {
    const state = this.expected(position);
    return state !== null && state.posterior.logLikelihood > from.posterior.logLikelihood ? state : null;
  }

  /** The E-step; null outside the parameter space, at a singular Lambda and where the likelihood cannot be computed. */
  private expected(position: Float64Array): ExpectedState | null {
    const { values, vector } = this;
    vector.unpack(position, values);
    const isInside = position.every((x, i) => x >= vector.lower[i] && x <= vector.upper[i]);
    const isRegular = vector.coordinates.every(
      (at, i) => at.part !== "Lambda" || at.row !== at.column || position[i] > 0,
    );
    const posterior = isInside && isRegular ? this.quadrature.at(values) : null;
    return posterior && { position, posterior };
  }

  /** The M-step: Lambda in closed form, the other parameters by a few steps of a quasi-Newton search. */
  *maximization({ position, posterior }: ExpectedState, complete: Float64Array): Steps<Float64Array> {
    const { vector, values } = this;
    const [lower, upper] = [vector.lower.slice(), vector.upper.slice()];
    vector.coordinates.forEach(({ part }, i) => {
      if (part === "Lambda") lower[i] = upper[i] = position[i];
    });
    const options = { lower, upper, hessian: complete, confirm: false, maxIterations: INNER_STEPS };
    const { position: moved } = yield* minimize(this.negativeExpectation(posterior), position, options);
    vector.unpack(moved, values);
    if (this.complete.maximizeLambda(posterior, values.Lambda[0])) vector.pack(values, moved);
    return moved;
  }

  *louis({ position, posterior }: ExpectedState): Steps<LouisInformation> {
    const { vector, values } = this;
    const n = position.length;
    const objective = this.negativeExpectation(posterior);
    const slope = new Float64Array(n);
    objective(position, slope);
    const { hessian: complete } = yield* hessianByDifferences(objective, position, {
      lower: vector.lower,
      upper: vector.upper,
      order: 2,
      gradient: slope,
    });
    vector.unpack(position, values);
    const missing = yield* this.complete.scoreVariance(posterior, position, values);
    const covariance = inverse(
      complete.map((entry, at) => entry - missing[at]),
      n,
    );
    return { score: slope.map((x) => -x), complete, covariance };
  }

  private negativeExpectation(posterior: EffectsPosterior): Objective {
    const { vector, values, gradients } = this;
    return (position, gradient) => {
      vector.unpack(position, values);
      const value = this.complete.expectation(posterior, values, gradients);
      vector.adjoint(position, gradients, gradient);
      for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
      return -value;
    };
  }
}

function inverse(matrix: Float64Array, n: number): Float64Array | null {
  const L = matrix.slice();
  if (!cholesky(L, n)) return null;
  const result = new Float64Array(n * n);
  inverseFromCholesky(L, n, result);
  return result;
}
