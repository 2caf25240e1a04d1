import { exp, expm1, log1p } from "./elementary.js";
import { logNormalDensity } from "./normalDistribution.js";

/** A standard normal made skew: mean 0, variance 1 and a given skewness. */
export interface SkewedNormal {
  /** x(z), increasing: the quantile at the normal probability of z. */
  fromNormal(z: number): number;
  /** Its inverse: an infinity beyond the end of the distribution. */
  toNormal(x: number): number;
  density(x: number): number;
}

/** Below this the shift of a quantile is lost in rounding. */
const NO_SKEWNESS = 1e-12;

/**
 * The shifted log-normal distribution of mean 0, variance 1 and the given skewness, mirrored where that is negative: x is exp(delta z)
 * with z standard normal, moved and scaled; delta = 0 is the normal. With w = exp(delta^2) the skewness is (w + 2) sqrt(w - 1), which
 * has a closed inverse (Johnson, Kotz & Balakrishnan 1994, chapter 14).
 */
export function skewedNormal(skewness: number): SkewedNormal {
  if (skewness < -NO_SKEWNESS) {
    const mirrored = skewedNormal(-skewness);
    return {
      fromNormal: (z) => -mirrored.fromNormal(-z),
      toNormal: (x) => -mirrored.toNormal(-x),
      density: (x) => mirrored.density(-x),
    };
  }
  if (skewness < NO_SKEWNESS) return normal;
  const shape = new Float64Array(3);
  writeShape(skewness, shape, 0);
  const [delta, root, shift] = shape;
  const toNormal = (x: number) => (x * root > -1 ? 0.5 * delta + log1p(x * root) / delta : Number.NEGATIVE_INFINITY);
  return {
    fromNormal: (z) => (expm1(delta * z) - shift) / ((1 + shift) * root),
    toNormal,
    density: (x) => (x * root > -1 ? (exp(logNormalDensity(toNormal(x))) * root) / (delta * (1 + x * root)) : 0),
  };
}

/** x(z) of many such variables, by their places, without an object for each. */
export function skewedFromNormal(skewness: Float64Array): (place: number, z: number) => number {
  const shapes = new Float64Array(3 * skewness.length);
  for (let k = 0; k < skewness.length; k++)
    if (Math.abs(skewness[k]) >= NO_SKEWNESS) writeShape(Math.abs(skewness[k]), shapes, 3 * k);
  return (k, z) => {
    const delta = shapes[3 * k];
    if (delta === 0) return z;
    const sign = skewness[k] < 0 ? -1 : 1;
    const shift = shapes[3 * k + 2];
    return (sign * (expm1(delta * sign * z) - shift)) / ((1 + shift) * shapes[3 * k + 1]);
  };
}

/** delta, root and shift of a positive skewness into `shapes` from a place on: x = (exp(delta z) - 1 - shift) / ((1 + shift) root). */
function writeShape(skewness: number, shapes: Float64Array, at: number): void {
  const third = log1p(0.5 * skewness * skewness + skewness * Math.sqrt(1 + 0.25 * skewness * skewness)) / 3;
  const root = expm1(third) / exp(0.5 * third); // sqrt(w - 1)
  const delta = Math.sqrt(log1p(root * root));
  shapes[at] = delta;
  shapes[at + 1] = root;
  shapes[at + 2] = expm1(0.5 * delta * delta);
}

const normal: SkewedNormal = {
  fromNormal: (z) => z,
  toNormal: (x) => x,
  density: (x) => exp(logNormalDensity(x)),
};
