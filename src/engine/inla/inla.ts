import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { type IntegratedPosterior, laplacePosterior } from "../../marginal/exploration/integratedPosterior.js";
import { type ProposedPoint, proposeCore } from "../../marginal/exploration/proposal.js";
import { surfaceOf } from "../../marginal/exploration/Surface.js";
import { measureSpreads } from "../../marginal/exploration/spreads.js";
import { hasFlatCoefficients, standardised } from "../../marginal/exploration/standardised.js";
import { profileLikelihood } from "../../marginal/likelihoods/profile.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { createStream } from "../../math/random/createStream.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { apart, runSync, type Steps, staged } from "../../math/steps.js";
import type { Criteria } from "../../posterior/Criteria.js";
import type { Guard, Marginal, Posterior } from "../../posterior/Posterior.js";
import { posteriorFromMarginals } from "../../posterior/posteriorFromMarginals.js";
import { withJointDraws } from "../../posterior/quantities.js";
import { EngineError } from "../EngineError.js";
import { resample } from "../laplace/importance.js";
import { modeOf, recordOf } from "../laplace/laplace.js";
import { CORRECTED, together, verdict } from "../laplace/verdict.js";
import { type ParameterMoments, weightedMoments } from "../laplace/weightedMoments.js";
import type { SignedSample } from "./ControlVariate.js";
import { criteria } from "./criteria.js";
import { effectMarginals } from "./effectMarginals.js";
import { mixtureMoments, type WeightedMoments } from "./effectMixtures.js";
import { evaluateAtPositions, latentShape } from "./evaluateAtPositions.js";
import type { Exploration } from "./explore.js";
import { withTails } from "./heavyTails.js";
import { jointDraws, type LocatedSpreading } from "./jointDraws.js";
import type { LinearCombination } from "./LinearCombination.js";
import { momentMatching } from "./momentMatching.js";
import { momentsOfExploration } from "./momentsOfExploration.js";
import type { InlaOptions } from "./options.js";
import { parameterMarginal, unfitted } from "./parameterMarginal.js";
import { parameterShapes } from "./parameterShapes.js";
import { reshaped } from "./reshaped.js";
import type { Shape } from "./Shape.js";
import { targetsOf } from "./Targets.js";
import { exploreAll, MOST_EXPLORED, type Task, type Weighed, weigh } from "./weigh.js";

/**
 * Integrated nested approximation of the posterior (Rue, Martino & Chopin 2009), with quadrature over the random effects in place of
 * Laplace's approximation where the structure allows it: hyperparameters explored on a grid, by a rule or a design, beta integrated at each point, the
 * marginals finished by the importance weights that also are the guard. With "laplace" the classical approximation, uncorrected. The same seed
 * gives the same result. Throws ApproximationFailure where there is no mode to start from, EngineError where an option does not suit the model.
 */
export function* inla(
  view: LatentGaussian,
  options: InlaOptions,
  combinations: readonly LinearCombination[] = [],
): Steps<Posterior> {
  const stream = createStream(options.seed, 1);
  const integrated = yield* modeOf(view);
  if (options.integration === "aghq" && !integrated.isIntegrated)
    throw new EngineError(
      "quadrature needs one grouping factor, or factors nested one in another, and an affordable number of points; leave the integration to auto",
    );
  const plain = combinations.filter(({ effects }) => effects.length === 0);
  const mixed = combinations.filter(({ effects }) => effects.length > 0);
  const task = { view, targets: targetsOf(view, plain), latent: options.latent, combinations: mixed, options };
  const weighed = yield* weigh(integrated, task, stream);
  const result =
    options.integration === "laplace" ? yield* classical(weighed, task, stream) : yield* corrected(weighed, task);
  const { exploration, shapes, moments, importance } = result;
  const ofTargets = shapes.map((shape, k) => parameterMarginal(shape, result.isExact ? null : moments, k));
  const guard = withoutUnfitted(result.guard, result.isExact ? [] : unfitted(task.targets.names, ofTargets, moments));
  const ofEffects = effectMarginals(result.effects);
  const [p, m] = [view.quantities.parameters.length, ofEffects.length - mixed.length];
  const named = (marginals: readonly Marginal[], given: readonly LinearCombination[]) =>
    given.map(({ name }, k) => ({ name, marginal: marginals[k] }));
  const marginals = [...ofTargets.slice(0, p), ...ofEffects.slice(0, m)];
  const posterior = posteriorFromMarginals("inla", view.quantities, marginals, {
    options: { ...options },
    partial: false,
    chains: [],
    approximation: {
      integration: result.points > 1 ? "aghq" : "laplace",
      points: result.points,
      exploration: { kind: exploration.kind, spacing: exploration.spacing, points: exploration.points.length },
      logMarginalLikelihood: result.logMarginalLikelihood,
      logMarginalLikelihoods: { importance, integration: exploration.logIntegral },
      guard,
    },
    mode: recordOf(integrated.mode),
  });
  const { spreading } = result;
  const shape = latentShape(spreading.integrated, options.latent);
  const inOrder = [...named(ofTargets.slice(p), plain), ...named(ofEffects.slice(m), mixed)];
  const source = { ...spreading, shape, marginals: ofTargets.slice(0, p) };
  const whole = {
    ...posterior,
    linearCombinations: combinations.flatMap(({ name }) => inOrder.filter((one) => one.name === name)),
    ...(options.criteria ? { criteria: yield* criteriaOf(view, integrated, result, options) } : {}),
  };
  return withJointDraws(whole, () => runSync(jointDraws(source, createStream(options.seed, 2))));
}

