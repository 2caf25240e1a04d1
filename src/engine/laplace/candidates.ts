import { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import type { IntegratedPosterior } from "../../marginal/exploration/integratedPosterior.js";
import { type ProposedPoint, proposeBatches } from "../../marginal/exploration/proposal.js";
import type { Spread } from "../../marginal/exploration/spreads.js";
import { hasFlatCoefficients, type Standardised } from "../../marginal/exploration/standardised.js";
import type { EffectMoments } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { apart, isDue, isLong, pausing, type Steps } from "../../math/steps.js";
import type { DrawsMarginal } from "../../posterior/Posterior.js";
import { batchedDraws } from "../../posterior/posteriorFromMarginals.js";
import { resample } from "./importance.js";
import { improved, sampledFrom, samplingFor } from "./sampledEffects.js";

/** Positions of (beta, theta, dispersion) that are weighted; more draws than that share them, each with random effects of its own. */
export const POSITIONS = 1600;
/** Independent batches of positions, between which Monte Carlo standard errors are found: to within 18% of themselves. */
const BATCHES = 16;

/** A posterior, and how it is spread about its mode. */
export interface Spreading {
  readonly integrated: IntegratedPosterior;
  readonly coordinates: Standardised;
  readonly spreads: readonly Spread[];
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

/** Draws `[position][repeat]`, in that order: several of the random effects at each position. */
export interface Candidates extends LogWeights {
  readonly proposed: readonly ProposedPoint[];
  /** Draws at each position. */
  readonly repeats: number;
  /** One array a quantity, one number a draw. */
  readonly columns: readonly Float64Array[];
}

/** How random effects are distributed given the parameters, where they are not drawn from their joint approximation and weighted. */
export interface LatentShape {
  /** Whether moments by quadrature or sampling are taken where they are known. */
  readonly isCorrected: boolean;
  /** The moments by Laplace's approximation, of effects that are placed at the parameters. */
  byLaplace(effects: EffectsGivenParameters): Steps<() => EffectMoments>;
}

export const simplifiedLaplace: LatentShape = {
  isCorrected: true,
  byLaplace: pausing((effects) => () => effects.moments()),
};

/** At least so many draws, at about so many positions. */
export function drawCandidates(
  { integrated, coordinates, spreads }: Spreading,
  { draws, positions = Math.min(draws, POSITIONS) }: { readonly draws: number; readonly positions?: number },
  shape: LatentShape,
  stream: RandomStream,
): Steps<Candidates> {
  const perBatch = Math.ceil(positions / BATCHES);
  const proposed = proposeBatches(coordinates, spreads, { batches: BATCHES, perBatch }, stream);
  const repeats = Math.ceil(draws / proposed.length);
  return apart(drawAt(integrated, proposed, repeats, shape, stream));
}

function* drawAt(
  integrated: IntegratedPosterior,
  proposed: readonly ProposedPoint[],
  repeats: number,
  { isCorrected, byLaplace }: LatentShape,
  stream: RandomStream,
): Steps<Candidates> {
  const { marginal, points, isIntegrated } = integrated;
  const { view } = marginal;
  const { parameters, randomEffects } = view.quantities;
  const draw = new Float64Array(parameters.length + randomEffects.length);
  const columns = yield* filled(draw.length, () => new Float64Array(proposed.length * repeats));
  const sampling = yield* samplingFor(integrated);
  const isJoint = !isIntegrated && sampling === null;
  const ofMarginal = new Float64Array(proposed.length).fill(Number.NEGATIVE_INFINITY);
  const sampled = new Float64Array(proposed.length * (isJoint ? repeats : 1)).fill(Number.NEGATIVE_INFINITY);
  const effects = new EffectsGivenParameters(view);
  const ofLaplace = yield* byLaplace(effects);
  const values = view.values();
  const hasLongPasses = isLong(view.rows);
  for (const [i, { position, logDensity }] of proposed.entries()) {
    if (isDue(i, view.rows)) yield { stage: `weighing ${proposed.length} positions`, done: i, total: proposed.length };
    const { logPrior, logJacobian } = view.read(position, values);
    const known = logPrior + logJacobian - logDensity;
    const ahead = points > 1 ? marginal.inAdvance?.(values, { gradients: false, moments: true }) : undefined;
    if (ahead) yield* ahead;
    const byQuadrature = points > 1 ? marginal.evaluate(values, null, true) : 0;
    if (hasLongPasses) yield;
    if (!Number.isFinite(byQuadrature)) continue;
    const near = points > 1 ? marginal.standardisedModes?.() : undefined;
    const isThere = hasLongPasses ? yield* effects.atInSteps(values, near) : effects.at(values, near);
    if (!isThere) continue;
    if (hasLongPasses) yield;
    ofMarginal[i] = (points > 1 ? byQuadrature : effects.logLaplace()) + known;
    if (!Number.isFinite(ofMarginal[i])) continue;
    const wantsMoments = isCorrected && !view.isGaussian;
    const ofSample = sampling && (yield* sampledFrom(effects, sampling, values, stream, wantsMoments));
    if (ofSample !== null) sampled[i] = ofSample.logLikelihood + known;
    const ofQuadrature = points > 1 && isCorrected ? marginal.effectMoments?.() : undefined;
    const otherwise = () => (ofSample === null ? ofLaplace() : improved(ofLaplace(), ofSample));
    const skewedDraw = isJoint ? null : effects.skewedDraws(ofQuadrature ?? otherwise());
    for (let at = i * repeats; at < (i + 1) * repeats; at++) {
      if (skewedDraw !== null) view.writeDraw(skewedDraw(stream), draw);
      else {
        const { b, logWeight } = effects.draw(stream);
        sampled[at] = logWeight + known;
        view.writeDraw(b, draw);
      }
      writeAt(columns, at, draw);
      if (hasLongPasses || isDue(at, draw.length)) yield;
    }
  }
  return { proposed, repeats, columns, marginal: ofMarginal, sampled, noise: sampling?.noise ?? 0 };
}

function writeAt(columns: readonly Float64Array[], at: number, draw: Float64Array): void {
  for (let k = 0; k < draw.length; k++) columns[k][at] = draw[k];
}

/** A column is made in the time that so many numbers take elsewhere. */
const NUMBERS_A_COLUMN = 500;

/** Draws that count the same, one marginal a quantity, and which candidates they are, in ascending order. */
export interface Picked {
  readonly marginals: readonly DrawsMarginal[];
  readonly picked: Int32Array;
}

/** Columns made one after the other, with pauses where there are many. */
function* filled(count: number, make: (k: number) => Float64Array): Steps<Float64Array[]> {
  const columns: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    columns.push(make(k));
    if (isDue(k, NUMBERS_A_COLUMN)) yield;
  }
  return columns;
}

/** So many of the candidates by their weights, or those of their positions; `uniform` in (0, 1) picks among equally good choices. */
export function* pick(
  { proposed, repeats, columns: all }: Candidates,
  coordinates: Standardised,
  given: Float64Array,
  count: number,
  uniform: number,
): Steps<Picked> {
  const weights = spreadOver(given, proposed.length * repeats);
  const { order, hyperparameters } = coordinates;
  const flat = hasFlatCoefficients(coordinates) ? all[order[hyperparameters - coordinates.flat]] : null;
  const picked = resampleAlong(flat, weights, count, uniform);
  const columns = yield* filled(all.length, (k) => picksOf(all[k], picked));
  const batches = new Array<number>(BATCHES).fill(0);
  for (const i of picked) batches[Math.floor((i * BATCHES) / weights.length)]++;
  return { marginals: batchedDraws(columns, batches), picked };
}

/** A loop: `Float64Array.from` takes ten times as long. */
function picksOf(values: Float64Array, places: Int32Array): Float64Array {
  const picks = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) picks[i] = values[places[i]];
  return picks;
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
