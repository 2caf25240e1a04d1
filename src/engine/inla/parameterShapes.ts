import { extent, type LineProfile, slopedProfile } from "../../marginal/exploration/lineProfile.js";
import type { PosteriorMode } from "../../marginal/exploration/posteriorMode.js";
import type { Surface } from "../../marginal/exploration/Surface.js";
import { spreadMarginal } from "../../marginal/exploration/spreadMarginal.js";
import type { Spread } from "../../marginal/exploration/spreads.js";
import { bent, hasFlatCoefficients, type Standardised } from "../../marginal/exploration/standardised.js";
import { heavyScale, type WorkingScale } from "../../marginal/exploration/workingScale.js";
import { cubicSpline } from "../../math/cubicSpline.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { multiply } from "../../math/optimize/definite.js";
import { log } from "../../math/special/elementary.js";
import { mapSteps, pausing, type Steps } from "../../math/steps.js";
import type { Given } from "./effectMixtures.js";
import { mixtureShape } from "./mixtureShape.js";
import type { Shape } from "./Shape.js";
import { smoothedShape } from "./smoothedShape.js";
import type { Targets } from "./Targets.js";

/** Points of the table between two of a line. */
const REFINED = 12;
/** Differences in posterior sds by which a parameter's gradient is had. */
const DIFFERENCE = 1e-4;

/**
 * The shape of a coefficient is the log density along the line through the mode on which all else keeps to its conditional mean given the coefficient
 * (Rue, Martino & Chopin 2009, section 3.2.4, for the latent field): up to a factor that changes little along it the marginal density. That of a
 * hyperparameter is its density under the spreads: of one that is a function of a single coordinate by integration, of any other, such as a correlation
 * of two effects after the first, from the targets' values at positions drawn from the spreads, `core`. Given the coefficients by the hyperparameters of
 * positions, `given`, a coefficient's is a mixture of these instead.
 */
export function* parameterShapes(
  { kinds, scales, at }: Targets,
  mode: PosteriorMode,
  surface: Surface,
  { coordinates, spreads }: Measured,
  core: readonly Float64Array[],
  given: readonly Given[] = [],
): Steps<Shape[]> {
  const hasFlat = hasFlatCoefficients(coordinates);
  const own = (position: Float64Array) => at(position).map((value, k) => scales[k].to(value));
  const gradients = parameterGradients(own, mode);
  const atMode = own(mode.position);
  return yield* mapSteps(scales, function* (plain, k) {
    yield;
    const isCoefficient = kinds[k] === "coefficient";
    if (isCoefficient && given.length > 0) return mixtureShape(given, k);
    const most = coordinateOf(gradients[k], mode);
    const isAlongLine = isCoefficient && !hasFlat;
    const hasHeavyTails = isCoefficient && hasFlat;
    const scale = hasHeavyTails ? heavyScale(atMode[k], sdAlong(gradients[k], mode)) : plain;
    const axis = coordinates.order.indexOf(most);
    const withOthersMoved = own(movedExcept(most, mode))[k];
    const isOfOne = Math.abs(withOthersMoved - atMode[k]) <= SAME * (1 + Math.abs(atMode[k]));
    if (!isAlongLine && !(isOfOne && axis < coordinates.hyperparameters)) {
      const values = Float64Array.from(core, (values) => scale.to(values[k]));
      return { ...smoothedShape(scale, values), hasHeavyTails };
    }
    const gradient = isAlongLine ? gradients[k] : gradients[k].map((_, i) => (i === most ? 1 : 0));
    const line = lineAlong(gradient, mode, isAlongLine ? 0 : coordinates.bends[axis]);
    const profile = isAlongLine
      ? yield* profileOf(line, mode, surface)
      : yield* spreadMarginal(coordinates, spreads, axis);
    const shape = tabulate(scale, (place) => scale.to(at(line.positionAt(place))[k]), profile);
    return { ...shape, isAlongLine, hasHeavyTails };
  });
}

/** The standardised coordinates, and what is known of the posterior along each. */
interface Measured {
  readonly coordinates: Standardised;
  readonly spreads: readonly Spread[];
}

/** A line through the mode, on which all else keeps to its conditional mean; at place t it is s(t) sds of what its gradient is of from the mode, s being bent. */
interface Line {
  readonly along: Float64Array;
  positionAt(place: number): Float64Array;
}

function lineAlong(gradient: Float64Array, mode: PosteriorMode, bend: number): Line {
  const { position, covariance } = mode;
  const unscaled = multiply(covariance, gradient);
  const sd = sdAlong(gradient, mode);
  const along = unscaled.map((x) => x / sd);
  return { along, positionAt: (place) => position.map((x, i) => x + bent(bend, place) * along[i]) };
}

/** The sd at the mode of what has this gradient. */
function sdAlong(gradient: Float64Array, { covariance }: PosteriorMode): number {
  return Math.sqrt(dot(gradient, multiply(covariance, gradient)));
}

/** The log density on it. */
function profileOf(
  { along, positionAt }: Line,
  { logDensity, position }: PosteriorMode,
  { descent }: Surface,
): Steps<LineProfile> {
  const gradient = new Float64Array(position.length);
  const at = pausing((place: number) => {
    const value = -descent(positionAt(place), gradient);
    return { value, slope: -dot(along, gradient) };
  });
  return slopedProfile({ value: logDensity, slope: 0 }, at);
}

/** A function of a single coordinate moves by no more than this, relatively, when all others do. */
const SAME = 1e-9;

/** The mode with every coordinate but one moved by about a posterior sd. */
function movedExcept(fixed: number, { position, covariance }: PosteriorMode): Float64Array {
  const n = position.length;
  return position.map((x, i) => (i === fixed ? x : x + (1 + i / n) * Math.sqrt(covariance[i * (n + 1)])));
}

/** The coordinate of a position of which a parameter depends most, given its gradient. */
function coordinateOf(gradient: Float64Array, { covariance }: PosteriorMode): number {
  const n = gradient.length;
  const effects = gradient.map((slope, i) => Math.abs(slope) * Math.sqrt(covariance[i * n + i]));
  return effects.indexOf(effects.reduce((a, b) => Math.max(a, b)));
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

/** The profile less the log of the parameter's slope along the line, at a fine mesh; the parameter is smooth enough to be taken at whole units. */
function tabulate(scale: WorkingScale, parameterAt: (t: number) => number, profile: LineProfile): Shape {
  const { from: first, to: last } = extent(profile);
  const parameter = cubicSpline(Array.from({ length: last - first + 1 }, (_, k) => parameterAt(first + k)));
  const count = (last - first) * REFINED + 1;
  const places = Float64Array.from({ length: count }, (_, k) => first + k / REFINED);
  const values = places.map((place) => parameter(place - first));
  const logDensities = places.map((place, k) => {
    const [from, to] = [Math.max(0, k - 1), Math.min(count - 1, k + 1)];
    return profile.at(place) - log((values[to] - values[from]) / (places[to] - places[from]));
  });
  // At a bound of its prior a parameter runs out of numbers.
  const isKnown = (_: number, k: number) => Number.isFinite(logDensities[k]);
  return { scale, values: values.filter(isKnown), logDensities: logDensities.filter(Number.isFinite) };
}
