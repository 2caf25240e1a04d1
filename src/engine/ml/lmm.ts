import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { standardDeviations } from "../../marginal/effects/effects.js";
import type { ConditionalEffects } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import type { Steps } from "../../math/steps.js";
import { EngineError } from "../EngineError.js";
import { boundaryNotes } from "./boundary.js";
import {
  type CovarianceSearch,
  lowestOverCovariance,
  type SettledMinimum,
  settledMinimum,
} from "./covarianceSearch.js";
import type { Estimates, MlNote, TermHypothesis } from "./Estimates.js";
import { atLevel, reported } from "./inference.js";
import { LinearCriterion } from "./lmm/criterion.js";
import { heldCoordinates, linearEstimates, positionOf } from "./lmm/estimates.js";
import { jointObjective } from "./lmm/jointObjective.js";
import { type LinearFit, largeSampleCovariance } from "./lmm/largeSampleCovariance.js";
import { type LinearProducts, linearProducts } from "./lmm/products.js";
import { type RelativeCovariance, relativeCovariance } from "./lmm/relativeCovariance.js";
import { defaultMlOptions, type MlOptions } from "./options.js";
import { parameterVector } from "./parameterVector.js";
import { withProfiledSds, withProfileIntervals } from "./profile/profileIntervals.js";
import { type ProgressListener, watchedObjective } from "./progress.js";

export interface LinearMixedModelOptions {
  /** Restricted maximum likelihood: beta integrated out under a flat prior, so that variances make up for what it takes of the data. */
  readonly reml: boolean;
  /** Default "wald". */
  readonly intervals?: MlOptions["intervals"];
  /** Default 0.95. */
  readonly level?: number;
}

/** A covariance at the boundary stays there if that costs no more than this of the log-likelihood. */
const BOUNDARY_COST = 1e-8;
/** Off a ridge of equal likelihood by more standard errors than this, its curvature along the ridge would not be told from one. */
const CLOSE = 1e-6;
/** Multiplications that searches from several starts may take: about a second. */
const EXPLORED_PRODUCTS = 3e8;
/** A penalised sum of squares that is this share of the one without random effects is as good as zero. */
const PERFECT = 1e-13;

/**
 * A linear mixed model by maximum likelihood or REML: the profiled criterion of Bates et al. (2015), minimised by its exact gradient
 * over the relative Lambda; beta and sigma follow. Log-likelihoods have all constants and are lme4's. Throws EngineError for other
 * models, and where the data leave nothing to estimate.
 */
export function* linearMixedModel(
  view: LatentGaussian,
  { reml, intervals = "wald", level = defaultMlOptions.level }: LinearMixedModelOptions,
  hypotheses: readonly TermHypothesis[] = [],
  listener: ProgressListener | null = null,
): Steps<Estimates> {
  const products = linearProducts(view);
  const criterion = new LinearCriterion(products, reml);
  const vector = parameterVector(view);
  const layout = relativeCovariance(products, vector);
  const unwatched = thetaSearch(criterion, layout);
  const objective = watchedObjective(unwatched.objective, "linear mixed model", listener);
  const search = { ...unwatched, objective };
  const settled = yield* settledMinimum(search, yield* minimumOf(search, criterion, layout), BOUNDARY_COST);
  const { minimum } = settled;
  const fit = fitAt(criterion, layout, settled);
  const covariance = yield* largeSampleCovariance(criterion, layout, fit);
  const { converged, decrement: gradientNorm, iterations, evaluations } = minimum;
  const draw = reported(view, vector, positionOf(criterion, vector, fit));
  const atDefault: Estimates = {
    engine: "ml",
    method: "lmm",
    points: null,
    reml,
    intervals: "wald",
    ...linearEstimates(criterion, vector, layout, fit, covariance, hypotheses),
    logLikelihood: (reml ? (view.logDeterminantToWritten ?? 0) : 0) - fit.value,
    logPrior: null,
    parameterCount: vector.coordinates.length,
    effects: conditionalEffects(criterion, fit),
    convergence: { converged, gradientNorm, iterations, evaluations },
    notes: [
      ...boundaryNotes(view, vector, heldCoordinates(layout, fit), draw),
      ...(covariance === null ? [undetermined] : []),
      ...(converged ? [] : [notConverged(minimum)]),
    ],
  };
  const result = atLevel(view, atDefault, level);
  if (covariance === null) return result;
  const maximised = {
    view,
    vector,
    objective: jointObjective(criterion, vector),
    position: positionOf(criterion, vector, fit),
    held: reml ? vector.coordinates.flatMap(({ part }, i) => (part === "beta" ? [i] : [])) : [],
    level,
  };
  if (intervals === "bootstrap") return result;
  if (intervals === "wald") return yield* withProfiledSds(result, maximised, explorationBudget(products));
  const profiled = yield* withProfileIntervals(result, maximised);
  return reml ? { ...profiled, notes: [...profiled.notes, noProfile] } : profiled;
}

