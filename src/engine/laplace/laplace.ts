import type { LatentGaussian, LatentValues } from "../../density/LatentGaussian.js";
import { EffectsGivenParameters } from "../../marginal/conditionalEffects.js";
import { type Modes, searchFurther } from "../../marginal/furtherMode.js";
import { ImportanceSampler, type SampledEffects, type SamplingEffort } from "../../marginal/importanceSampling.js";
import { type IntegratedPosterior, integratedPosterior } from "../../marginal/integratedPosterior.js";
import type { EffectMoments } from "../../marginal/MarginalLikelihood.js";
import type { PosteriorMode } from "../../marginal/posteriorMode.js";
import { type ProposedPoint, proposeBatches } from "../../marginal/proposal.js";
import { spreadAround, surfaceOf } from "../../marginal/spreads.js";
import { hasFlatCoefficients, positionAt, standardised } from "../../marginal/standardised.js";
import { createStream } from "../../math/random/createStream.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Guard, ModeRecord, Posterior } from "../../posterior/Posterior.js";
import { batchedDraws, posteriorFromMarginals } from "../../posterior/posteriorFromMarginals.js";
import { sdErrors, withErrors } from "../inla/monteCarloErrors.js";
import { parameterReader } from "../inla/parameterShapes.js";
import { workingScale } from "../inla/workingScale.js";
import { ApproximationFailure } from "./ApproximationFailure.js";
import { guardOf, withLeastEffective, withNoise } from "./guard.js";
import { resample, smoothedWeights, type Weighted } from "./importance.js";
import type { LaplaceOptions } from "./options.js";

/** Positions of (beta, theta, dispersion) that are weighted; more draws than that share them, each with random effects of its own. */
const POSITIONS = 1600;
/** Independent batches of positions, between which Monte Carlo standard errors are found: to within 18% of themselves. */
const BATCHES = 16;

/**
 * The posterior by a Gaussian approximation of (beta, theta, dispersion) at its mode with the random effects integrated out, whose draws are
 * importance-weighted against that density, and of the random effects given them. Where the effects can be integrated by quadrature the
 * weights are exact but for the quadrature's error; where factors cross the integral is itself one by importance sampling; where one factor has too
 * many effects for quadrature they are drawn too and the weights are those of the joint density. The same seed gives the same draws. Throws ApproximationFailure where there is no mode to start from.
 */
export function laplace(view: LatentGaussian, options: LaplaceOptions): Posterior {
  const stream = createStream(options.seed, 1);
  const integrated = modeOf(view);
  const perBatch = Math.ceil(Math.min(options.draws, POSITIONS) / BATCHES);
  const { coordinates, spreads } = spreadAround(view, integrated.mode, surfaceOf(integrated.marginal));
  const proposed = proposeBatches(coordinates, spreads, { batches: BATCHES, perBatch }, stream);
  const repeats = Math.ceil(options.draws / proposed.length);
  const candidates = drawCandidates(integrated, proposed, repeats, stream);
  const hasHeavyTails = hasFlatCoefficients(coordinates);
  const { used, guard: ofWeights } = judge(integrated, proposed, candidates, hasHeavyTails);
  const weights = spreadOver(used.weights, proposed.length * repeats);
  const { bends, order } = coordinates;
  const flat = hasHeavyTails ? candidates.columns[order[bends.findIndex((bend) => bend !== 0)]] : null;
  const picked = resampleAlong(flat, weights, options.draws, stream.uniform());
  const columns = candidates.columns.map((column) => Float64Array.from(picked, (i) => column[i]));
  const guard = withSdErrors(ofWeights, view, columns, picked);
  const batches = new Array<number>(BATCHES).fill(0);
  for (const i of picked) batches[Math.floor(i / (perBatch * repeats))]++;
  return posteriorFromMarginals("laplace", view.quantities, batchedDraws(columns, batches), {
    options: { ...options },
    partial: false,
    chains: [],
    approximation: {
      integration: integrated.points > 1 ? "aghq" : "laplace",
      points: integrated.points,
      logMarginalLikelihood: used.logMean,
      logMarginalLikelihoods: { importance: used.logMean, integration: null },
      guard,
    },
    mode: recordOf(integrated.mode),
  });
}

