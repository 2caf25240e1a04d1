import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { exp, tanh } from "../../math/special/elementary.js";
import { mapSteps, type Steps } from "../../math/steps.js";
import { type AxisShape, shapeOf, splitNormal } from "./axisShape.js";
import { flatCoefficients } from "./flatCoefficients.js";
import type { LineProfile } from "./lineProfile.js";
import { logDensityAt, type PosteriorMode } from "./posteriorMode.js";
import { evaluated, moved, type Ridge, ridge, within } from "./ridge.js";
import type { Surface } from "./Surface.js";
import { logStretch, logStretches, positionAt, type Standardised, standardised } from "./standardised.js";

/** One z given those ahead of it. */
export interface Conditional {
  readonly centre: number;
  /** Log of the factor by which it is stretched. */
  readonly logScale: number;
  /** By how much `centre` goes with each of those ahead, given the hyperparameters; one that these alone would leave where it is has none. */
  readonly slopes: Float64Array;
}

/** How the posterior is spread along one z. */
export interface Spread {
  readonly shape: AxisShape;
  /** What the z ahead of it make of it. */
  given(z: ArrayLike<number>): Conditional;
  /** Of a hyperparameter: the log density along its axis, what comes after it integrated by Laplace's approximation. */
  readonly profile?: LineProfile;
}

/** How far from the mode a coefficient's scales are measured. */
const PROBE = 2;

/** Below this drop of the log density at `PROBE` (a normal's is 2) there may be flat coefficients. */
const SUSPICIOUS_DROP = 1.7;

/** Standardised coordinates, with flat coefficients among those that have ridges, and the spreads in them. */
export function* spreadAround(
  view: LatentGaussian,
  mode: PosteriorMode,
  surface: Surface,
): Steps<{ readonly coordinates: Standardised; readonly spreads: Spread[] }> {
  const plain = standardised(view, mode);
  const drops = yield* coefficientDrops(plain, surface);
  const isSuspicious = drops.some((sides) => sides.some((drop) => drop < SUSPICIOUS_DROP));
  const flat = isSuspicious ? yield* flatCoefficients(view, mode, surface) : [];
  if (flat.length === 0) return { coordinates: plain, spreads: yield* measureSpreads(plain, surface, drops) };
  const coordinates = standardised(view, mode, flat);
  return { coordinates, spreads: yield* measureSpreads(coordinates, surface) };
}

/** How far the log density has fallen at either side of the mode, along each z that has no ridge. */
function* coefficientDrops(coordinates: Standardised, surface: Surface): Steps<number[][]> {
  const { directions, hyperparameters: m, mode } = coordinates;
  const top = yield* logDensityAt(surface.logDensity, mode);
  const origin = new Float64Array(directions.length);
  const drops: number[][] = [];
  for (let k = m; k < directions.length; k++) {
    const sides: number[] = [];
    for (const by of [-PROBE, PROBE])
      sides.push(top - (yield* logDensityAt(surface.logDensity, positionAt(coordinates, moved(origin, k, by)))));
    drops.push(sides);
  }
  return drops;
}

/**
 * Hyperparameters, and flat coefficients, have the density along a ridge on which all that comes after them is at its conditional mode. Other coefficients
 * have split normals through the log density two units off the mode on either side, moved and stretched as the hyperparameters are.
 */
export function* measureSpreads(
  coordinates: Standardised,
  surface: Surface,
  known?: readonly (readonly number[])[],
): Steps<Spread[]> {
  const drops = known ?? (yield* coefficientDrops(coordinates, surface));
  const { directions, hyperparameters: m } = coordinates;
  const descent = descentIn(coordinates, surface);
  const top = yield* evaluated(descent, new Float64Array(directions.length));
  const axes = Array.from({ length: m }, (_, axis) => axis);
  const ridges = yield* mapSteps(axes, (axis) => ridge(descent, top, axis, coordinates));
  return directions.map((_, k) => {
    const side = (which: number) => scaleOf(PROBE, drops[k - m][which]);
    return {
      shape: k < m ? shapeOf(ridges[k].profile) : splitNormal(side(0), side(1)),
      given: conditionalOn(ridges, k, coordinates.bends),
      ...(k < m ? { profile: ridges[k].profile } : {}),
    };
  });
}

/**
 * Of z k, by the ridges ahead of it: each moves its centre, stretches it, and turns it towards the z between the two, as an intercept and a slope that are
 * independent at the mode are not where the sd is large.
 */
function conditionalOn(ridges: readonly Ridge[], k: number, bends: ArrayLike<number>): Spread["given"] {
  const ahead = ridges.slice(0, k);
  const turns = ahead.flatMap((ridge, j) =>
    ridge.turns.filter((turn) => turn.k === k).map(({ l, at }) => ({ j, l, at })),
  );
  const centres = Array.from({ length: k + 1 }, (_, l) => ahead.slice(0, l).map((ridge) => ridge.centres[l]));
  const centreOf = (l: number, z: ArrayLike<number>) => summed(centres[l], z);
  const logScales = ahead.map((ridge) => ridge.logScales[k]);
  // Most have no turns: these share their zeros.
  const none = new Float64Array(k);
  return (z) => {
    let centre = centreOf(k, z);
    // A stretch of bent coordinates changes the power of a tail, which may become heavier but not lighter.
    const logScale = bends[k] === 0 ? summed(logScales, z) : Math.max(0, summed(logScales, z));
    if (turns.length === 0) return { centre, logScale, slopes: none };
    const slopes = new Float64Array(k);
    for (const { j, l, at } of turns) slopes[l] += at(z[j]);
    for (let l = 0; l < k; l++) if (slopes[l] !== 0) centre += slopes[l] * (z[l] - centreOf(l, z));
    return { centre, logScale, slopes };
  };
}

/** The sum of functions of the first coordinates, one each. */
function summed(functions: readonly ((place: number) => number)[], z: ArrayLike<number>): number {
  let total = 0;
  for (let j = 0; j < functions.length; j++) total += functions[j](z[j]);
  return total;
}

/** Minus the log density of z, but for log |L|. */
function descentIn(coordinates: Standardised, { descent }: Surface): Objective {
  const { directions, bends } = coordinates;
  const ofPosition = new Float64Array(directions.length);
  const descentAt = (z: Float64Array, gradient: Float64Array) => {
    const value = descent(positionAt(coordinates, z), ofPosition);
    directions.forEach((direction, k) => {
      gradient[k] = dot(direction, ofPosition);
      if (bends[k] !== 0)
        gradient[k] = gradient[k] * exp(logStretch(bends[k], z[k])) - bends[k] * tanh(bends[k] * z[k]);
    });
    return value - logStretches(coordinates, z);
  };
  const { inAdvance } = descent;
  return Object.assign(descentAt, {
    inAdvance: inAdvance && ((z: Float64Array) => inAdvance(positionAt(coordinates, z))),
  });
}
/** The scale of a normal whose log density drops by so much over a distance. */
function scaleOf(distance: number, drop: number): number {
  return within(distance / Math.sqrt(2 * Math.max(drop, 0)));
}
