import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { aghqMarginal } from "../../marginal/aghq.js";
import type { MarginalLikelihood } from "../../marginal/MarginalLikelihood.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import { EngineError } from "../EngineError.js";
import { climb } from "./fitMarginal.js";
import type { Note } from "./MaximumLikelihood.js";
import type { ParameterVector } from "./parameters.js";

/** Points a dimension, one after the other. */
const LADDER = [1, 3, 5, 9, 15, 25, 41, 61, 81, 91, 100];
/** The log-likelihood has stopped moving when two successive increases change it by less. */
const STILL = 1e-6;
/** A last change below this is told, but it is nothing that an estimate or a test could show. */
const NEARLY_STILL = 1e-4;
/** Likelihoods of a row in one evaluation beyond which no points are added by themselves: a fit of some seconds. */
const MOST_ROW_NODES = 5e7;
/** And beyond which none are taken: an evaluation of a minute. */
const TOO_MANY_ROW_NODES = 1e10;
/** Likelihoods of a row that searches from several starts may take: about a second. */
const EXPLORED_ROW_NODES = 3e6;
/** Nodes a row from which it pays to come from the maximum of Laplace's approximation. */
const MANY_NODES = 100;

export interface RaisedPoints {
  readonly marginal: MarginalLikelihood;
  readonly minimum: Minimum;
  readonly points: number;
  /** With the least points from which on nothing has moved, or all of them: for whatever needs many evaluations. */
  readonly lean: MarginalLikelihood;
  readonly notes: readonly Note[];
}

interface Rung extends Omit<RaisedPoints, "notes" | "lean"> {
  /** How much higher or lower than the last rung. */
  readonly change: number;
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
export function maximumAtPoints(
  view: LatentGaussian,
  vector: ParameterVector,
  start: Float64Array,
  likelihoodOf: (points: number) => MarginalLikelihood,
  points: number,
): Omit<RaisedPoints, "notes"> {
  const marginal = likelihoodOf(points);
  const explore = (likelihood: MarginalLikelihood, of: number) =>
    climb(likelihood, vector, start, { information: null, held: [], budget: explorationBudget(view, of) });
  if (points ** effectsOfRow(view) < MANY_NODES)
    return { marginal, lean: marginal, minimum: explore(marginal, points), points };
  const laplace = explore(likelihoodOf(1), 1);
  const minimum = climb(marginal, vector, laplace.position, { information: laplace.hessian, held: [] });
  return { marginal, lean: marginal, minimum: withEffort(minimum, [{ minimum: laplace }, { minimum }]), points };
}

/** Raises the points until the likelihood, which the note calls `what`, stands still, each time from the last maximum. */
export function raisePoints(
  view: LatentGaussian,
  vector: ParameterVector,
  start: Float64Array,
  likelihoodOf: (points: number) => MarginalLikelihood,
  what: string,
): RaisedPoints {
  const rungs: Rung[] = [];
  for (const points of LADDER) {
    if (rungs.length > 0 && (isStill(rungs) || rowNodes(view, points) > MOST_ROW_NODES)) break;
    const last = rungs.at(-1);
    const marginal = likelihoodOf(points);
    const from = last?.minimum.position ?? start;
    const minimum = climb(marginal, vector, from, {
      information: last?.minimum.hessian ?? null,
      held: [],
      budget: last === undefined ? explorationBudget(view, points) : 0,
    });
    rungs.push({ marginal, minimum, points, change: last === undefined ? NaN : last.minimum.value - minimum.value });
  }
  const { marginal, minimum, points } = rungs[rungs.length - 1];
  const lean = isStill(rungs) ? rungs[rungs.length - 3].marginal : marginal;
  return { marginal, lean, minimum: withEffort(minimum, rungs), points, notes: [pathNote(view, rungs, what)] };
}

function isStill(rungs: readonly Rung[]): boolean {
  return rungs.length > 2 && rungs.slice(-2).every(({ change }) => Math.abs(change) < STILL);
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

function pathNote(view: LatentGaussian, rungs: readonly Rung[], what: string): Note {
  const path = rungs.map(({ points, minimum }) => `${points}: ${(-minimum.value).toFixed(6)}`).join(", ");
  const message = `${what} by quadrature points: ${path}`;
  if (isStill(rungs)) return { code: "points", message, advice: "" };
  const { points, change } = rungs[rungs.length - 1];
  const moved = Number.isNaN(change)
    ? ""
    : `it still moved by ${Math.abs(change).toExponential(1)} at the last increase, and `;
  const next = LADDER[LADDER.indexOf(points) + 1];
  const why =
    next === undefined
      ? "there are no more points to try"
      : `${next} points would take ${rowNodes(view, next).toExponential(0)} likelihoods of a row at every evaluation`;
  const whole = `${message}; ${moved}${why}`;
  if (Math.abs(change) < NEARLY_STILL) return { code: "points", message: whole, advice: "" };
  return {
    code: "points-limit",
    message: whole,
    advice: "compare with another engine, or choose the number of points: more of them cost more time and memory",
  };
}
