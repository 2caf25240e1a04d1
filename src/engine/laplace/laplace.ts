import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { hasPowerTails } from "../../marginal/exploration/heavyPriors.js";
import { type IntegratedPosterior, integratedPosterior } from "../../marginal/exploration/integratedPosterior.js";
import { parameterReader } from "../../marginal/exploration/parameterReader.js";
import type { PosteriorMode } from "../../marginal/exploration/posteriorMode.js";
import type { ProposedPoint } from "../../marginal/exploration/proposal.js";
import { surfaceOf } from "../../marginal/exploration/Surface.js";
import { type Modes, searchFurther } from "../../marginal/exploration/searchFurther.js";
import { spreadAround } from "../../marginal/exploration/spreads.js";
import { hasFlatCoefficients } from "../../marginal/exploration/standardised.js";
import { workingScale } from "../../marginal/exploration/workingScale.js";
import { mean, standardDeviation } from "../../math/moments.js";
import { createStream } from "../../math/random/createStream.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { type Steps, staged } from "../../math/steps.js";
import type { DrawsMarginal, Guard, ModeRecord, Posterior } from "../../posterior/Posterior.js";
import { posteriorFromMarginals } from "../../posterior/posteriorFromMarginals.js";
import { ApproximationFailure } from "./ApproximationFailure.js";
import {
  type Candidates,
  drawCandidates,
  type LogWeights,
  POSITIONS,
  pick,
  type Spreading,
  simplifiedLaplace,
} from "./candidates.js";
import { drawErrors } from "./drawErrors.js";
import { guardOf, MOST_NOISE, withLeastEffective, withNoise } from "./guard.js";
import { smoothedWeights, type Weighted } from "./importance.js";
import { withErrors } from "./monteCarloErrors.js";
import type { LaplaceOptions } from "./options.js";
import { type Tolerance, verdict } from "./verdict.js";
import type { ParameterMoments } from "./weightedMoments.js";

/**
 * The posterior by a Gaussian approximation of (beta, theta, dispersion) at its mode with the random effects integrated out, whose draws are
 * importance-weighted against that density, and of the random effects given them. Where the effects can be integrated by quadrature the
 * weights are exact but for the quadrature's error; where factors cross the integral is itself one by importance sampling; where one factor has too
 * many effects for quadrature they are drawn too and the weights are those of the joint density. The same seed gives the same draws. Throws ApproximationFailure where there is no mode to start from.
 */
