import type { CompiledModel } from "../density/CompiledModel.js";
import type { ParameterKind } from "../density/LatentGaussian.js";
import type { ParameterPrior, ParameterPriors } from "../density/parameterPriors.js";
import type { UsedPrior } from "../density/resolvePriors.js";
import type { Warning } from "../diagnostics/warnings.js";
import { posteriorMode } from "../marginal/exploration/posteriorMode.js";
import { workingScale } from "../marginal/exploration/workingScale.js";
import { laplaceMarginal } from "../marginal/likelihoods/laplace.js";
import type { MarginalLikelihood } from "../marginal/likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../marginal/likelihoods/plain.js";
import { exp } from "../math/special/elementary.js";
import { normalQuantile } from "../math/special/normalDistribution.js";
import { mapSteps, type Steps } from "../math/steps.js";
import type { ModeRecord } from "../posterior/Posterior.js";
import { type LikelihoodOfParameter, likelihoodAt, REACH, STEP, surprise } from "./surprise.js";

/** A prior that the likelihood contradicts, with what to say of it; `code` is "prior-conflict". */
export interface PriorConflict extends Warning {
  /** What the prior is on: "beta[x]", "intercept" (at the covariates' means), "sd[g, Intercept]". */
  readonly name: string;
  readonly prior: UsedPrior;
  /** Where the likelihood puts it, under the priors of all other parameters, with the standard error; both on its own scale. */
  readonly estimate: number;
  readonly standardError: number;
  /** How far that is out in the tail of what the prior expects such an estimate to be, in standard deviations of a normal distribution. */
  readonly z: number;
}

/** A single prior is in conflict from this many standard deviations on; of several the limit keeps this probability of any false alarm. */
const LEAST_Z = 3;
const FALSE_ALARM = 0.005;
/** From here on a prior that has most of the information is looked at, for other parameters may hide a conflict: an sd of slopes, that of their mean. */
const SUSPECT_Z = 2;
/** In sds of the prior. */
const LEAST_DRAW = 0.1;
/**
 * Where a prior has this many times the information of the likelihood about an sd or dispersion, in whose log the likelihood need not be concave, its
 * estimate is looked for: if the log-likelihood rises by this in a unit of its log, or the prior keeps it below this share of its default unit.
 */
const DOMINANT = 2;
const LEAST_SLOPE = 0.02;
const SMALL = 0.2;
/** The same of a correlation: by this in a unit of Fisher's z. */
const STEEP = 1;
/** Where a prior has this many times the information about a coefficient, the likelihood is looked at so far off, in units of its default prior. */
const OVERWHELMING = 100;
const BEYOND = [0.03, 0.1, 0.3, 1, 3];
/** By how much the log-likelihood is higher there where the prior keeps a parameter from its estimate. */
const RISE = 3;
/** A search that ends with a larger gradient, in posterior sds, has found no mode. */
const LARGEST_GRADIENT = 1e-3;
/** A likelihood may rise without end: its maximum is looked for so far off, in the log of an sd or units of a default prior, and so long. */
const FARTHEST = 20;
const MOST_ITERATIONS = 60;
/** A step from the mode to an estimate that is longer than this, in standard errors, is none that a quadratic can be trusted for. */
const LONGEST_STEP = 2;

/**
 * The priors that are in conflict with the likelihood, by Box's (1980, JRSS A 143) prior predictive check of each parameter's estimate, as Evans &
 * Moshonov (2006, Bayesian Analysis 1) have it for a statistic that is sufficient for the parameter. The posterior of a parameter divided
 * by its prior is its likelihood under the other priors: about normal on the scale of `workingScale`, its estimate e and standard error follow
 * from the mode and the curvature of the posterior by taking those of the prior away, exactly where the posterior is normal. Before the data e is
 * distributed as a draw from the prior plus a normal error. The prior is in conflict if e is in a tail of that distribution which has less
 * probability than a normal one beyond `LEAST_Z` standard deviations, and the prior's density falls on that side: a small sd does not contradict a
 * half-normal prior. For a normal prior that is |e - mean| / sqrt(sd^2 + se^2) > 3.
 *
 * A prior in conflict is made flat and the mode found again, so that the estimate told is that of the likelihood itself; and so is one that has so much
 * of the information that the curvature of the posterior tells little of the likelihood.
 */
