import type { LatentGaussian, ParameterKind } from "../../../density/LatentGaussian.js";
import type { Objective } from "../../../math/optimize/Objective.js";
import { normalQuantile } from "../../../math/special/normalDistribution.js";
import type { Steps } from "../../../math/steps.js";
import { isAtBoundary } from "../boundary.js";
import { boxHolding, minimizeBothSides } from "../covarianceSearch.js";
import type { Estimates, MlNote, ParameterEstimate } from "../Estimates.js";
import type { ParameterVector } from "../parameterVector.js";
import { type Peak, profileEnd } from "./profileEnd.js";
import { quantity } from "./quantity.js";

/** A likelihood at its maximum. */
export interface Maximised {
  readonly view: LatentGaussian;
  readonly vector: ParameterVector;
  /** Minus the log-likelihood at a position. */
  readonly objective: Objective;
  readonly position: Float64Array;
  /** Coordinates that the likelihood does not depend on, those of beta: the coefficients then have no profile. */
  readonly held: readonly number[];
  /** Probability of the intervals. */
  readonly level: number;
}

/** Wald limits of an sd that are further apart than by this factor tell nothing. */
const USELESS = 100;
/** Evaluations that the profile of one parameter takes as a rule, and the most that it may take where nobody has asked for it. */
const PROFILE_COST = 500;
const MOST_EVALUATIONS = 2000;

/** An evaluation where the likelihood cannot be had takes as long as so many others: the search for its conditional modes goes to its end. */
const NOT_FINITE_COST = 20;

/** A profile that nobody has asked for takes more evaluations than it may. */
class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

/**
 * A fit with intervals that end where the profile likelihood has fallen by qchisq(level, 1) / 2. An end at an sd of zero or at a
 * correlation of 1 is that; one that is not found is NaN, and a note says why. The likelihood is evaluated all over the place.
 */
export function* withProfileIntervals(result: Estimates, maximised: Maximised): Steps<Estimates> {
  const { parameterKinds } = maximised.view;
  const hasOne = (parameter: ParameterEstimate, k: number) => hasProfile(parameterKinds[k], parameter, maximised.held);
  return { ...(yield* profiled(result, maximised, hasOne)), intervals: "profile" };
}

/**
 * A fit with Wald intervals, and those of sds whose limits are more than a factor of 100 apart from the profile likelihood, where `budget`
 * evaluations are enough for that; else a note says that they tell nothing.
 */
export function* withProfiledSds(result: Estimates, maximised: Maximised, budget: number): Steps<Estimates> {
  const useless = uselessIntervals(result, maximised.view);
  if (useless.length === 0) return result;
  const names = useless.map(({ name }) => name);
  const found =
    budget < useless.length * PROFILE_COST
      ? null
      : yield* profiledWithin(useless.length * MOST_EVALUATIONS, result, maximised, ({ name }) => names.includes(name));
  if (found === null) return { ...result, notes: [...result.notes, uselessNote(useless)] };
  const parameters = found.parameters.map((parameter) =>
    names.includes(parameter.name) ? { ...parameter, interval: "profile" as const } : parameter,
  );
  return { ...found, parameters };
}

/** `profiled` in at most so many evaluations; null where they do not suffice. */
function* profiledWithin(
  most: number,
  result: Estimates,
  maximised: Maximised,
  isWanted: (parameter: ParameterEstimate, k: number) => boolean,
): Steps<Estimates | null> {
  let spent = 0;
  const objective: Objective = (position, gradient) => {
    if (spent >= most) throw new BudgetSpent();
    const value = maximised.objective(position, gradient);
    spent += Number.isFinite(value) ? 1 : NOT_FINITE_COST;
    return value;
  };
  try {
    return yield* profiled(result, { ...maximised, objective }, isWanted);
  } catch (error) {
    if (error instanceof BudgetSpent) return null;
    throw error;
  }
}

/** Sds with a standard error whose Wald limits tell nothing. */
export function uselessIntervals({ parameters }: Estimates, view: LatentGaussian): ParameterEstimate[] {
  return parameters.filter(
    ({ standardError, lower, upper }, k) =>
      view.parameterKinds[k] === "sd" && standardError > 0 && !(upper <= USELESS * lower),
  );
}