function withoutUnfitted(guard: Guard, [first, ...more]: readonly string[]): Guard {
  if (first === undefined || !guard.isTrusted) return guard;
  return {
    ...guard,
    isTrusted: false,
    verdict: `do not trust: the marginal of ${first}${more.length > 0 ? ` and ${more.length} more` : ""} has not the mean and sd that were found for it`,
    advice: "take the numbers as a first impression, and sample with the engine nuts",
  };
}

function criteriaOf(
  view: LatentGaussian,
  { mode }: IntegratedPosterior,
  { positions, effects: { weights } }: Ingredients,
  { draws }: InlaOptions,
): Steps<Criteria> {
  return staged("criteria of prediction", null, criteria(view, { positions, weights }, mode.position, draws));
}

/** What the marginals are made of. */
interface Ingredients {
  readonly points: number;
  readonly exploration: Exploration;
  readonly shapes: readonly Shape[];
  readonly moments: ParameterMoments;
  /** Whether the shapes are the marginals themselves: there is one parameter, and no line but the density. */
  readonly isExact: boolean;
  readonly effects: WeightedMoments;
  /** Where joint draws are made. */
  readonly spreading: LocatedSpreading;
  /** What `effects` are at, with the same weights. */
  readonly positions: readonly Float64Array[];
  /** By the weights; null where they are not used. */
  readonly importance: number | null;
  /** That, or the exploration's where it is better. */
  readonly logMarginalLikelihood: number;
  readonly guard: Guard;
}

/** Positions that the weights must be worth for shapes to be made of those drawn by them. */
const FEWEST = 20;

/**
 * Moments over a grid or a product of rules are better than those of some hundred draws, which then only confirm them; a design's are not, nor are a product's
 * of heavy tails, and the weighted draws take their place, as they do where the two disagree.
 */
function* corrected(weighed: Weighed, { targets }: Task): Steps<Ingredients> {
  const { integrated, exploration, explored, proposed, values, control, examined, used, own, drawn, confirmed } =
    weighed;
  const { isUsable, guard, ofTails, isHeavy } = weighed;
  const { marginal, mode, points, isIntegrated } = integrated;
  const n = mode.position.length;
  const hasFlat = hasFlatCoefficients(weighed.coordinates);
  // Along flat coefficients a design of few points is off by more than draws are, unless tails are as heavy as those of their priors.
  const isFine = exploration.kind === "grid" ? !hasFlat || n <= MOST_EXPLORED || isHeavy : !hasFlat;
  const isConfirmed = exploration.kind !== "ccd" && isFine && confirmed.isTrusted;
  const best = isConfirmed ? withTails(explored, drawn, ofTails) : drawn;
  const count = marginal.view.quantities.parameters.length;
  const exact = isIntegrated ? best : carriedOver(best, values, own.weights, used.weights);
  const correlations = isIntegrated ? control.correlations(own.weights, drawn, count) : null;
  const weights = isUsable
    ? momentMatching({ values, weights: used.weights, correlations }, exact, count)
    : own.weights;
  // The positions' own weights have the control's noise in them, and what sampled effects have changed.
  const sample = control.sample(isUsable ? used.weights : own.weights);
  // A core with heavy tails has values far from the posterior's: its weighted positions are nearer, unless a few of them have all of the weight.
  const drawnAgain = () => Array.from(resample(own.weights, values.length, 0.5), (i) => values[i]);
  const near = hasFlat && own.effectiveSampleSize > FEWEST ? drawnAgain() : control.core;
  const isExact = n === 1;
  const given = isExact ? [] : control.given(isUsable ? used.weights : own.weights);
  const shapes = yield* shapesOf(parameterShapes(targets, mode, surfaceOf(marginal), weighed, near, given));
  const importance = isUsable ? used.logMean - control.logMean : null;
  return {
    points,
    exploration,
    shapes:
      isUsable && !isExact
        ? reshapedAll(shapes, sample, { values, weights: used.weights }, { isIntegrated, ofTails })
        : shapes,
    moments: isUsable || (hasFlat && own.effectiveSampleSize > FEWEST) ? exact : explored,
    isExact,
    effects: { moments: examined.moments, weights },
    spreading: { integrated, coordinates: weighed.coordinates, spreads: weighed.spreads },
    positions: proposed.map(({ position }) => position),
    importance,
    logMarginalLikelihood: n <= MOST_EXPLORED || importance === null ? exploration.logIntegral : importance,
    guard: isConfirmed && isIntegrated ? confirmed : guard,
  };
}

