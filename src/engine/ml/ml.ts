import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { writtenEffects } from "../../marginal/effects/effects.js";
import { kernelInAdvance } from "../../marginal/likelihoods/factorMarginal.js";
import { laplaceMarginal } from "../../marginal/likelihoods/laplace.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../../marginal/likelihoods/plain.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import type { Steps } from "../../math/steps.js";
import { boundaryNotes } from "./boundary.js";
import { isOfCovariance } from "./Coordinate.js";
import { conditionalLikelihood } from "./conditional.js";
import type { Estimates, MlNote, TermHypothesis } from "./Estimates.js";
import { expectationMaximization } from "./em.js";
import { FitFailure } from "./FitFailure.js";
import {
  climb,
  concludeMaximum,
  type MarginalMaximum,
  negativeLogLikelihood,
  startWithoutEffects,
} from "./fitMarginal.js";
import { atLevel, estimates, reported } from "./inference.js";
import { laplaceCheck } from "./laplaceCheck.js";
import { linearMixedModel } from "./lmm.js";
import { checkMethod, isQuadrature, methodFor, noEffects, whyNoQuadrature } from "./methodFor.js";
import { momentStart } from "./momentStart.js";
import { defaultMlOptions, type MlMethod, type MlOptions } from "./options.js";
import { type ParameterVector, parameterVector } from "./parameterVector.js";
import { heldBySupport, penalizedMarginal, penalizedVector, supportNote, wallNotes } from "./penalized.js";
import { explorationBudget, maximumAtPoints, profileBudget, quadrature, raisePoints } from "./points.js";
import { penalizedQuasiLikelihood } from "./pql.js";
import { uselessIntervals, uselessNote, withProfiledSds, withProfileIntervals } from "./profile/profileIntervals.js";
import { type ProgressListener, watchedMarginal, watchedSteps } from "./progress.js";
import { concordanceMessage, concordantFactor, runawayCoordinates, runawayNote } from "./runaway.js";
import { waldTests } from "./termTests.js";

/**
 * Maximum likelihood by the method that is asked for, or that suits the model: see `MlOptions`. The options must be free of
 * `mlOptionProblems`. Throws EngineError where the method cannot serve the model, or the likelihood has no maximum.
 */
export function* maximumLikelihood(
  view: LatentGaussian,
  chosen: Partial<MlOptions> = {},
  hypotheses: readonly TermHypothesis[] = [],
  listener: ProgressListener | null = null,
): Steps<Estimates> {
  const options = { ...defaultMlOptions, ...chosen };
  const method = methodFor(view, options);
  checkMethod(view, method, options);
  if (method === "lmm") return withWrittenEffects(view, yield* linearMixedModel(view, options, hypotheses, listener));
  yield* checkConcordance(view, method, options);
  const result = withWrittenEffects(
    view,
    withUselessNote(view, yield* byMethod(view, method, options, listener), options),
  );
  return { ...result, terms: waldTests(hypotheses, result, view.quantities.parameters) };
}

/** The effects that the model names, where those of the view are others. */
function withWrittenEffects(view: LatentGaussian, result: Estimates): Estimates {
  return result.effects === null ? result : { ...result, effects: writtenEffects(view, result.effects) };
}

function* byMethod(
  view: LatentGaussian,
  method: Exclude<MlMethod, "lmm">,
  options: MlOptions,
  listener: ProgressListener | null,
): Steps<Estimates> {
  switch (method) {
    case "pql": {
      const steps = penalizedQuasiLikelihood(view, options);
      return atLevel(view, yield* watchedSteps("penalised quasi-likelihood", listener, steps), options.level);
    }
    case "em": {
      const steps = expectationMaximization(view, options.points === "auto" ? {} : { points: options.points });
      return atLevel(view, yield* watchedSteps("EM", listener, steps), options.level);
    }
    case "conditional":
      return atLevel(view, yield* conditionalLikelihood(view, listener), options.level);
    default:
      return yield* byMarginal(view, method, options, listener);
  }
}

