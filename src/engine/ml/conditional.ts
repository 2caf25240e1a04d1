import type { ConditionalResponse, LatentGaussian } from "../../density/LatentGaussian.js";
import { cholesky, inverseFromCholesky } from "../../math/linalg/cholesky.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import { newton } from "../../math/optimize/newton.js";
import { type ConditionalProblem, conditionalProblem } from "./conditional/conditionalProblem.js";
import { multinomial } from "./conditional/multinomial.js";
import type { StratumLikelihood } from "./conditional/Stratum.js";
import { symmetricFunctions } from "./conditional/symmetricFunctions.js";
import { EngineError } from "./EngineError.js";
import type { MaximumLikelihood, Note } from "./MaximumLikelihood.js";
import { waldEstimate } from "./waldEstimate.js";

const likelihoods: Record<ConditionalResponse["kind"], StratumLikelihood> = {
  logistic: symmetricFunctions,
  poisson: multinomial,
};

/** In standard errors. Newton's method converges quadratically: the last digits cost one step. */
const TOLERANCE = 1e-8;

/**
 * Newton's steps shrink with the decrement at a maximum; towards one at infinity the linear predictor keeps moving by about 1
 * a step, however small the decrement is.
 */
const ENDLESS_STEP = 0.1;

/**
 * Exact conditional likelihood of logistic and Poisson random-intercept models: each group's intercept is removed by
 * conditioning on the group's total, so nothing is assumed of how the intercepts are distributed (Breslow & Day, 1980, 7).
 * Throws EngineError for other models, and for data from which nothing is left.
 */
export function conditionalLikelihood(view: LatentGaussian): MaximumLikelihood {
  const response = conditionableResponse(view);
  const problem = conditionalProblem(view, response);
  checkInformation(view, problem);
  const likelihood = likelihoods[response.kind];
  const minimum = maximum(problem, likelihood);
  const hessian = information(problem, likelihood, minimum.position);
  const covariance = inverse(hessian, problem.kept.length);
  const endless = endlessColumns(problem, minimum.gradient, covariance);
  const p = problem.kept.length;
  const parameters = problem.kept.map((column, a) => {
    const hasError = covariance !== null && !endless.includes(column);
    const standardError = hasError ? Math.sqrt(covariance[a * p + a]) : NaN;
    return waldEstimate(nameOf(view, column), minimum.position[a], standardError);
  });
  return {
    engine: "ml",
    method: "conditional",
    points: null,
    reml: false,
    parameters,
    logLikelihood: -minimum.value,
    parameterCount: p,
    effects: null,
    convergence: {
      converged: minimum.converged && endless.length === 0,
      gradientNorm: minimum.decrement,
      iterations: minimum.iterations,
      evaluations: minimum.evaluations,
    },
    notes: [...leftOut(view, problem), ...endlessNotes(view, endless), ...uninformativeNotes(view, problem)],
  };
}

function conditionableResponse({
  conditional,
  structure,
  factors,
  rows,
  ...view
}: LatentGaussian): ConditionalResponse {
  const otherwise = "use aghq or laplace, which integrate the random effects out";
  if (conditional === null) {
    throw new EngineError(
      "conditional likelihood needs a logistic model (bernoulli or binomial, logit link) or a Poisson one with log link: " +
        `only there does a group's total carry its intercept; ${otherwise}`,
    );
  }
  if (structure !== "single") {
    const found = factors.map(({ name }) => name).join(", ") || "none";
    throw new EngineError(
      `conditional likelihood needs one grouping factor, whose groups are the strata, but the model has ${found}; ` +
        `keep one (1 | group), or ${otherwise}`,
    );
  }
  const [{ name, levels, effects }] = factors;
  const ones = new Float64Array(rows);
  if (effects === 1) view.predictEffects([new Float64Array(levels).fill(1)], ones);
  if (ones.some((value) => value !== 1)) {
    throw new EngineError(
      `conditional likelihood removes random intercepts only, but ${name} has other effects; ` +
        `write (1 | ${name}), or ${otherwise}`,
    );
  }
  return conditional;
}

function checkInformation({ factors: [{ name }] }: LatentGaussian, { strata, kept }: ConditionalProblem): void {
  const otherwise = "use aghq or laplace, which compare groups with one another too";
  if (strata.length === 0) {
    throw new EngineError(
      `no group of ${name} has information on the coefficients once its total is given: each has one row, or all its ` +
        `responses at the same end; ${otherwise}`,
    );
  }
  if (kept.length === 0) {
    throw new EngineError(
      `no covariate varies within the informative groups of ${name}, so that conditioning leaves no coefficient; ${otherwise}`,
    );
  }
}

