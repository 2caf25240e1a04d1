import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { aghqMarginal } from "../../marginal/likelihoods/aghq.js";
import { kernelInAdvance } from "../../marginal/likelihoods/factorMarginal.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { quadraticForm } from "../../math/optimize/definite.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import type { Steps } from "../../math/steps.js";
import { EngineError } from "../EngineError.js";
import type { MlNote } from "./Estimates.js";
import { climb } from "./fitMarginal.js";
import type { ParameterVector } from "./parameterVector.js";
import { runawayCoordinates } from "./runaway.js";

/** Points a dimension, one after the other. */
const LADDER = [1, 3, 5, 9, 15, 25, 41, 61, 81, 91, 100];
/** The log-likelihood has stopped moving when two successive increases change it by less. */
const STILL = 1e-6;
/** A last change below this is told, but it is nothing that an estimate or a test could show. */
const NEARLY_STILL = 1e-4;
/** Estimates that move by less, in standard errors, and a log-likelihood that changes by less are settled, where more points are dear. */
const MOVED = 0.01;
const SETTLED = 1e-3;
/** Likelihoods of a row in one evaluation that are not dear: a fit of a fraction of a second. */
const CHEAP_ROW_NODES = 1e6;
/** Likelihoods of a row in one evaluation beyond which no points are added by themselves: a fit of some seconds. */
const MOST_ROW_NODES = 5e7;
/** And beyond which none are taken: an evaluation of a minute. */
const TOO_MANY_ROW_NODES = 1e10;
/** Likelihoods of a row that searches from several starts may take: about a second. */
const EXPLORED_ROW_NODES = 3e6;
/** Likelihoods of a row that profiles may take which nobody has asked for: some seconds. */
const PROFILED_ROW_NODES = 2e7;
/** Nodes a row from which it pays to come from the maximum of Laplace's approximation. */
const MANY_NODES = 100;

export interface RaisedPoints {
  readonly marginal: MarginalLikelihood;
  readonly minimum: Minimum;
  readonly points: number;
  /** With the least points from which on nothing has moved, or all of them: for whatever needs many evaluations. */
  readonly lean: MarginalLikelihood;
  readonly notes: readonly MlNote[];
}

interface Rung extends Omit<RaisedPoints, "notes" | "lean"> {
  /** How much higher or lower than the last rung. */
  readonly change: number;
  /** How far the estimates have moved from the last rung's, together, in standard errors. */
  readonly moved: number;
}

/** `aghqMarginal`; throws EngineError where so many points do not fit in memory or would take too long. */
export function quadrature(view: LatentGaussian, points: number): MarginalLikelihood {
  if (rowNodes(view, points) > TOO_MANY_ROW_NODES)
    throw new EngineError(
      `${points} quadrature points for each of ${effectsOfRow(view)} effects of ${view.rows} rows make ` +
        `${rowNodes(view, points).toExponential(0)} likelihoods of a row at every evaluation; use fewer points, or the method "laplace"`,
    );
  try {
    return aghqMarginal(view, points);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EngineError(`${error.message}, or the method "laplace"`);
  }
}

/** The maximum with a given number of points, by way of Laplace's where that saves time. */
export function* maximumAtPoints(
  view: LatentGaussian,
  vector: ParameterVector,
  start: Float64Array,
  likelihoodOf: (points: number) => MarginalLikelihood,
  points: number,
): Steps<Omit<RaisedPoints, "notes">> {
  const ahead = kernelInAdvance(view, points);
  if (ahead) yield* ahead;
  const marginal = likelihoodOf(points);
  const explore = (likelihood: MarginalLikelihood, of: number) =>
    climb(likelihood, vector, start, { information: null, held: [], budget: explorationBudget(view, of) });
  if (points ** effectsOfRow(view) < MANY_NODES)
    return { marginal, lean: marginal, minimum: yield* explore(marginal, points), points };
  const laplace = yield* explore(likelihoodOf(1), 1);
  const minimum = yield* climb(marginal, vector, laplace.position, { information: laplace.hessian, held: [] });
  return { marginal, lean: marginal, minimum: withEffort(minimum, [{ minimum: laplace }, { minimum }]), points };
}

/**
 * Raises the points until the likelihood, which the note calls `what`, stands still, each time from the last maximum; where more points
 * are expensive, until the estimates move by nothing that counts beside their standard errors.
 */
