import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { hasHeavyPriors, hasPowerTails } from "../../marginal/exploration/heavyPriors.js";
import type { IntegratedPosterior } from "../../marginal/exploration/integratedPosterior.js";
import { propose, type WidenedPoint } from "../../marginal/exploration/proposal.js";
import { surfaceOf } from "../../marginal/exploration/Surface.js";
import { spreadAround } from "../../marginal/exploration/spreads.js";
import { hasFlatCoefficients } from "../../marginal/exploration/standardised.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { apart, type Steps, staged } from "../../math/steps.js";
import type { Guard } from "../../posterior/Posterior.js";
import type { Spreading } from "../laplace/candidates.js";
import { MOST_NOISE } from "../laplace/guard.js";
import { smoothedWeights, type Weighted } from "../laplace/importance.js";
import { judge, type LocatedPosterior } from "../laplace/laplace.js";
import { ratioErrors, sdErrors, withErrors } from "../laplace/monteCarloErrors.js";
import { DRAWN, verdict } from "../laplace/verdict.js";
import { type ParameterMoments, weightedMoments } from "../laplace/weightedMoments.js";
import { betaCurvatures } from "./betaCurvatures.js";
import { BetaIntegrator } from "./betaIntegral.js";
import { ControlVariate } from "./ControlVariate.js";
import { type EvaluatedPositions, evaluateAtPositions, type Wanted } from "./evaluateAtPositions.js";
import { type Exploration, explore } from "./explore.js";
import { heavyTailErrors, withTails } from "./heavyTails.js";
import type { LocatedSpreading } from "./jointDraws.js";
import { momentsOfExploration } from "./momentsOfExploration.js";
import {
  coreFor,
  drawsFor,
  type Explored,
  hasUnevenWeights,
  type InlaOptions,
  layoutFor,
  MOST_POSITIONS,
} from "./options.js";
import type { Targets } from "./Targets.js";
import { VariationalMean } from "./variationalMean.js";

/** What is asked for. */
export interface Task extends Wanted {
  readonly view: LatentGaussian;
  readonly targets: Targets;
  readonly options: InlaOptions;
}

/** What is explored, weighted positions of (beta, theta, dispersion), and what is known at each. */
export interface Weighed extends LocatedSpreading {
  readonly exploration: Exploration;
  readonly explored: ParameterMoments;
  readonly proposed: readonly WidenedPoint[];
  /** The targets there. */
  readonly values: readonly Float64Array[];
  readonly control: ControlVariate;
  readonly examined: EvaluatedPositions;
  readonly used: Weighted;
  /** Whether the weights correct the result; the guard may find that they leave too large an error. */
  readonly isUsable: boolean;
  readonly guard: Guard;
  /** Against the density that is explored. */
  readonly own: Weighted;
  readonly drawn: ParameterMoments;
  /** What the exploration is worth beside them. */
  readonly confirmed: Guard;
  /** Whether more positions are wanted for their smaller error. */
  readonly isRough: boolean;
  /** Errors of the sds of heavy tails, as `heavyTailErrors` has them. */
  readonly ofTails: Float64Array;
  /** Whether some coefficient has a prior with tails as heavy as those of Cauchy. */
  readonly isHeavy: boolean;
}

type Drawn = Omit<Weighed, keyof LocatedSpreading | "exploration" | "explored" | "isHeavy">;

/** Positions to weigh, and positions of the core, where some coefficients are flat: they give the shapes of the other coefficients too. */
const FLAT_DRAWS = [1024, 4096];
const FLAT_CORE = 2048;

/** Above this Pareto k weighted sds are short of what tails hold, and the exploration's, which they confirm, may be too. */
const UNEVEN = 0.5;

/**
 * Relative errors of sds that are carried over from Laplace's approximation: beyond the one more positions are weighted, and beyond the other the last ones
 * are not trusted.
 */
const ROUGH_RATIO_ERROR = 0.05;
const MOST_RATIO_ERROR = 0.075;
/** The same of the sds of heavy tails. */
const ROUGH_TAIL_ERROR = 0.04;
const MOST_TAIL_ERROR = 0.075;