/** What a result says of the mode. */
export function recordOf({ position, covariance }: PosteriorMode): ModeRecord {
  return { position, covariance };
}

/** The largest relative Monte Carlo error that the sd of a parameter may have. */
const MOST_SD_ERROR = 0.1;

/** The guard, which does not trust draws that leave too large an error in an sd, as a single one far out in a heavy tail does. Draws that were picked often are one. */
function withSdErrors(
  guard: Guard,
  { quantities: { parameters } }: LatentGaussian,
  columns: readonly Float64Array[],
  picked: Int32Array,
): Guard {
  const shares = new Map<number, { readonly draw: number; share: number }>();
  picked.forEach((i, draw) => {
    const known = shares.get(i) ?? { draw, share: 0 };
    known.share += 1 / picked.length;
    shares.set(i, known);
  });
  const distinct = [...shares.values()];
  const values = distinct.map(({ draw }) => Float64Array.from(parameters, (_, k) => columns[k][draw]));
  const errors = sdErrors(
    values,
    Float64Array.from(distinct, ({ share }) => share),
  );
  return withErrors(guard, parameters, errors, MOST_SD_ERROR);
}

/** At the mode with the most mass, and what is known of another. */
export type LocatedPosterior = IntegratedPosterior & Pick<Modes, "other">;

/** Throws ApproximationFailure where the search has not come near a mode. */
export function modeOf(view: LatentGaussian): LocatedPosterior {
  const integrated = integratedPosterior(view);
  const { position, gradientNorm, reason } = integrated.mode;
  if (!position.every(Number.isFinite) || !(gradientNorm < 1))
    throw new ApproximationFailure(
      `the mode of the posterior was not found (${reason}); rescale extreme covariates, state proper priors, or sample with the engine nuts`,
    );
  const { main, other } = searchFurther(integrated);
  return { ...integrated, mode: main, other };
}

/** Log weights of positions, or of the draws of random effects at them. */
export interface LogWeights {
  /** Of the positions, against the density without random effects. */
  readonly marginal: Float64Array;
  /**
   * Where the effects could not be integrated out: of the positions, against the density that importance sampling of the effects makes of few
   * draws, which are enough for its mean to be right; or of the draws, against the joint density. Else -Infinity.
   */
  readonly sampled: Float64Array;
  /** The relative variance that the draws of the effects leave in weights; 0 where there is none or it is not known. */
  readonly noise: number;
}

/** Sampling of the effects at positions: draws a position, so many that their noise in its weight is small beside the weights' own spread. */
export interface EffectsSampling extends SamplingEffort {
  readonly sampler: ImportanceSampler;
}

/** How many sds from the mode, along each hyperparameter, sampling must be good enough. */
const FAR_OUT = 2;

/** What weighs positions where factors cross; null where there is something better, or nothing. */
export function samplingFor({ marginal: { view }, mode, isIntegrated }: IntegratedPosterior): EffectsSampling | null {
  if (isIntegrated || view.factors.length < 2) return null;
  const coordinates = standardised(view, mode);
  const at = (axis: number | null) => {
    const values = view.values();
    const z = mode.position.map((_, k) => (k === axis ? FAR_OUT : 0));
    view.read(positionAt(coordinates, z), values);
    return values;
  };
  const reference = at(null);
  const far = Array.from({ length: coordinates.hyperparameters }, (_, axis) => at(axis));
  const sampler = new ImportanceSampler(view, reference);
  return { sampler, ...sampler.drawsNeeded([reference, ...far]) };
}

/** What it finds at parameters where the effects' modes have been found. */
export function sampledFrom(
  effects: EffectsGivenParameters,
  { sampler, draws }: EffectsSampling,
  values: LatentValues,
  stream: RandomStream,
  wantsMoments: boolean,
): SampledEffects {
  return sampler.sample(values, stream, draws, { near: effects.standardisedModes(), wantsMoments });
}

