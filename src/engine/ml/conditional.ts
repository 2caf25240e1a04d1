import type { ConditionalResponse, LatentGaussian } from "../../density/LatentGaussian.js";
import { transposed } from "../../marginal/factorisations/blockProducts.js";
import { cholesky, inverseFromCholesky } from "../../math/linalg/cholesky.js";
import { matrixProduct, matrixVector } from "../../math/linalg/smallMatrices.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import { newton } from "../../math/optimize/newton.js";
import type { Objective } from "../../math/optimize/Objective.js";
import type { Steps } from "../../math/steps.js";
import { EngineError } from "../EngineError.js";
import { type ConditionalProblem, conditionalProblem } from "./conditional/conditionalProblem.js";
import { multinomial } from "./conditional/multinomial.js";
import { conditionalNotes, nameOf } from "./conditional/notes.js";
import type { StratumLikelihood } from "./conditional/Stratum.js";
import { symmetricFunctions } from "./conditional/symmetricFunctions.js";
import type { Estimates } from "./Estimates.js";
import { inferred } from "./inference.js";
import { type ProgressListener, watchedObjective } from "./progress.js";

const likelihoods: Record<ConditionalResponse["kind"], StratumLikelihood> = {
  logistic: symmetricFunctions,
  multinomial,
};

/**
 * In standard errors. The search halts at the first to look for a maximum at infinity, while the gradient there is still far above
 * its rounding; where there is none it goes on to the second, which costs a step or two.
 */
const TOLERANCES = { first: 1e-4, last: 1e-8 };

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
export function* conditionalLikelihood(
  view: LatentGaussian,
  listener: ProgressListener | null = null,
): Steps<Estimates> {
  const response = conditionableResponse(view);
  const problem = conditionalProblem(view, response);
  checkInformation(view, problem);
  const likelihood = likelihoods[response.kind];
  const start = new Float64Array(problem.kept.length);
  const first = yield* maximum(problem, likelihood, start, TOLERANCES.first, listener);
  const endless = endlessColumns(problem, first, covarianceAt(problem, likelihood, first.position));
  const minimum =
    endless.length > 0 ? first : yield* maximum(problem, likelihood, first.position, TOLERANCES.last, listener);
  const covariance = columnCovariance(problem, covarianceAt(problem, likelihood, minimum.position));
  const estimates = matrixVector(problem.toColumns, minimum.position);
  const p = problem.kept.length;
  const parameters = problem.kept.map((column, a) => {
    const hasError = covariance !== null && !endless.includes(column);
    const standardError = hasError ? Math.sqrt(covariance[a * p + a]) : NaN;
    return inferred("coefficient", { name: nameOf(view, column), estimate: estimates[a], standardError });
  });
  return {
    engine: "ml",
    method: "conditional",
    points: null,
    reml: false,
    intervals: "wald",
    parameters,
    covariance,
    logLikelihood: -minimum.value,
    logPrior: null,
    parameterCount: p,
    effects: null,
    convergence: {
      converged: minimum.converged && endless.length === 0,
      gradientNorm: minimum.decrement,
      iterations: minimum === first ? first.iterations : first.iterations + minimum.iterations,
      evaluations: minimum === first ? first.evaluations : first.evaluations + minimum.evaluations,
    },
    notes: conditionalNotes(view, problem, endless),
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
  if (view.hasLikelihoodWeights)
    throw new EngineError(
      `conditional likelihood needs the total of each group, which weighted rows have not; ${otherwise}`,
    );
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

function maximum(
  { strata }: ConditionalProblem,
  likelihood: StratumLikelihood,
  start: Float64Array,
  tolerance: number,
  listener: ProgressListener | null,
): Steps<Minimum> {
  const negative: Objective = (beta: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let value = 0;
    for (const stratum of strata) value -= likelihood(stratum, beta, gradient, null);
    for (let a = 0; a < gradient.length; a++) gradient[a] = -gradient[a];
    return value;
  };
  const hessian = (beta: Float64Array) => information({ strata }, likelihood, beta);
  const objective = watchedObjective(negative, "conditional likelihood", listener);
  return newton(objective, hessian, start, { tolerance });
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

/** The inverse of the information; null where it is not positive definite. */
function covarianceAt(
  problem: ConditionalProblem,
  likelihood: StratumLikelihood,
  beta: Float64Array,
): Float64Array | null {
  const L = information(problem, likelihood, beta);
  if (!cholesky(L, beta.length)) return null;
  const result = new Float64Array(L.length);
  inverseFromCholesky(L, beta.length, result);
  return result;
}

/** That of the coefficients of the kept columns, from that of the strata's. */
function columnCovariance(
  { toColumns, kept }: ConditionalProblem,
  covariance: Float64Array | null,
): Float64Array | null {
  const p = kept.length;
  return covariance && matrixProduct(matrixProduct(toColumns, covariance, p), transposed(toColumns), p);
}

/** Columns along which the likelihood rises without end: those that Newton's next step still moves, or all if it has none. */
function endlessColumns(
  { toColumns, kept, reach }: ConditionalProblem,
  { gradient }: Minimum,
  covariance: Float64Array | null,
): number[] {
  if (covariance === null) return [...kept];
  const step = matrixVector(toColumns, matrixVector(covariance, gradient));
  return kept.filter((_, a) => reach[a] * Math.abs(step[a]) > ENDLESS_STEP);
}
