import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { PosteriorMode } from "../../marginal/posteriorMode.js";
import { cubicSpline } from "../../math/cubicSpline.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { multiply } from "../../math/optimize/definite.js";
import { log } from "../../math/special/elementary.js";
import { type LinearCombination, ofCoefficients } from "./LinearCombination.js";
import { type WorkingScale, workingScale } from "./workingScale.js";

/** The shape of a parameter's marginal: log densities at ascending values on its working scale, not normalised. */
export interface Shape {
  readonly scale: WorkingScale;
  readonly values: Float64Array;
  readonly logDensities: Float64Array;
}

/** What is a function of (beta, theta, dispersion) alone: the population parameters, then combinations of coefficients. */
export interface Targets {
  readonly names: readonly string[];
  readonly scales: readonly WorkingScale[];
  /** All of them on their own scales, at a position. */
  at(position: Float64Array): Float64Array;
}

export function targetsOf(view: LatentGaussian, combinations: readonly LinearCombination[]): Targets {
  const parametersAt = parameterReader(view);
  return {
    names: [...view.quantities.parameters, ...combinations.map(({ name }) => name)],
    scales: [...view.parameterKinds, ...combinations.map(() => "coefficient" as const)].map(workingScale),
    at(position) {
      const parameters = parametersAt(position);
      return Float64Array.of(...parameters, ...combinations.map((one) => ofCoefficients(one, parameters)));
    },
  };
}

/** All population parameters on their own scales, at a position. */
export function parameterReader(view: LatentGaussian): (position: Float64Array) => Float64Array {
  const { parameters, randomEffects } = view.quantities;
  const values = view.values();
  const b = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  const draw = new Float64Array(parameters.length + randomEffects.length);
  return (position) => {
    view.read(position, values);
    view.writeDraw(b, draw);
    return draw.slice(0, parameters.length);
  };
}

/** Steps of a line in posterior sds, how far below its top it is left, and points of the table between two steps. */
const STEP = 1;
const DEEPEST = 8;
const MOST_STEPS = 12;
const REFINED = 12;
/** Differences in posterior sds by which a parameter's gradient is had. */
const DIFFERENCE = 1e-4;

/**
 * The log density along the line through the mode on which all else keeps to its conditional mean given the parameter (Rue, Martino & Chopin
 * 2009, section 3.2.4, for the latent field): up to a factor that changes little along it the marginal density.
 */
export function parameterShapes(
  { scales, at }: Targets,
  mode: PosteriorMode,
  logDensity: (position: Float64Array) => number,
): Shape[] {
  const working = (position: Float64Array) => at(position).map((value, k) => scales[k].to(value));
  const gradients = parameterGradients(working, mode);
  return scales.map((scale, k) => {
    const along = multiply(mode.covariance, gradients[k]);
    const sd = Math.sqrt(dot(gradients[k], along));
    const placeAt = (t: number) => mode.position.map((x, i) => x + (t * along[i]) / sd);
    const { first, heights } = walk((t) => logDensity(placeAt(t)));
    return tabulate(scale, (t) => working(placeAt(t))[k], first, heights);
  });
}

/** One gradient a parameter, in the coordinates of a position. */
function parameterGradients(
  working: (position: Float64Array) => Float64Array,
  { position, covariance }: PosteriorMode,
): Float64Array[] {
  const n = position.length;
  const columns = Array.from({ length: n }, (_, i) => {
    const step = DIFFERENCE * Math.sqrt(covariance[i * n + i]);
    const moved = (by: number) => working(position.map((x, j) => (i === j ? x + by : x)));
    const [above, below] = [moved(step), moved(-step)];
    return above.map((value, k) => (value - below[k]) / (2 * step));
  });
  return Array.from(columns.at(0) ?? [], (_, k) => Float64Array.from(columns, (column) => column[k]));
}

/** Values of a function at whole steps from 0, up and down until it has fallen far enough or cannot be computed. */
function walk(valueAt: (t: number) => number): { readonly first: number; readonly heights: number[] } {
  const top = valueAt(0);
  const side = (sign: number) => {
    const found: number[] = [];
    for (let k = 1; k <= MOST_STEPS; k++) {
      const value = valueAt(sign * k * STEP);
      if (!Number.isFinite(value)) break;
      found.push(value);
      if (top - value > DEEPEST) break;
    }
    return found;
  };
  const [below, above] = [side(-1), side(1)];
  return { first: -below.length, heights: [...below.reverse(), top, ...above] };
}

/** The spline through a line's log densities, less the log of the parameter's slope along it, at a fine mesh. */
function tabulate(
  scale: WorkingScale,
  parameterAt: (t: number) => number,
  first: number,
  heights: readonly number[],
): Shape {
  const spline = cubicSpline(heights);
  const count = (heights.length - 1) * REFINED + 1;
  const at = (k: number) => (first + k / REFINED) * STEP;
  const values = Float64Array.from({ length: count }, (_, k) => parameterAt(at(k)));
  const logDensities = values.map((_, k) => {
    const [from, to] = [Math.max(0, k - 1), Math.min(count - 1, k + 1)];
    return spline(k / REFINED) - log((values[to] - values[from]) / (at(to) - at(from)));
  });
  return { scale, values, logDensities };
}