export function* laplace(view: LatentGaussian, options: LaplaceOptions): Steps<Posterior> {
  const stream = createStream(options.seed, 1);
  const integrated = yield* modeOf(view);
  const spreads = spreadAround(view, integrated.mode, surfaceOf(integrated.marginal));
  const spreading = { integrated, ...(yield* staged("measuring the spread", null, spreads)) };
  const positions = Math.min(options.draws, POSITIONS);
  const first = yield* drawn(spreading, positions, options.draws, stream);
  const { marginals, used, guard } = isWorthMore(first, integrated)
    ? confirmed(yield* drawn(spreading, MORE * positions, options.draws, stream), first)
    : first;
  return posteriorFromMarginals("laplace", view.quantities, marginals, {
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

/** Times as many positions are weighted where the first are not trusted, or leave much error. */
const MORE = 4;

/** Draws by weighted positions, and what is known of them. */
interface Drawn {
  readonly marginals: readonly DrawsMarginal[];
  readonly used: Weighted;
  readonly guard: Guard;
  /** What the weights say alone. */
  readonly ofWeights: Guard;
  /** The parameters, with the relative Monte Carlo errors of their sds. */
  readonly parameters: Parameters;
  /** Of the effects' sampling. */
  readonly noise: number;
  /** The largest Monte Carlo error of a parameter's 5% or 95% quantile, in sds. */
  readonly tailError: number;
}

function* drawn(
  spreading: Spreading & { readonly integrated: LocatedPosterior },
  positions: number,
  draws: number,
  stream: RandomStream,
): Steps<Drawn> {
  const { integrated, coordinates } = spreading;
  const { mode, marginal } = integrated;
  const { parameters: names } = marginal.view.quantities;
  const hasPowers = hasFlatCoefficients(coordinates) && hasPowerTails(marginal.view, mode);
  const candidates = yield* drawCandidates(spreading, { draws, positions }, simplifiedLaplace, stream);
  const { used, guard: ofWeights } = judge(integrated, candidates, hasPowers);
  const { marginals, picked } = yield* pick(candidates, coordinates, used.weights, draws, stream.uniform());
  const ofParameters = marginals.slice(0, names.length);
  const moments = {
    means: Float64Array.from(ofParameters, ({ chains }) => mean(chains[0])),
    sds: Float64Array.from(ofParameters, ({ chains }) => standardDeviation(chains[0])),
  };
  const { sdErrors, tailError } = drawErrors(ofParameters, picked, used);
  const parameters = { names, moments, sdErrors };
  return {
    marginals,
    used,
    ofWeights,
    parameters,
    noise: candidates.noise,
    tailError,
    guard: withSdErrors(ofWeights, parameters),
  };
}

interface Parameters {
  readonly names: readonly string[];
  readonly moments: ParameterMoments;
  readonly sdErrors: Float64Array;
}

function withSdErrors(guard: Guard, { names, sdErrors }: Parameters): Guard {
  return withErrors(guard, names, sdErrors, MOST_SD_ERROR);
}

/** Against the positions that were weighted first. */
const FIRST: Tolerance = { shift: 0.1, logRatio: 0.1, standard: "other weighted positions" };

/**
 * More positions, which reach further into the tails than the first did: weights there that are too uneven by their Pareto k say little against them where
 * the first, whose own were not, gave the same moments.
 */
function confirmed(drawn: Drawn, first: Drawn): Drawn {
  const { ofWeights, parameters } = drawn;
  if (ofWeights.isTrusted || !first.ofWeights.isTrusted) return drawn;
  const trusted = { ...ofWeights, isTrusted: true, advice: "" };
  const guard = verdict(parameters.names, first.parameters.moments, parameters.moments, trusted, FIRST);
  return guard.isTrusted ? { ...drawn, guard: withSdErrors(guard, parameters) } : drawn;
}

/**
 * Whether more positions may be trusted where these are not: not where weights have no mean, or the noise is that of sampled effects. Or whether they are
 * wanted for their smaller error, where they are cheap.
 */
function isWorthMore({ guard, noise, parameters, tailError }: Drawn, integrated: LocatedPosterior): boolean {
  if (!guard.isTrusted) return guard.paretoK < 1 && noise <= MOST_NOISE;
  return (Math.max(0, ...parameters.sdErrors) > WORTH_MORE || tailError > MOST_TAIL_ERROR) && isCheap(integrated);
}

/** Values of the likelihood of single rows at a position that are cheap: some hundredths of a second in all. */
const CHEAP = 50_000;

/** Of effects that are integrated by quadrature: as many values a row as there are nodes on the way through nested factors. */
function isCheap({ marginal: { view }, points, isIntegrated }: LocatedPosterior): boolean {
  const nodes = view.factors.reduce((total, { effects }) => total * points ** effects, 1);
  return isIntegrated && nodes * view.rows <= CHEAP;
}

/** What a result says of the mode. */
export function recordOf({ position, covariance }: PosteriorMode): ModeRecord {
  return { position, covariance };
}

/** The largest relative Monte Carlo error that the sd of a parameter may have, half of what makes it wrong, and beyond which more positions are taken. */
const MOST_SD_ERROR = 0.075;
const WORTH_MORE = 0.04;
/** And of its quantiles, in sds, beyond which more positions are taken. */
const MOST_TAIL_ERROR = 0.12;

/** At the mode with the most mass, and what is known of another. */
export type LocatedPosterior = IntegratedPosterior & Pick<Modes, "other">;

/** Throws ApproximationFailure where the search has not come near a mode. */
export function modeOf(view: LatentGaussian): Steps<LocatedPosterior> {
  return staged("finding the mode", null, located(view));
}

function* located(view: LatentGaussian): Steps<LocatedPosterior> {
  const integrated = yield* integratedPosterior(view);
  const { position, gradientNorm, reason } = integrated.mode;
  if (!position.every(Number.isFinite) || !(gradientNorm < 1))
    throw new ApproximationFailure(
      `the mode of the posterior was not found (${reason}); rescale extreme covariates, state proper priors, or sample with the engine nuts`,
    );
  const { main, other } = yield* searchFurther(integrated);
  return { ...integrated, mode: main, other };
}

/** The weights to use and what they say: those of sampled effects only where the random effects could not be integrated out. */
export function judge(
  integrated: LocatedPosterior,
  candidates: LogWeights & Pick<Candidates, "proposed">,
  hasHeavyTails: boolean,
): { readonly used: Weighted; readonly guard: Guard } {
  const { marginal, points, isIntegrated } = integrated;
  const weights = smoothedWeights(candidates.marginal);
  const complete = (guard: Guard, used: Weighted) => ({
    used,
    guard: withOtherMode(guard, integrated, candidates.proposed, used),
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