/** Moments of the effects, with those that sampling knows better. */
export function improved(moments: EffectMoments, { free, moments: better }: SampledEffects): EffectMoments {
  if (better === null) return moments;
  const replaced = (parts: readonly Float64Array[], own: Float64Array) =>
    parts.map((part, f) => (f === free ? own : part));
  return {
    means: replaced(moments.means, better.means),
    sds: replaced(moments.sds, better.sds),
    skewness: replaced(moments.skewness, better.skewness),
  };
}

/** Draws `[position][repeat]`, in that order: several of the random effects at each position. */
interface Candidates extends LogWeights {
  /** One array a quantity, one number a draw. */
  readonly columns: readonly Float64Array[];
}

function drawCandidates(
  integrated: IntegratedPosterior,
  proposed: readonly ProposedPoint[],
  repeats: number,
  stream: RandomStream,
): Candidates {
  const { marginal, points, isIntegrated } = integrated;
  const { view } = marginal;
  const { parameters, randomEffects } = view.quantities;
  const draw = new Float64Array(parameters.length + randomEffects.length);
  const columns = Array.from(draw, () => new Float64Array(proposed.length * repeats));
  const sampling = samplingFor(integrated);
  const isJoint = !isIntegrated && sampling === null;
  const ofMarginal = new Float64Array(proposed.length).fill(Number.NEGATIVE_INFINITY);
  const sampled = new Float64Array(proposed.length * (isJoint ? repeats : 1)).fill(Number.NEGATIVE_INFINITY);
  const effects = new EffectsGivenParameters(view);
  const values = view.values();
  proposed.forEach(({ position, logDensity }, i) => {
    const { logPrior, logJacobian } = view.read(position, values);
    const known = logPrior + logJacobian - logDensity;
    const byQuadrature = points > 1 ? marginal.evaluate(values, null, true) : 0;
    if (!Number.isFinite(byQuadrature) || !effects.at(values, points > 1 ? marginal.standardisedModes?.() : undefined))
      return;
    ofMarginal[i] = (points > 1 ? byQuadrature : effects.logLaplace()) + known;
    if (!Number.isFinite(ofMarginal[i])) return;
    const ofSample = sampling && sampledFrom(effects, sampling, values, stream, !view.isGaussian);
    if (ofSample !== null) sampled[i] = ofSample.logLikelihood + known;
    const ofQuadrature = points > 1 ? marginal.effectMoments?.() : undefined;
    const simplified = () => (ofSample === null ? effects.moments() : improved(effects.moments(), ofSample));
    const skewedDraw = isJoint ? null : effects.skewedDraws(ofQuadrature ?? simplified());
    for (let at = i * repeats; at < (i + 1) * repeats; at++) {
      if (skewedDraw !== null) view.writeDraw(skewedDraw(stream), draw);
      else {
        const { b, logWeight } = effects.draw(stream);
        sampled[at] = logWeight + known;
        view.writeDraw(b, draw);
      }
      for (let k = 0; k < draw.length; k++) columns[k][at] = draw[k];
    }
  });
  return { columns, marginal: ofMarginal, sampled, noise: sampling?.noise ?? 0 };
}

/** The weights to use and what they say: those of sampled effects only where the random effects could not be integrated out. */
export function judge(
  integrated: LocatedPosterior,
  proposed: readonly ProposedPoint[],
  candidates: LogWeights,
  hasHeavyTails: boolean,
): { readonly used: Weighted; readonly guard: Guard } {
  const { marginal, points, isIntegrated } = integrated;
  const weights = smoothedWeights(candidates.marginal);
  const complete = (guard: Guard, used: Weighted) => ({
    used,
    guard: withOtherMode(guard, integrated, proposed, used),
  });
  if (isIntegrated) return complete(guardOf(weights, densityName(points), hasHeavyTails), weights);
  const sampled = smoothedWeights(candidates.sampled);
  const density =
    marginal.view.factors.length < 2
      ? "the joint density of all effects"
      : "the posterior, the effects integrated by sampling";
  const guard = withNoise(withLeastEffective(guardOf(sampled, density, hasHeavyTails)), candidates.noise);
  return complete(guard, guard.isTrusted ? sampled : weights);
}