/** Positions of the posterior weighted, more where the first are not trusted or do not confirm the exploration. */
export function* weigh(integrated: LocatedPosterior, task: Task, stream: RandomStream): Steps<Weighed> {
  const { targets, options } = task;
  const { marginal, mode } = integrated;
  const spreadsAtMode = spreadAround(marginal.view, mode, surfaceOf(marginal));
  const { coordinates, spreads } = yield* staged("measuring the spread", null, spreadsAtMode);
  const spreading = { integrated, coordinates, spreads };
  const exploration = yield* exploreAll(spreading, marginal, options);
  const explored = momentsOfExploration(targets, exploration);
  const counted = exploredOf(integrated, coordinates.hyperparameters);
  const hasFlat = hasFlatCoefficients(coordinates);
  const core = hasFlat ? FLAT_CORE : coreFor(options, counted);
  // Many positions are weighed where it is, whose sds have less error.
  const isHeavy = hasHeavyPriors(marginal.view, mode);
  const hasPowers = hasFlat && hasPowerTails(marginal.view, mode);
  const isUneven = hasUnevenWeights(options, counted);
  function* drawn(draws: number): Steps<Drawn> {
    const proposed = propose(coordinates, spreads, draws, stream);
    const examined = yield* apart(evaluateAtPositions(integrated, proposed, task, stream));
    const values = proposed.map(({ position }) => targets.at(position));
    const { used, guard: ofWeights } = judge(integrated, { ...examined, proposed }, hasPowers);
    const own = integrated.isIntegrated ? used : smoothedWeights(examined.marginal);
    const errors = integrated.isIntegrated ? null : ratioErrors(values, used.weights, own.weights);
    const ofSds = isUneven ? withErrors(ofWeights, targets.names, sdErrors(values, used.weights)) : ofWeights;
    const ofRatios = errors === null ? ofSds : withErrors(ofSds, targets.names, errors, MOST_RATIO_ERROR);
    const ofTails = exploration.kind === "grid" ? values[0].map(() => 0) : heavyTailErrors(targets, values, own);
    const guard = withErrors(ofRatios, targets.names, ofTails, MOST_TAIL_ERROR);
    const hasHeavyTails = ofTails.some((error) => error > 0);
    const isTailRough = ofTails.some((error) => error > ROUGH_TAIL_ERROR);
    const control = new ControlVariate({ targets, coordinates, spreads }, proposed, values, core, stream);
    const weighted = weightedMoments(values, own.weights);
    // Along flat coefficients the core is wider than the posterior by any factor, and no control.
    const moments = hasFlat ? weighted : withTails(control.moments(own.weights), weighted, ofTails);
    // The sds of heavy tails are better known from a grid than from draws.
    const tolerance = isHeavy || hasHeavyTails || guard.paretoK > UNEVEN ? 0.5 * DRAWN.logRatio : DRAWN.logRatio;
    const logRatio = tolerance + (hasFlat ? 3 * Math.max(...sdErrors(values, used.weights)) : 0);
    const confirmed = verdict(targets.names, explored, moments, guard, { ...DRAWN, logRatio });
    return {
      proposed,
      examined,
      used,
      isUsable: ofWeights.isTrusted,
      guard,
      values,
      control,
      own,
      drawn: moments,
      confirmed,
      isRough: isTailRough || (errors?.some((error) => error > ROUGH_RATIO_ERROR) ?? false),
      ofTails,
    };
  }
  const plan = hasFlat && options.draws === null ? FLAT_DRAWS : drawsFor(options, counted, isHeavy);
  const isEnough = ({ guard, confirmed, examined, isRough }: Drawn) =>
    examined.noise > MOST_NOISE || (!isRough && guard.isTrusted && (confirmed.isTrusted || exploration.kind === "ccd"));
  let found = yield* drawn(plan[0]);
  while (!isEnough(found)) {
    const count = found.proposed.length;
    const isShort = options.draws === null && found.ofTails.some((error) => error > ROUGH_TAIL_ERROR);
    const next = [...plan, ...(isShort ? [MOST_POSITIONS] : [])].find((draws) => draws > count);
    if (next === undefined) break;
    found = yield* drawn(isShort ? Math.max(MOST_POSITIONS, next) : next);
  }
  return { ...spreading, exploration, explored, isHeavy, ...found };
}

function exploredOf({ marginal, isIntegrated }: IntegratedPosterior, hyperparameters: number): Explored {
  return { hyperparameters, isIntegrated, factors: marginal.view.factors.length };
}

/** So few coordinates are explored all of them, none being integrated by Laplace's approximation. */
export const MOST_EXPLORED = 2;

/** The hyperparameters explored, with the coefficients where those are few. */
export function* exploreAll(
  { integrated, coordinates, spreads }: Spreading,
  centre: MarginalLikelihood,
  options: InlaOptions,
): Steps<Exploration> {
  const { marginal, mode } = integrated;
  const n = mode.position.length;
  const isWhole = n <= MOST_EXPLORED;
  const explored = isWhole
    ? { ...coordinates, hyperparameters: n, logDeterminantOfHyperparameters: coordinates.logDeterminant }
    : coordinates;
  const corrected = centre === marginal ? "mean" : new VariationalMean(marginal.view);
  const place = options.latent === "gaussian" ? "mode" : corrected;
  const free = isWhole ? [] : coordinates.order.slice(coordinates.hyperparameters).sort((i, j) => i - j);
  const integrator = new BetaIntegrator(
    { value: marginal, centre, place },
    mode,
    free,
    isWhole ? 0 : marginal.view.sizes.beta,
  );
  const layout = layoutFor(options, exploredOf(integrated, explored.hyperparameters));
  const curvatures = betaCurvatures(coordinates, spreads, (position) => integrator.curvatureAt(position));
  const curvatureAt = isWhole ? () => null : yield* staged("measuring the curvature", null, curvatures);
  const points = explore(explored, spreads, layout, (position, z) => integrator.at(position, curvatureAt(z)));
  return yield* staged("exploring the hyperparameters", null, points);
}
