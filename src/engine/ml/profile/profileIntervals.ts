import type { LatentGaussian, ParameterKind } from "../../../density/LatentGaussian.js";
import { minimize } from "../../../math/optimize/minimize.js";
import type { Objective } from "../../../math/optimize/Objective.js";
import { isAtBoundary } from "../boundary.js";
import type { MaximumLikelihood, Note, ParameterEstimate } from "../MaximumLikelihood.js";
import type { ParameterVector } from "../parameters.js";
import { quantity } from "./quantity.js";
import { type Peak, profileEnd } from "./trace.js";

/** A likelihood at its maximum. */
export interface Maximised {
  readonly view: LatentGaussian;
  readonly vector: ParameterVector;
  /** Minus the log-likelihood at a position. */
  readonly objective: Objective;
  readonly position: Float64Array;
  /** Coordinates that the likelihood does not depend on, those of beta: the coefficients then have no profile. */
  readonly held: readonly number[];
}

/**
 * A fit with intervals that end where the profile likelihood has fallen by qchisq(0.95, 1) / 2. An end at an sd of zero or at a
 * correlation of 1 is that; one that is not found is NaN, and a note says why. The likelihood is evaluated all over the place.
 */
export function withProfileIntervals(result: MaximumLikelihood, maximised: Maximised): MaximumLikelihood {
  const { view, vector, held } = maximised;
  const peak = peakAt(maximised);
  const notes: Note[] = [];
  const parameters: ParameterEstimate[] = [];
  const ends = (k: number): readonly [number, number] => {
    const { name, estimate } = result.parameters[k];
    const kind = view.parameterKinds[k];
    // With one of its effects at zero a correlation may be anything, at no further cost.
    if (kind === "correlation" && effectsOf(view, k).some((sd) => parameters[sd].lower === 0)) return [-1, 1];
    const traced = quantity(view, vector, k, peak.position);
    const edge = edgeAt(kind, estimate);
    const end = (side: -1 | 1) => {
      if (edge?.side === side) return edge.at;
      const found = profileEnd(peak, traced, side);
      if ("at" in found) return found.at;
      notes.push(troubleNote(name, side, found.trouble));
      return NaN;
    };
    return [end(-1), end(1)];
  };
  result.parameters.forEach((parameter, k) => {
    if (!hasProfile(view.parameterKinds[k], parameter, held)) parameters.push(parameter);
    else {
      const [lower, upper] = ends(k);
      parameters.push({ ...parameter, lower, upper });
    }
  });
  return { ...result, intervals: "profile", parameters, notes: [...result.notes, ...notes] };
}

/** Where the sds of a correlation's two effects stand: those of a term come before its correlations, which go pair by pair. */
function effectsOf({ parameterKinds: kinds }: LatentGaussian, k: number): number[] {
  let first = k;
  while (kinds[first - 1] === "correlation") first--;
  let end = k;
  while (kinds[end] === "correlation") end++;
  const q = Math.round((1 + Math.sqrt(1 + 8 * (end - first))) / 2);
  const pairs = Array.from({ length: q }, (_, r) =>
    Array.from({ length: q - r - 1 }, (__, s) => [r, r + s + 1]),
  ).flat();
  return pairs[k - first].map((effect) => first - q + effect);
}

function peakAt({ vector: { lower, upper }, objective, position, held }: Maximised): Peak {
  const box = { lower: lower.slice(), upper: upper.slice() };
  for (const i of held) box.lower[i] = box.upper[i] = position[i];
  const { position: top, value, hessian } = minimize(objective, position, box);
  return { objective, position: top, value, hessian, ...box };
}

/** A coefficient that is held, an estimate that does not exist and a dispersion that has run to its limit have none. */
function hasProfile(
  kind: ParameterKind,
  { estimate, standardError }: ParameterEstimate,
  held: readonly number[],
): boolean {
  if (kind === "coefficient") return held.length === 0;
  return !Number.isNaN(kind === "dispersion" ? standardError : estimate);
}

/** The end of the range that an estimate stands at. */
function edgeAt(kind: ParameterKind, estimate: number): { readonly side: number; readonly at: number } | null {
  if (!isAtBoundary(kind, estimate)) return null;
  return kind === "sd" ? { side: -1, at: 0 } : { side: Math.sign(estimate), at: Math.sign(estimate) };
}

function troubleNote(name: string, side: -1 | 1, trouble: string): Note {
  const end = side < 0 ? "lower" : "upper";
  return {
    code: "profile",
    message: `the ${end} end of the interval of ${name} is not to be had from its profile likelihood: ${trouble}`,
    advice: "take the Wald interval with care, or an engine that samples",
  };
}