/** The mass of another mode that would be missed in the tail's quantiles. */
const MOST_MISSED = 0.015;
/** Positions about another mode that tell its mass, of which their weights must find this part. */
const ENOUGH = 20;
const PART_FOUND = 1 / 3;

/** Whether positions about one mode reach another as well, along the ridge between them, so that their weights have its mass. */
function isReached(
  { mode, other }: LocatedPosterior,
  proposed: readonly ProposedPoint[],
  weights: Float64Array,
): boolean {
  if (other === null || weights.length !== proposed.length) return false;
  const n = mode.position.length;
  const apart = mode.position.map((x, i) => (other.mode.position[i] - x) / Math.sqrt(mode.covariance[i * (n + 1)]));
  const most = apart.reduce((best, by, i) => (Math.abs(by) > Math.abs(apart[best]) ? i : best), 0);
  const middle = 0.5 * (mode.position[most] + other.mode.position[most]);
  const beyond = proposed.flatMap(({ position }, i) =>
    (position[most] - middle) * apart[most] > 0 ? [weights[i]] : [],
  );
  return beyond.length >= ENOUGH && beyond.reduce((a, b) => a + b, 0) > PART_FOUND * other.share;
}

/** The guard, which does not trust positions about one mode where another has some of the mass and is not reached. */
function withOtherMode(
  guard: Guard,
  located: LocatedPosterior,
  proposed: readonly ProposedPoint[],
  { weights }: Weighted,
): Guard {
  const { marginal, mode, other } = located;
  const { view } = marginal;
  if (!guard.isTrusted || other === null || other.share < MOST_MISSED) return guard;
  if (isReached(located, proposed, weights)) return guard;
  const parametersAt = parameterReader(view);
  const [here, there] = [mode, other.mode].map(({ position }) => parametersAt(position));
  const apart = view.parameterKinds.map((kind, k) => {
    const scale = workingScale(kind);
    return kind === "coefficient" ? 0 : Math.abs(scale.to(here[k]) - scale.to(there[k]));
  });
  const most = apart.indexOf(Math.max(...apart));
  const [name, from, to] = [view.quantities.parameters[most], here[most].toPrecision(2), there[most].toPrecision(2)];
  return {
    ...guard,
    isTrusted: false,
    verdict:
      `do not trust: the posterior has two modes, at ${name} = ${from} and at ${to}, the latter with about ${(100 * other.share).toFixed(0)}% of the mass, ` +
      "and only the first is integrated",
    advice: `a prior on ${name} with less mass near zero has one mode; else sample with the engine nuts, by several chains`,
  };
}

function densityName(points: number): string {
  return points > 1 ? `the posterior by quadrature (${points} points)` : "the posterior";
}

/** Draws picked in ascending order, by a comb along a coefficient where one is given, so that each part of its tail has its share of them. */
function resampleAlong(along: Float64Array | null, weights: Float64Array, count: number, uniform: number): Int32Array {
  if (along === null) return resample(weights, count, uniform);
  const order = Int32Array.from(weights, (_, i) => i).sort((i, j) => along[i] - along[j]);
  const sorted = Float64Array.from(order, (i) => weights[i]);
  return resample(sorted, count, uniform)
    .map((k) => order[k])
    .sort();
}

/** Weights of positions as those of their draws; weights of draws as they are. */
function spreadOver(weights: Float64Array, draws: number): Float64Array {
  const repeats = draws / weights.length;
  return Float64Array.from({ length: draws }, (_, i) => weights[Math.floor(i / repeats)] / repeats);
}