export function* raisePoints(
  view: LatentGaussian,
  vector: ParameterVector,
  start: Float64Array,
  likelihoodOf: (points: number) => MarginalLikelihood,
  what: string,
): Steps<RaisedPoints> {
  const rungs: Rung[] = [];
  let end: LadderEnd | null = null;
  for (const points of LADDER) {
    end = yield* endBefore(view, vector, rungs, points);
    if (end !== null) break;
    const ahead = kernelInAdvance(view, points);
    if (ahead) yield* ahead;
    rungs.push(yield* nextRung(view, vector, start, likelihoodOf(points), points, rungs.at(-1)));
  }
  if (isStill(rungs)) end = "still";
  const { marginal, minimum, points } = rungs[rungs.length - 1];
  const lean = end === "still" ? rungs[rungs.length - 3].marginal : marginal;
  const notes = [pathNote(view, rungs, end, what)];
  return { marginal, lean, minimum: withEffort(minimum, rungs), points, notes };
}

function* nextRung(
  view: LatentGaussian,
  vector: ParameterVector,
  start: Float64Array,
  marginal: MarginalLikelihood,
  points: number,
  last: Rung | undefined,
): Steps<Rung> {
  if (last === undefined) {
    const options = { information: null, held: [], budget: explorationBudget(view, points) };
    return { marginal, points, minimum: yield* climb(marginal, vector, start, options), change: NaN, moved: NaN };
  }
  const { position, hessian: information, value } = last.minimum;
  const minimum = yield* climb(marginal, vector, position, { information, held: [] });
  const step = minimum.position.map((x, i) => x - position[i]);
  const moved = Math.sqrt(quadraticForm(minimum.hessian, step));
  return { marginal, points, minimum, change: value - minimum.value, moved };
}

/** Why no more points are taken: nothing moves, nothing moves that counts, an sd has run to infinity, or they would cost too much. */
type LadderEnd = "still" | "settled" | "infinite" | "cost";

/** Why the ladder ends before so many points; null where it does not. */
function* endBefore(
  view: LatentGaussian,
  vector: ParameterVector,
  rungs: readonly Rung[],
  points: number,
): Steps<LadderEnd | null> {
  const last = rungs.at(-1);
  if (last === undefined) return null;
  if (isStill(rungs)) return "still";
  if ((yield* runawayCoordinates(view, vector, last.minimum.position)).length > 0) return "infinite";
  const cost = rowNodes(view, points);
  if (cost > CHEAP_ROW_NODES && last.moved < MOVED && Math.abs(last.change) < SETTLED) return "settled";
  return cost > MOST_ROW_NODES ? "cost" : null;
}

function isStill(rungs: readonly Rung[]): boolean {
  return rungs.length > 2 && rungs.slice(-2).every(({ change }) => Math.abs(change) < STILL);
}

/** Evaluations that profiles nobody has asked for may take together. */
export function profileBudget(view: LatentGaussian, points: number): number {
  return PROFILED_ROW_NODES / rowNodes(view, points);
}

/** Evaluations that searches from several starts may take together. */
export function explorationBudget(view: LatentGaussian, points: number): number {
  return EXPLORED_ROW_NODES / rowNodes(view, points);
}

/** Likelihoods of a row in one evaluation: a product rule over the effects of a row's levels. */
function rowNodes(view: LatentGaussian, points: number): number {
  return view.rows * points ** effectsOfRow(view);
}

function effectsOfRow({ factors }: LatentGaussian): number {
  return factors.reduce((total, { effects }) => total + effects, 0);
}

function withEffort(minimum: Minimum, rungs: readonly Pick<Rung, "minimum">[]): Minimum {
  const total = (key: "iterations" | "evaluations") => rungs.reduce((sum, rung) => sum + rung.minimum[key], 0);
  return { ...minimum, iterations: total("iterations"), evaluations: total("evaluations") };
}

function pathNote(view: LatentGaussian, rungs: readonly Rung[], end: LadderEnd | null, what: string): MlNote {
  const path = rungs.map(({ points, minimum }) => `${points}: ${(-minimum.value).toFixed(6)}`).join(", ");
  const message = `${what} by quadrature points: ${path}`;
  const { points, change, moved } = rungs[rungs.length - 1];
  if (end === "still" || end === "infinite") return { code: "points", message, advice: "" };
  const shift = Number.isNaN(change)
    ? ""
    : `it still moved by ${Math.abs(change).toExponential(1)} at the last increase, the estimates together by ${moved.toExponential(1)} ` +
      "standard errors, and ";
  const next = LADDER[LADDER.indexOf(points) + 1];
  const why =
    next === undefined
      ? "there are no more points to try"
      : `${next} points would take ${rowNodes(view, next).toExponential(0)} likelihoods of a row at every evaluation`;
  const whole = `${message}; ${shift}${why}`;
  if (end === "settled" || Math.abs(change) < NEARLY_STILL) return { code: "points", message: whole, advice: "" };
  return {
    code: "points-limit",
    message: whole,
    advice: "compare with another engine, or choose the number of points: more of them cost more time and memory",
  };
}