export function uselessNote(sds: readonly ParameterEstimate[]): MlNote {
  return {
    code: "wald-interval",
    message: `the Wald limits of ${sds.map(({ name }) => name).join(", ")} are more than a factor of ${USELESS} apart, which tells nothing`,
    advice: "take the interval from the profile likelihood: --intervals profile, by lmm, aghq or laplace",
  };
}

function* profiled(
  result: Estimates,
  maximised: Maximised,
  isWanted: (parameter: ParameterEstimate, k: number) => boolean,
): Steps<Estimates> {
  const { view, vector } = maximised;
  const peak = yield* peakAt(maximised);
  const notes: MlNote[] = [];
  const parameters: ParameterEstimate[] = [];
  function* ends(k: number): Steps<readonly [number, number]> {
    const { name, estimate } = result.parameters[k];
    const kind = view.parameterKinds[k];
    // With one of its effects at zero a correlation may be anything, at no further cost.
    if (kind === "correlation" && effectsOf(view, k).some((sd) => parameters[sd].lower === 0)) return [-1, 1];
    const traced = quantity(view, vector, k, peak.position);
    const edge = edgeAt(kind, estimate);
    function* end(side: -1 | 1): Steps<number> {
      if (edge?.side === side) return edge.at;
      const found = yield* profileEnd(peak, traced, side);
      if ("at" in found) return found.at;
      notes.push(troubleNote(name, side, found.trouble));
      return NaN;
    }
    return [yield* end(-1), yield* end(1)];
  }
  for (const [k, parameter] of result.parameters.entries()) {
    if (!isWanted(parameter, k)) parameters.push(parameter);
    else {
      const [lower, upper] = yield* ends(k);
      parameters.push({ ...parameter, lower, upper });
    }
  }
  return { ...result, parameters, notes: [...result.notes, ...notes] };
}

/** Where the sds of a correlation's two effects stand among the parameters, as far as they are not held. */
function effectsOf({ quantities: { parameters, randomEffects }, factors }: LatentGaussian, k: number): number[] {
  return factors.flatMap(({ name, effects }) => {
    const own = randomEffects.filter(({ factor }) => factor === name).slice(0, effects);
    const names = own.map(({ coefficient }) => coefficient);
    const pair = names.flatMap((a) =>
      names.flatMap((b) => (parameters[k] === `cor[${name}, ${a}, ${b}]` ? [a, b] : [])),
    );
    return pair.map((effect) => parameters.indexOf(`sd[${name}, ${effect}]`)).filter((at) => at >= 0);
  });
}

function* peakAt({ vector, objective, position, held, level }: Maximised): Steps<Peak> {
  const { coordinates } = vector;
  const box = boxHolding(vector, position, held);
  const { position: top, value, hessian } = yield* minimizeBothSides({ objective, coordinates, box }, position);
  return { objective, coordinates, position: top, value, hessian, ...box, half: normalQuantile((1 + level) / 2) };
}

/** A coefficient that is held, an estimate that does not exist and a dispersion that has run to its limit have none. */
function hasProfile(
  kind: ParameterKind,
  { estimate, standardError }: ParameterEstimate,
  held: readonly number[],
): boolean {
  if (kind === "coefficient") return held.length === 0;
  return !Number.isNaN(kind === "dispersion" || kind === "probability" ? standardError : estimate);
}

/** The end of the range that an estimate stands at. */
function edgeAt(kind: ParameterKind, estimate: number): { readonly side: number; readonly at: number } | null {
  if (!isAtBoundary(kind, estimate)) return null;
  return kind === "sd" ? { side: -1, at: 0 } : { side: Math.sign(estimate), at: Math.sign(estimate) };
}

function troubleNote(name: string, side: -1 | 1, trouble: string): MlNote {
  const end = side < 0 ? "lower" : "upper";
  return {
    code: "profile",
    message: `the ${end} end of the interval of ${name} is not to be had from its profile likelihood: ${trouble}`,
    advice: "take the Wald interval with care, or an engine that samples",
  };
}
