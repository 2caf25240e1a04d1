import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { mean, standardDeviation } from "../../math/moments.js";
import { psis } from "../../math/psis.js";
import { createStream } from "../../math/random/createStream.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { exp } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import { effectsHessian } from "../factorisations/EffectsHessian.js";
import { nestedHessian } from "../factorisations/nestedHessian.js";
import { TreeQuadrature } from "../likelihoods/treeQuadrature.js";
import { scaleEffects } from "./effects.js";
import { type EffectsProposal, effectsProposals } from "./effectsProposal.js";
import { type GivenEffects, givenEffects } from "./givenEffects.js";
import { type FreeMoments, logMean, type MomentsOfDraw, mixedMoments } from "./mixedMoments.js";

/** Draws by which the noise of a pair is found, and how many draws a position may get so that little of it is left in the position's weight. */
const PROBED_DRAWS = 32;
const NOISE = 0.2;
const MOST_DRAWS = 32;

/** A marginal log-likelihood by importance sampling. */
export interface ImportanceEstimate {
  readonly logLikelihood: number;
  /** Of `logLikelihood`, from the spread of the pairs. */
  readonly standardError: number;
  /** Below `largestReliableK` of the draws the two numbers above can be believed. */
  readonly paretoK: number;
  readonly effectiveSampleSize: number;
  readonly draws: number;
}

/**
 * Quadrature points a dimension: as many as it takes until the log-likelihood given v at its mean moves by less than `STILL`. Each level of a
 * binary response leaves an error of its own, and with sds of 5 those of thirty levels add up to 0.6 at 11 points.
 */
const LADDER = [11, 21, 41, 81, 161, 321];
const STILL = 0.01;
/** Multiples of the sds of the effects at which the points are chosen. */
const SCALES = [1, 2, 4, 8, 16, 32, 64];
/** Nodes a level beyond which no points are added, and beyond which there are fewer than the first to begin with. */
const MOST_NODES = 2000;
const MOST_NODES_AT_FIRST = 125;

/**
 * The marginal likelihood at given parameters where two factors or more are in the way of quadrature. The effects v of all factors but
 * the one with the most are drawn from a Gaussian approximation q (`effectsProposals`), an even number of times, in pairs on either side
 * of its mean; given them the levels of that one are independent, and are integrated by Gauss-Hermite quadrature about their means under
 * the same approximation. The weights p(y | v) N(v; 0, I) / q(v) are thus over the fewest effects; for a Gaussian likelihood they are
 * constant. Null where the conditional modes or the weights cannot be computed. Throws RangeError for fewer than two factors.
 */
export function* importanceSampling(
  view: LatentGaussian,
  values: LatentValues,
  stream: RandomStream,
  draws: number,
): Steps<ImportanceEstimate | null> {
  const sampler = yield* ImportanceSampler.at(view, values);
  const logWeights = yield* sampler.logWeights(values, stream, draws);
  return logWeights === null ? null : estimate(logWeights);
}

/** Draws a position, an even number, and the relative variance that their mean weight has at the worst of the parameters looked at. */
export interface SamplingEffort {
  readonly draws: number;
  readonly noise: number;
}

/** What a few draws say of the effects at parameters. */
export interface SampledEffects {
  readonly logLikelihood: number;
  /** The factor whose effects are integrated by quadrature. */
  readonly free: number;
  /** Of its effects on the original scale, each J x q; null where they are not wanted or cannot be had. */
  readonly moments: FreeMoments | null;
}

/** A quadrature that is fine enough for sds of up to `scale` times those at the reference. */
interface Tier {
  readonly scale: number;
  readonly quadrature: TreeQuadrature;
}

/** The same at one parameter after another. */
export class ImportanceSampler {
  private readonly view: LatentGaussian;
  private readonly given: GivenEffects;
  private readonly reference: LatentValues;
  /** From the smallest scale to the largest. */
  private tiers: readonly Tier[] = [];
  private readonly quadratureWith: (points: number) => TreeQuadrature;
  private readonly proposalAt: ReturnType<typeof effectsProposals>;
  private readonly step: Float64Array[];
  private readonly point: Float64Array[];
  private readonly b: Float64Array[];
  private readonly shift: Float64Array;
  private readonly eta: Float64Array;

  /** The quadrature points suffice around `reference`, and where the sds of the effects are many times as large as there. Throws RangeError for fewer than two factors. */
  static *at(view: LatentGaussian, reference: LatentValues): Steps<ImportanceSampler> {
    const sampler = new ImportanceSampler(view, reference);
    sampler.tiers = yield* sampler.measureTiers();
    return sampler;
  }