function shapesOf(shapes: Steps<Shape[]>): Steps<Shape[]> {
  return staged("shapes of the marginals", null, shapes);
}

/**
 * Moments of the posterior, given better ones under Laplace's approximation than its weights give: what the weights make of a mean and a log sd differs
 * from the truth by about as much under both.
 */
function carriedOver(
  better: ParameterMoments,
  values: readonly Float64Array[],
  approximate: Float64Array,
  exact: Float64Array,
): ParameterMoments {
  const [from, to] = [approximate, exact].map((weights) => weightedMoments(values, weights));
  const ratios = to.sds.map((sd, k) => (from.sds[k] > 0 ? sd / from.sds[k] : 1));
  return {
    means: to.means.map((mean, k) => mean + ratios[k] * (better.means[k] - from.means[k])),
    sds: better.sds.map((sd, k) => sd * ratios[k]),
  };
}

/**
 * By `sample`, in whose core coefficients are at their means; coefficients, and hyperparameters with heavy tails, by the weighted positions themselves. With
 * quadrature over the effects coefficients are left as they are, for they have less error than draws would leave.
 */
function reshapedAll(
  shapes: readonly Shape[],
  sample: SignedSample,
  weighted: SignedSample,
  { isIntegrated, ofTails }: { readonly isIntegrated: boolean; readonly ofTails: Float64Array },
): Shape[] {
  return shapes.map((shape, k) => {
    if (shape.isAlongLine && isIntegrated) return shape;
    const by = shape.isAlongLine || ofTails[k] > 0 ? weighted : sample;
    const draws = Float64Array.from(by.values, (at) => shape.scale.to(at[k]));
    return reshaped(shape, draws, by.weights);
  });
}

/** Independent draws of an exploration leave 2% in the sds of effects, of which the guard lets 5% pass. */
const CLASSICAL_DRAWS = 1000;

/** (beta, b) jointly at their mode for each value of the hyperparameters; the corrected result only checks it. */
function* classical(weighed: Weighed, task: Task, stream: RandomStream): Steps<Ingredients> {
  const { view, targets, options } = task;
  const base = yield* staged("finding the joint mode", null, laplacePosterior(view));
  const coordinates = standardised(view, base.mode);
  const measured = measureSpreads(coordinates, surfaceOf(base.marginal));
  const spreads = yield* staged("measuring the joint spread", null, measured);
  const joint = { integrated: base, coordinates, spreads };
  const exploration = yield* exploreAll(joint, profileLikelihood(view), options);
  const moments = momentsOfExploration(targets, exploration);
  const drawn = drawMixture(exploration, Math.max(CLASSICAL_DRAWS, weighed.proposed.length), stream);
  const weighedAsIs = { ...base, isIntegrated: true, other: null };
  const examined = yield* apart(evaluateAtPositions(weighedAsIs, drawn, task, stream));
  const values = drawn.map(({ position }) => targets.at(position));
  const equal = new Float64Array(drawn.length).fill(1 / drawn.length);
  const count = view.quantities.parameters.length;
  const weights = momentMatching({ values, weights: equal, correlations: null }, moments, count);
  const effects = { moments: examined.moments, weights };
  const better = yield* corrected(weighed, task);
  const named = [...view.quantities.randomEffects, ...task.combinations].map(({ name }) => name);
  const guard = verdict(
    [...targets.names, ...named],
    together(moments, mixtureMoments(effects)),
    together(better.moments, mixtureMoments(better.effects)),
    weighed.guard,
    CORRECTED,
  );
  const { hyperparameters: dimensions } = coordinates;
  const { positions: core } = proposeCore(coordinates, spreads, { count: CLASSICAL_DRAWS, dimensions }, stream);
  return {
    points: 1,
    exploration,
    shapes: yield* shapesOf(parameterShapes(targets, base.mode, surfaceOf(base.marginal), joint, core.map(targets.at))),
    moments,
    isExact: false,
    effects,
    spreading: { ...joint, integrated: weighedAsIs },
    positions: drawn.map(({ position }) => position),
    importance: null,
    logMarginalLikelihood: exploration.logIntegral,
    guard,
  };
}

/** Positions from an exploration's points, as often as their weights say, with beta normal at each; all count the same. */
function drawMixture({ points, weights }: Exploration, count: number, stream: RandomStream): ProposedPoint[] {
  const roots = points.map(({ covariance }) => lowerRoot(covariance));
  return Array.from(resample(weights, count, stream.uniform()), (k) => {
    const position = points[k].position.slice();
    const size = Math.round(Math.sqrt(roots[k].length));
    const z = Float64Array.from({ length: size }, () => stream.normal());
    for (let r = 0; r < size; r++) for (let c = 0; c <= r; c++) position[r] += roots[k][r * size + c] * z[c];
    return { position, logDensity: 0 };
  });
}

function lowerRoot(covariance: Float64Array): Float64Array {
  const root = covariance.slice();
  cholesky(root, Math.round(Math.sqrt(root.length)));
  return root;
}
