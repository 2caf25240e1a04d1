import { checkCount } from "./QuadratureRule.js";

/**
 * A rank-one lattice of points in the unit cube, count x dimensions, row-major: point i is the fractional part of i z / count. The
 * generating vector z is built component by component to have the least error over functions with square-integrable mixed first
 * derivatives, the earlier coordinates mattering more (Sloan & Reztsov 2002; Dick, Kuo & Sloan 2013, sections 4 and 5). Shift it at
 * random, modulo 1, for points that are uniform each and equidistributed together.
 */
export function latticePoints(count: number, dimensions: number): Float64Array {
  checkCount("the number of points", count, 1);
  checkCount("the number of dimensions", dimensions, 1);
  const kernel = Float64Array.from({ length: count }, (_, i) => bernoulli2(i / count));
  const products = new Float64Array(count).fill(1);
  const points = new Float64Array(count * dimensions);
  for (let d = 0; d < dimensions; d++) {
    const weight = 1 / (d + 1);
    const generator = d === 0 ? 1 : bestGenerator(kernel, products);
    for (let i = 0; i < count; i++) {
      const at = (i * generator) % count;
      products[i] *= 1 + weight * kernel[at];
      points[i * dimensions + d] = at / count;
    }
  }
  return points;
}

/** 2 pi^2 (x^2 - x + 1/6): the kernel of the worst-case error, mean zero. */
function bernoulli2(x: number): number {
  return 2 * Math.PI ** 2 * (x * x - x + 1 / 6);
}

/** Errors that differ by less, relatively, are the same: z and its inverse make mirror images in two dimensions. The last of them is taken. */
const ROUNDING = 1e-9;

/**
 * The next component: coprime to the count, and up to count / 2, for z and -z make the same lattice. Points i and count - i have the same share in
 * the error, and those that are their own mirror images have one that is the same for all.
 */
function bestGenerator(kernel: Float64Array, products: Float64Array): number {
  const count = kernel.length;
  let [best, least] = [1, Number.MAX_VALUE];
  for (let z = 1; z <= Math.max(1, count >> 1); z++) {
    if (commonDivisor(z, count) !== 1) continue;
    let error = 0;
    for (let i = 1, at = z; 2 * i < count; i++, at = at + z < count ? at + z : at + z - count)
      error += products[i] * kernel[at];
    if (error < least + ROUNDING * Math.abs(least)) [best, least] = [z, error];
  }
  return best;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