  private constructor(view: LatentGaussian, reference: LatentValues) {
    if (view.factors.length < 2) throw new RangeError("importance sampling is for two grouping factors or more");
    this.view = view;
    this.given = givenEffects(view, largestFactor(view));
    const own = this.given.view;
    const factorisation = nestedHessian(own);
    this.proposalAt = effectsProposals(view, this.given, effectsHessian(own, factorisation));
    [this.step, this.point, this.b] = [effectsVectors(view), effectsVectors(view), effectsVectors(view)];
    [this.shift, this.eta] = [new Float64Array(view.rows), new Float64Array(view.rows)];
    this.reference = reference;
    this.quadratureWith = (points) => new TreeQuadrature(own, factorisation, points);
  }

  /** Draws at which the mean weight has no more than `NOISE` at any of these parameters, as far as `MOST_DRAWS` allow. */
  *drawsNeeded(places: readonly LatentValues[]): Steps<SamplingEffort> {
    const ofPairs: number[] = [];
    for (const values of places) {
      const logWeights = yield* this.logWeights(values, createStream(1, 0), PROBED_DRAWS);
      ofPairs.push(logWeights === null ? 0 : variationOfPairs(logWeights));
    }
    const ofPair = Math.max(...ofPairs);
    const pairs = Math.min(MOST_DRAWS / 2, Math.max(1, Math.ceil(ofPair / NOISE)));
    return { draws: 2 * pairs, noise: ofPair / pairs };
  }

  private *measureTiers(): Steps<Tier[]> {
    const { quadratureWith } = this;
    const { effects } = this.given.view.factors[0];
    const finer = LADDER.slice(1).filter((points) => points ** effects <= MOST_NODES);
    let quadrature = quadratureWith(pointsAtFirst(effects));
    const tiers: Tier[] = [];
    for (const scale of SCALES) {
      const values = this.scaledReference(scale);
      const proposal = this.proposalAt(values);
      if (proposal === null) break;
      const heightBy = (by: TreeQuadrature) =>
        this.logIntegrand(by, this.given.valuesOf(values), proposal, { sign: 0, wantsMoments: false });
      for (let height = heightBy(quadrature); finer.length > 0; finer.shift()) {
        yield;
        const next = quadratureWith(finer[0]);
        const after = heightBy(next);
        if (!(Math.abs(after - height) >= STILL)) break;
        [quadrature, height] = [next, after];
      }
      tiers.push({ scale, quadrature });
    }
    return tiers.length > 0 ? tiers : [{ scale: 1, quadrature }];
  }

  /** The reference with the effects that quadrature integrates over so much larger. */
  private scaledReference(scale: number): LatentValues {
    const { beta, Lambda, dispersion } = this.reference;
    const { free } = this.given;
    return { beta, dispersion, Lambda: Lambda.map((part, f) => (f === free ? part.map((x) => scale * x) : part)) };
  }

  private quadratureAt({ Lambda }: LatentValues): TreeQuadrature {
    const { given, reference, tiers } = this;
    const sizes = [Lambda, reference.Lambda].map((all) => Math.hypot(...all[given.free]));
    const enough = tiers.find(({ scale }) => sizes[0] <= scale * sizes[1]);
    return (enough ?? tiers[tiers.length - 1]).quadrature;
  }

  /**
   * Log of the mean weight of a few draws, whose exponential is unbiased; -Infinity where there is none. With it, where they are wanted, the moments
   * of the effects that are integrated by quadrature. `near`: see `logWeights`.
   */
  *sample(
    values: LatentValues,
    stream: RandomStream,
    draws: number,
    { near, wantsMoments }: { readonly near: readonly Float64Array[]; readonly wantsMoments: boolean },
  ): Steps<SampledEffects> {
    const { free } = this.given;
    const proposal = this.proposalAt(values, near);
    if (proposal === null) return { logLikelihood: Number.NEGATIVE_INFINITY, free, moments: null };
    const given: MomentsOfDraw[] = [];
    const keep = (sign: 1 | -1, quadrature: TreeQuadrature) => {
      const { means, sds, skewness } = quadrature.effectMoments();
      const shift = this.b[free].map((by) => sign * by);
      given.push({ means: means[0], sds: sds[0], skewness: skewness[0], shift });
    };
    const logWeights = yield* this.weigh(values, proposal, stream, draws, wantsMoments ? keep : null);
    const logLikelihood = logMean(logWeights);
    const isKnown = wantsMoments && Number.isFinite(logLikelihood);
    return { logLikelihood, free, moments: isKnown ? mixedMoments(given, logWeights, proposal.variances()) : null };
  }