/** Says which Wald intervals tell nothing, for methods without a profile likelihood. */
function withUselessNote(view: LatentGaussian, result: Estimates, { intervals }: MlOptions): Estimates {
  if (intervals === "bootstrap" || (result.method !== "em" && result.method !== "pql")) return result;
  const useless = uselessIntervals(result, view);
  return useless.length === 0 ? result : { ...result, notes: [...result.notes, uselessNote(useless)] };
}

type MarginalMethod = "aghq" | "laplace";

/** A method that maximises a likelihood with the random effects integrated out. */
function* byMarginal(
  view: LatentGaussian,
  method: MarginalMethod,
  options: MlOptions,
  listener: ProgressListener | null,
): Steps<Estimates> {
  const vector = options.penalized ? penalizedVector(view) : parameterVector(view);
  const { marginal, lean, minimum, points, notes } = yield* maximise(view, vector, method, options, listener);
  const runaway = options.penalized ? [] : yield* runawayCoordinates(view, vector, minimum.position);
  const concluded = yield* concludeMaximum(marginal, vector, minimum);
  const maximum = runaway.length > 0 ? { ...concluded, covariance: null, undetermined: null } : concluded;
  const logPrior = options.penalized ? view.logPrior(maximum.values, null) : null;
  const logLikelihood = maximum.logLikelihood - (logPrior ?? 0);
  const check = method === "laplace" ? yield* checked(view, maximum.values, logLikelihood, options) : { notes };
  const momentsAhead = marginal.inAdvance?.(maximum.values, { gradients: false, moments: true });
  if (momentsAhead && points !== 1) yield* momentsAhead;
  const atDefault: Estimates = {
    engine: "ml",
    method,
    points,
    reml: false,
    intervals: "wald",
    ...estimates(view, vector, maximum),
    logLikelihood,
    logPrior,
    parameterCount: vector.coordinates.length,
    effects: points === 1 ? { ...marginal.effects(), means: null } : marginal.effects(),
    convergence: maximum.convergence,
    ...check,
    notes: [
      ...check.notes,
      ...maximumNotes(view, vector, maximum, options.penalized),
      ...runawayNotes(view, vector, maximum.position, runaway),
    ],
  };
  const result = atLevel(view, atDefault, options.level);
  if (maximum.covariance === null || options.intervals === "bootstrap") return result;
  const objective = negativeLogLikelihood(lean, vector);
  const maximised = { view, vector, objective, position: maximum.position, held: [], level: options.level };
  if (options.intervals === "profile") return yield* withProfileIntervals(result, maximised);
  return yield* withProfiledSds(result, maximised, profileBudget(view, points ?? 1));
}

/** Throws FitFailure where the data themselves tell that an sd has no maximum likelihood estimate. */
function* checkConcordance(view: LatentGaussian, method: MlMethod, { penalized }: MlOptions): Steps<void> {
  if (penalized || method === "pql" || method === "conditional") return;
  const factor = yield* concordantFactor(view);
  if (factor !== null) throw new FitFailure(concordanceMessage(factor));
}

interface Found {
  readonly marginal: MarginalLikelihood;
  /** As good, and perhaps quicker. */
  readonly lean: MarginalLikelihood;
  readonly minimum: Minimum;
  readonly points: number | null;
  readonly notes: readonly MlNote[];
}

function* maximise(
  view: LatentGaussian,
  vector: ParameterVector,
  method: MarginalMethod,
  options: MlOptions,
  listener: ProgressListener | null,
): Steps<Found> {
  const shaped = (marginal: MarginalLikelihood, stage: string) =>
    watchedMarginal(options.penalized ? penalizedMarginal(marginal) : marginal, stage, listener);
  const without = yield* startWithoutEffects(view, vector, shaped(plainMarginal(view), "without random effects"));
  // Moments know nothing of a prior, nor of the end of its support.
  const start = options.penalized ? without : momentStart(view, vector, without);
  if (method === "aghq") {
    const likelihoodOf = (points: number) => shaped(quadrature(view, points), quadratureStage(points));
    if (options.points === "auto")
      return yield* raisePoints(view, vector, start, likelihoodOf, whatIsMaximised(options));
    return { ...(yield* maximumAtPoints(view, vector, start, likelihoodOf, options.points)), notes: [] };
  }
  const ahead = kernelInAdvance(view, 1);
  if (ahead) yield* ahead;
  const marginal =
    view.structure === "none"
      ? shaped(plainMarginal(view), "without random effects")
      : shaped(laplaceMarginal(view), quadratureStage(1));
  const minimum = yield* climb(marginal, vector, start, {
    information: null,
    held: [],
    budget: explorationBudget(view, 1),
  });
  return { marginal, lean: marginal, minimum, points: null, notes: [] };
}