export function* priorConflicts(compiled: CompiledModel, mode: ModeRecord): Steps<PriorConflict[]> {
  const parts = compiled.parameterPriors();
  const values = parts.valuesAt(mode.position);
  const variances = unconstrainedVariances(parts, mode);
  const limit = limitOf(parts.priors.filter(({ isInformative }) => isInformative).length);
  function* conflictWith(prior: ParameterPrior, k: number): Steps<PriorConflict[]> {
    if (!prior.isInformative) return [];
    const local = likelihoodAt(prior, values[k], variances[k]);
    const z = surprise(prior, local);
    const isTold = z >= limit;
    const isMasked = (z > SUSPECT_Z || isDrawnFromPrior(local)) && local.priorPrecision > DOMINANT * local.precision;
    if (!isTold && !isMasked && !dominates(prior, values[k], local)) return [];
    const free = withoutPrior(compiled, parts, mode, k);
    const isCoefficient = prior.kind === "coefficient";
    if (free === null || (!isTold && !isMasked && isCoefficient && !isHigherBeyond(free, k, values[k], local.slope)))
      return [];
    const own = yield* estimateWithout(free, k, values[k]);
    const ofOwn = own === null ? 0 : surprise(prior, own);
    if (own !== null && ofOwn >= limit) return [conflict(prior, own, ofOwn)];
    return isTold ? [conflict(prior, local, z)] : [];
  }
  const found = (yield* mapSteps(parts.priors, conflictWith)).flat();
  return found.sort((one, two) => two.z - one.z);
}

export function conflict(
  prior: ParameterPrior,
  { estimate, precision }: LikelihoodOfParameter,
  z: number,
): PriorConflict {
  const scale = workingScale(prior.kind);
  const { name, used, kind } = prior;
  const value = scale.from(estimate);
  const standardError = exp(scale.logSlope(estimate)) / Math.sqrt(precision);
  const origin = used.origin === "default" ? "default prior" : "prior";
  return {
    code: "prior-conflict",
    message:
      `prior and likelihood are in conflict about ${name}: its ${origin} is ${statementOf(used)}, and the likelihood puts it at ${short(value)} ` +
      `(standard error ${short(standardError)}), which under that prior is as unlikely as a value ${distance(z)} from the mean of a normal distribution`,
    advice:
      `look for an error in the data, such as other units than the prior is meant in; if the prior does not say what is known, state a wider one, ` +
      `as in "prior ${kind === "correlation" ? used.name : name} ~ ${widerPrior(kind, value)}"`,
    name,
    prior: used,
    estimate: value,
    standardError,
    z,
  };
}