/** Minus the log-likelihood as a function of theta, beta and sigma at their best. */
function thetaSearch(criterion: LinearCriterion, layout: RelativeCovariance): CovarianceSearch {
  const [Lambda, gradients] = [layout.matrices(), layout.matrices()];
  return {
    objective(theta, gradient) {
      layout.unpack(theta, Lambda);
      const { value } = criterion.evaluate(Lambda, gradients);
      layout.adjoint(gradients, gradient);
      return value;
    },
    coordinates: layout.entries.map(({ factor, row, column }) => ({ part: "Lambda", factor, row, column })),
    box: { lower: layout.lower, upper: layout.lower.map(() => Infinity) },
    tolerance: CLOSE,
  };
}

function* minimumOf(
  search: CovarianceSearch,
  criterion: LinearCriterion,
  { start, scale }: RelativeCovariance,
): Steps<Minimum> {
  const minimum = yield* lowestOverCovariance(search, start, { scale }, explorationBudget(criterion.solution.products));
  if (minimum.outcome === "notFinite" || minimum.outcome === "unbounded" || isPerfect(criterion))
    throw new EngineError(
      "the random effects fit the response without error, so that the likelihood has no maximum; leave out those that do",
    );
  return minimum;
}

/** Evaluations of the criterion that searches from several starts may take together. */
function explorationBudget({ view, columns }: LinearProducts): number {
  const blocks = view.factors.reduce((total, { levels, effects: q }) => total + levels * q * q, 0);
  const sizes = view.factors.map(({ levels, effects }) => levels * effects);
  const joint = view.structure === "crossed" ? Math.min(...sizes) ** 3 : 0;
  return EXPLORED_PRODUCTS / (columns * blocks + joint);
}

/** Whether a sigma that is estimated has run to zero. */
function isPerfect({ solution }: LinearCriterion): boolean {
  const { heldSigma, gram } = solution.products;
  return heldSigma === null && solution.squares < PERFECT * gram[gram.length - 1];
}

/** The fit at a minimum; the criterion is left evaluated at it. */
function fitAt(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { minimum: { position, hessian }, held }: SettledMinimum,
): LinearFit {
  const Lambda = layout.matrices();
  layout.unpack(position, Lambda);
  const scale = position.map((_, k) => 1 / Math.sqrt(hessian[k * (position.length + 1)]));
  const free = layout.entries.flatMap((_, k) => (held.includes(k) ? [] : [k]));
  return { Lambda, free, scale, ...criterion.evaluate(Lambda, null) };
}

/** Modes of b and their sds given beta, theta and sigma (the modes are the means as well). */
function conditionalEffects({ solution }: LinearCriterion, { sigma }: LinearFit): ConditionalEffects {
  const covariances = solution.hessian
    .covariance()
    .factors.map((blocks) => blocks.map((entry) => sigma * sigma * entry));
  const sds = standardDeviations(solution.products.view, covariances);
  return { modes: solution.effects(), sds, covariances, means: null };
}

const undetermined: MlNote = {
  code: "undetermined",
  message:
    "the data do not determine the variances: the likelihood is flat there, so that they have no standard errors",
  advice: "leave out effects that the data cannot tell apart, such as one for every row beside sigma",
};

const noProfile: MlNote = {
  code: "no-profile",
  message:
    "the restricted likelihood has the coefficients integrated out, so that they have no profile: their intervals are by Wald, with t",
  advice: "",
};

function notConverged({ reason }: Minimum): MlNote {
  return {
    code: "not-converged",
    message: `the search has not reached a maximum: it ${reason}`,
    advice: "rescale the covariates, or simplify the random effects; do not use these estimates as they are",
  };
}