  /** One a draw; null where there are no conditional modes, which lie `near` these standardised effects where they are given. */
  *logWeights(
    values: LatentValues,
    stream: RandomStream,
    draws: number,
    near?: readonly Float64Array[],
  ): Steps<Float64Array | null> {
    const proposal = this.proposalAt(values, near);
    return proposal && (yield* this.weigh(values, proposal, stream, draws, null));
  }

  /** `keep` is called after each integral, `b` being what the draw adds to the means. */
  private *weigh(
    values: LatentValues,
    proposal: EffectsProposal,
    stream: RandomStream,
    draws: number,
    keep: ((sign: 1 | -1, quadrature: TreeQuadrature) => void) | null,
  ): Steps<Float64Array> {
    const { view, step, b, shift } = this;
    const ownValues = this.given.valuesOf(values);
    const quadrature = this.quadratureAt(values);
    const logWeights = new Float64Array(draws);
    for (let s = 0; s < draws; s += 2) {
      const logProposal = 0.5 * (proposal.logDeterminant - proposal.draw(stream, step));
      step.forEach((part, f) => {
        scaleEffects(values.Lambda[f], part, b[f]);
      });
      view.predictEffects(b, shift);
      ([1, -1] as const).forEach((sign, k) => {
        const wantsMoments = keep !== null;
        logWeights[s + k] = this.logIntegrand(quadrature, ownValues, proposal, { sign, wantsMoments }) - logProposal;
        keep?.(sign, quadrature);
      });
      yield;
    }
    return logWeights.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
  }

  /** log p(y | v) N(v; 0, I) at v = mean + sign * step; like `logProposal` without log 2 pi, and with 1/2 log |H_uu|. */
  private logIntegrand(
    quadrature: TreeQuadrature,
    ownValues: LatentValues,
    { mean, table }: EffectsProposal,
    { sign, wantsMoments }: { readonly sign: 1 | 0 | -1; readonly wantsMoments: boolean },
  ): number {
    const { point, step, eta, shift } = this;
    const { free } = this.given;
    let squares = 0;
    mean.forEach((part, f) => {
      for (let k = 0; k < part.length; k++) point[f][k] = part[k] + sign * step[f][k];
      if (f !== free) squares += dot(point[f], point[f]);
    });
    for (let i = 0; i < eta.length; i++) eta[i] = table.eta[i] + sign * shift[i];
    const at = { u: [point[free]], table: { eta, psi: table.psi } };
    return quadrature.integrate(ownValues, at, wantsMoments) - 0.5 * squares;
  }
}

function pointsAtFirst(effects: number): number {
  let [points] = LADDER;
  while (points > 1 && points ** effects > MOST_NODES_AT_FIRST) points--;
  return points;
}

/** The factor with the most effects. */
function largestFactor({ factors }: LatentGaussian): number {
  const sizes = factors.map(({ levels, effects }) => levels * effects);
  return sizes.indexOf(Math.max(...sizes));
}

/**
 * The relative variance of the mean weight of a pair if its log is normal above the median as it is there, a better guess than that of few draws, which do not
 * see the largest.
 */
function variationOfPairs(logWeights: Float64Array): number {
  const logs = Float64Array.from({ length: logWeights.length / 2 }, (_, k) =>
    logMean(logWeights.subarray(2 * k, 2 * k + 2)),
  ).sort();
  const middle = 0.5 * (logs[Math.floor((logs.length - 1) / 2)] + logs[Math.floor(logs.length / 2)]);
  const above = logs.filter((value) => value > middle);
  return above.length === 0 ? 0 : exp(mean(above.map((value) => (value - middle) ** 2))) - 1;
}

/** Null where no weight is positive. The two draws of a pair are not independent, the pairs are. */
function estimate(given: Float64Array): ImportanceEstimate | null {
  const { logWeights, paretoK, effectiveSampleSize } = psis(given);
  const logLikelihood = logMean(logWeights);
  if (logLikelihood === Number.NEGATIVE_INFINITY) return null;
  const pairs = Float64Array.from({ length: given.length / 2 }, (_, k) => {
    return 0.5 * (exp(logWeights[2 * k] - logLikelihood) + exp(logWeights[2 * k + 1] - logLikelihood));
  });
  const standardError = standardDeviation(pairs) / Math.sqrt(pairs.length);
  return { logLikelihood, standardError, paretoK, effectiveSampleSize, draws: given.length };
}