function maximum({ strata, kept }: ConditionalProblem, likelihood: StratumLikelihood): Minimum {
  const objective = (beta: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let value = 0;
    for (const stratum of strata) value -= likelihood(stratum, beta, gradient, null);
    for (let a = 0; a < gradient.length; a++) gradient[a] = -gradient[a];
    return value;
  };
  const hessian = (beta: Float64Array) => information({ strata }, likelihood, beta);
  return newton(objective, hessian, new Float64Array(kept.length), { tolerance: TOLERANCE });
}

/** Minus the Hessian of the log-likelihood, both triangles. */
function information(
  { strata }: Pick<ConditionalProblem, "strata">,
  likelihood: StratumLikelihood,
  beta: Float64Array,
): Float64Array {
  const p = beta.length;
  const lower = new Float64Array(p * p);
  for (const stratum of strata) likelihood(stratum, beta, null, lower);
  return lower.map((_, at) => {
    const [a, b] = [Math.floor(at / p), at % p];
    return -lower[Math.max(a, b) * p + Math.min(a, b)];
  });
}

function inverse(matrix: Float64Array, n: number): Float64Array | null {
  const L = matrix.slice();
  if (!cholesky(L, n)) return null;
  const result = new Float64Array(n * n);
  inverseFromCholesky(L, n, result);
  return result;
}

/** Columns along which the likelihood rises without end: those that Newton's next step still moves, or all if it has none. */
function endlessColumns(
  { strata, kept }: ConditionalProblem,
  gradient: Float64Array,
  covariance: Float64Array | null,
): number[] {
  if (covariance === null) return [...kept];
  const p = kept.length;
  return kept.filter((_, a) => {
    let step = 0;
    for (let b = 0; b < p; b++) step += covariance[a * p + b] * gradient[b];
    return strata.some(({ X, rows }) => {
      for (let i = 0; i < rows; i++) if (Math.abs(X[i * p + a] * step) > ENDLESS_STEP) return true;
      return false;
    });
  });
}

/** Fixed effects come first among the quantities. */
function nameOf(view: LatentGaussian, column: number): string {
  return view.quantities.parameters[column];
}

function namesOf(view: LatentGaussian, columns: readonly number[]): string {
  return columns.map((column) => nameOf(view, column)).join(", ");
}

function leftOut(view: LatentGaussian, { constant, dependent }: ConditionalProblem): Note[] {
  const [{ name }] = view.factors;
  const notes: Note[] = [];
  if (constant.length > 0) {
    notes.push({
      code: "conditioned-out",
      message: `${namesOf(view, constant)} cannot be estimated: constant within every informative group of ${name}`,
      advice: "use aghq or laplace for coefficients that compare groups",
    });
  }
  if (dependent.length > 0) {
    notes.push({
      code: "aliased",
      message: `${namesOf(view, dependent)} left out: within groups of ${name} a combination of earlier columns`,
      advice: "read the other coefficients as those of a model without it",
    });
  }
  return notes;
}

function endlessNotes(view: LatentGaussian, endless: readonly number[]): Note[] {
  if (endless.length === 0) return [];
  return [
    {
      code: "separation",
      message:
        `the conditional likelihood rises without end in ${namesOf(view, endless)}: within groups the covariates separate ` +
        "the responses, and the estimate is where the search stopped",
      advice: "leave the covariate out, or fit a Bayesian model with a proper prior on it",
    },
  ];
}

function uninformativeNotes(view: LatentGaussian, { uninformative, strata }: ConditionalProblem): Note[] {
  const { noSuccess, noFailure, oneRow } = uninformative;
  const count = noSuccess + noFailure + oneRow;
  if (count === 0) return [];
  const [{ name }] = view.factors;
  const noEvents = view.conditional?.kind === "poisson" ? "with total 0" : "all 0";
  const reasons = [
    [noSuccess, noEvents],
    [noFailure, "all 1"],
    [oneRow, "of one row"],
  ].flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]));
  return [
    {
      code: "uninformative-strata",
      message: `${count} of ${count + strata.length} groups of ${name} say nothing once their total is given: ${reasons.join(", ")}`,
      advice: "nothing to do; many of them mean that conditioning costs precision, and aghq or laplace use them too",
    },
  ];
}