function quadratureStage(points: number): string {
  return points === 1 ? "Laplace's approximation" : `quadrature with ${points} points`;
}

function whatIsMaximised({ penalized }: MlOptions): string {
  return penalized ? "log-likelihood + log prior" : "log-likelihood";
}

/** What there is to say of Laplace's approximation at the maximum. */
function* checked(
  view: LatentGaussian,
  values: LatentValues,
  logLikelihood: number,
  options: MlOptions,
): Steps<Pick<Estimates, "importance" | "notes">> {
  const exact = (why: string) => ({ code: "exact", message: `the likelihood is exact: ${why}`, advice: "" });
  if (view.structure === "none") return { notes: [exact(noEffects)] };
  if (view.isGaussian) return { notes: [exact("Laplace's approximation is, for a normal response")] };
  if (isQuadrature(view)) return { notes: [] };
  return yield* laplaceCheck(view, values, logLikelihood, whyNoQuadrature(view), options);
}

function maximumNotes(
  view: LatentGaussian,
  vector: ParameterVector,
  maximum: MarginalMaximum,
  isPenalized: boolean,
): MlNote[] {
  const { convergence, reason, undetermined, position } = maximum;
  const atSupport = isPenalized ? heldBySupport(vector, maximum) : [];
  const held = maximum.held.filter((i) => !atSupport.includes(i));
  const notes = boundaryNotes(view, vector, held, reported(view, vector, position));
  if (atSupport.length > 0)
    notes.push(supportNote(atSupport.map((i) => sdOf(view, vector, position, i) ?? nameOf(view, vector, i))));
  if (undetermined !== null) notes.push(undeterminedNote(nameOf(view, vector, undetermined)));
  if (!convergence.converged && isPenalized) notes.push(...wallNotes(view, maximum.values));
  if (!convergence.converged)
    notes.push({
      code: "not-converged",
      message: `the search has not reached a maximum: it ${reason}`,
      advice: "rescale the covariates, or simplify the random effects; do not use these estimates as they are",
    });
  return notes;
}

function runawayNotes(
  view: LatentGaussian,
  vector: ParameterVector,
  position: Float64Array,
  runaway: readonly number[],
): MlNote[] {
  const names = runaway.map((i) => sdOf(view, vector, position, i) ?? nameOf(view, vector, i));
  return names.length > 0 ? [runawayNote([...new Set(names)])] : [];
}

function undeterminedNote(name: string): MlNote {
  return {
    code: "undetermined",
    message:
      `the data do not determine ${name} besides the parameters before it: the likelihood is flat there, so that there are no standard ` +
      "errors; an estimate that is large without reason has run off along a combination of columns that separates the responses",
    advice: "simplify the model, or use an engine with priors, such as nuts; do not use these estimates as they are",
  };
}

/** The sd that a coordinate moves; null where it is no part of one. */
function sdOf(view: LatentGaussian, vector: ParameterVector, position: Float64Array, i: number): string | null {
  const [here, there] = [0, 1].map((by) =>
    reported(
      view,
      vector,
      position.map((x, j) => (i === j ? x + by : x)),
    ),
  );
  const moved = view.parameterKinds.findIndex((kind, k) => kind === "sd" && here[k] !== there[k]);
  return moved < 0 ? null : view.quantities.parameters[moved];
}

function nameOf(view: LatentGaussian, { coordinates }: ParameterVector, i: number): string {
  const { parameters } = view.quantities;
  const coordinate = coordinates[i];
  if (isOfCovariance(coordinate)) return `the covariance of the effects of ${view.factors[coordinate.factor].name}`;
  const first = coordinate.part === "beta" ? 0 : parameters.length - view.sizes.dispersion;
  return parameters[first + coordinate.index];
}