/** "normal(0, 1)", with what it is on where that is not the parameter's own scale: "gamma(1, 1) on precision[g, Intercept]". */
function statementOf({ name, distribution }: UsedPrior): string {
  return /\b(var|precision)\[|^cor\[|\.cor\[/.test(name) ? `${distribution} on ${name}` : distribution;
}

function distance(z: number): string {
  return z === REACH ? `${REACH} standard deviations or more` : `${z.toFixed(1)} standard deviations`;
}

/** One under which the estimate is an ordinary value. */
function widerPrior(kind: ParameterKind, estimate: number): string {
  if (kind === "correlation") return "lkj(1)";
  const scale = Number(Math.abs(estimate).toPrecision(1));
  return kind === "coefficient" ? `normal(0, ${scale})` : `student_t(3, 0, ${scale})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** How far out an estimate must be for a conflict, of so many that are looked at. */
export function limitOf(priors: number): number {
  return Math.max(LEAST_Z, -normalQuantile(FALSE_ALARM / (2 * Math.max(1, priors))));
}

/** Of what each prior is on, on its own unconstrained scale, by the delta method. */
function unconstrainedVariances({ priors, valuesAt }: ParameterPriors, { position, covariance }: ModeRecord) {
  const n = position.length;
  const unconstrained = (at: Float64Array) => valuesAt(at).map((value, k) => priors[k].transform.unconstrain(value));
  const columns = Array.from({ length: n }, (_, i) => {
    const by = STEP * Math.sqrt(covariance[i * (n + 1)]);
    const [up, down] = [by, -by].map((step) => unconstrained(position.map((x, j) => (j === i ? x + step : x))));
    return up.map((value, k) => (value - down[k]) / (2 * by));
  });
  return Float64Array.from(priors, (_, k) => {
    let total = 0;
    for (let i = 0; i < n; i++)
      if (columns[i][k] !== 0)
        for (let j = 0; j < n; j++) total += columns[i][k] * covariance[i * n + j] * columns[j][k];
    return total;
  });
}

/** Whether a likelihood that is not concave at the mode draws the parameter away from its prior. */
function isDrawnFromPrior({ precision, slope, priorPrecision }: LikelihoodOfParameter): boolean {
  return precision <= 0 && Math.abs(slope) > LEAST_DRAW * Math.sqrt(priorPrecision);
}

/**
 * Whether the prior has so much of the information about a parameter that curvature at the mode tells little of the likelihood, and keeps the
 * parameter from where the likelihood would have it.
 */
function dominates(
  { kind, density, transform }: ParameterPrior,
  value: number,
  { precision, slope, priorPrecision }: LikelihoodOfParameter,
): boolean {
  if (density.derivative(value) * slope > 0) return false;
  const isKept = Math.abs(slope) > LEAST_SLOPE || value < SMALL * transform.constrain(0);
  if (kind === "sd" || kind === "dispersion") return isKept && priorPrecision > DOMINANT * precision;
  if (kind === "correlation") return Math.abs(slope) > STEEP && priorPrecision > DOMINANT * precision;
  return priorPrecision > OVERWHELMING * precision;
}

/** The model with one prior made flat, from the mode of the whole. */
interface FreeModel {
  readonly marginal: MarginalLikelihood;
  readonly parts: ParameterPriors;
  /** The position at which the parameter has this value, all else being as at the mode. */
  at(value: number): Float64Array;
}

/** Null where the model has no view as Gaussian effects under a likelihood. */
function withoutPrior(
  compiled: CompiledModel,
  whole: ParameterPriors,
  { position }: ModeRecord,
  k: number,
): FreeModel | null {
  const free = compiled.withPriors(whole.without(k));
  const latent = free.latentGaussian();
  if ("refusal" in latent) return null;
  const { view } = latent;
  const parts = free.parameterPriors();
  const marginal = view.factors.length > 0 ? laplaceMarginal(view) : plainMarginal(view);
  const { coordinate } = whole.priors[k];
  const { transform } = parts.priors[k];
  const at = (value: number) => position.map((x, i) => (i === coordinate ? transform.unconstrain(value) : x));
  return { marginal, parts, at };
}

/** By the mode that the model has without the prior; null where there is none within reach. */
function* estimateWithout(free: FreeModel, k: number, value: number): Steps<LikelihoodOfParameter | null> {
  const { marginal, parts, at } = free;
  const { coordinate } = parts.priors[k];
  const start = at(value);
  const bound = (by: number) => start.map((x, i) => (i === coordinate ? x + by : by * Infinity));
  const limits = { lower: bound(-FARTHEST), upper: bound(FARTHEST), maxIterations: MOST_ITERATIONS };
  const mode = yield* posteriorMode(marginal, { start, limits });
  if (coordinate !== null && Math.abs(mode.position[coordinate] - start[coordinate]) > FARTHEST - 1) return null;
  if (!mode.isDefinite || !(mode.gradientNorm < LARGEST_GRADIENT)) return null;
  const variance = unconstrainedVariances(parts, mode)[k];
  const found = likelihoodAt(parts.priors[k], parts.valuesAt(mode.position)[k], variance);
  const isExtrapolated = Math.abs(found.slope) > LONGEST_STEP * Math.sqrt(found.precision);
  return found.precision > 0 && !isExtrapolated ? found : null;
}

/** Whether the likelihood is much higher far from a mode that the prior makes, on the side to which it rises. */
function isHigherBeyond({ marginal, parts, at }: FreeModel, k: number, value: number, slope: number): boolean {
  const { transform } = parts.priors[k];
  const values = marginal.view.values();
  const heightAt = (x: number) => {
    marginal.view.read(at(x), values);
    return marginal.evaluate(values, null);
  };
  const here = heightAt(value);
  const from = transform.unconstrain(value);
  return BEYOND.some((by) => heightAt(transform.constrain(from + Math.sign(slope) * by)) > here + RISE);
}
