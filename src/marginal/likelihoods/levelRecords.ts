import { solveLower } from "../../math/linalg/cholesky.js";
import type { Generation } from "../factorisations/nestedHessian.js";

/**
 * What the derivatives need of an integral over one level: means over its nodes, each level's numbers one after another so that means of
 * means can be taken of any stretch of them. With u = u^ + d the effects, y the d of the ancestors, c = Z's, g = Lambda' c - u what
 * moving u alone would bring, and h = L^-1 g (of the level's own rows):
 */
export interface RecordLayout {
  /** E (d, y) h', width x q: minus the derivative in L, but for that of log |L|. */
  readonly factor: 0;
  /** (L h) in the ancestors' rows, of this level and of all that is nested in it. */
  readonly carry: number;
  /** E g and E d. */
  readonly slope: number;
  readonly step: number;
  /** E c u', q x q: the derivative in Lambda. */
  readonly Lambda: number;
  /** Means of the squares and of the cubes of Lambda d, q each. */
  readonly square: number;
  readonly cube: number;
  readonly size: number;
}

export function recordLayout(q: number, width: number): RecordLayout {
  const carry = width * q;
  const slope = carry + width - q;
  const Lambda = slope + 2 * q;
  const square = Lambda + q * q;
  return { factor: 0, carry, slope, step: slope + q, Lambda, square, cube: square + q, size: square + 2 * q };
}

/** Means over nodes of c, d, c d' and d d', and of what the levels nested in this one carry to its rows: of it and of it times d'. */
export interface Moments {
  readonly cross: Float64Array;
  readonly step: Float64Array;
  readonly crossStep: Float64Array;
  readonly stepStep: Float64Array;
  /** Of the squares and cubes of the shifts, d on the original scale. */
  readonly square: Float64Array;
  readonly cube: Float64Array;
  /** Length width: the ancestors' rows too. */
  readonly carry: Float64Array;
  readonly carryStep: Float64Array;
}

export function moments(q: number, width: number): Moments {
  const [cross, step, square, cube] = [q, q, q, q].map((length) => new Float64Array(length));
  const [crossStep, stepStep, carryStep] = [0, 0, 0].map(() => new Float64Array(q * q));
  return { cross, step, crossStep, stepStep, square, cube, carry: new Float64Array(width), carryStep };
}

/** Of K nodes: c and the shifts are q x stride, d is q x K, weights sum to 1. */
export function takeMoments(
  { cross, step, crossStep, stepStep, square, cube }: Moments,
  weights: Float64Array,
  c: Float64Array,
  shifts: Float64Array,
  stride: number,
  d: Float64Array,
  K: number,
): void {
  const q = step.length;
  for (let r = 0; r < q; r++) {
    let [first, second, squared, cubed] = [0, 0, 0, 0];
    for (let k = 0; k < K; k++) {
      first += weights[k] * c[r * stride + k];
      second += weights[k] * d[r * K + k];
      const shift = shifts[r * stride + k];
      squared += weights[k] * shift * shift;
      cubed += weights[k] * shift * shift * shift;
    }
    cross[r] = first;
    step[r] = second;
    square[r] = squared;
    cube[r] = cubed;
    for (let s = 0; s < q; s++) {
      let [mixed, squares] = [0, 0];
      for (let k = 0; k < K; k++) {
        const weighted = weights[k] * d[s * K + k];
        mixed += weighted * c[r * stride + k];
        squares += weighted * d[r * K + k];
      }
      crossStep[r * q + s] = mixed;
      stepStep[r * q + s] = squares;
    }
  }
}

/** Writes the record of a level from its moments; `path` is d at one node, or anything in its place, and then y. */
export function writeRecord(
  { q, width, fronts }: Generation,
  level: number,
  Lambda: Float64Array,
  u: Float64Array,
  path: Float64Array,
  { cross, step, crossStep, stepStep, square, cube, carry, carryStep }: Moments,
  out: Float64Array,
  to: number,
): void {
  const at = recordLayout(q, width);
  const front = level * width * width;
  const h = to + at.factor;
  // The last of the ancestors' rows of E (d, y) h' has room for E h only where there are ancestors: it is made in `slope` first.
  for (let e = 0; e < q; e++) {
    let slope = -u[level * q + e] - step[e];
    for (let a = e; a < q; a++) slope += Lambda[a * q + e] * cross[a];
    out[to + at.slope + e] = slope - carry[e];
    out[to + at.step + e] = step[e];
    out[to + at.square + e] = square[e];
    out[to + at.cube + e] = cube[e];
    for (let r = 0; r < q; r++) {
      let product = -u[level * q + e] * step[r] - stepStep[r * q + e] - carryStep[e * q + r];
      for (let a = e; a < q; a++) product += Lambda[a * q + e] * crossStep[a * q + r];
      out[h + r * q + e] = product;
      out[to + at.Lambda + e * q + r] = cross[e] * u[level * q + r] + crossStep[e * q + r];
    }
  }
  for (let r = 0; r < q; r++) solveLower(fronts, q, out, front, h + r * q, 1, width);
  if (width > q) writeAncestors({ q, width, fronts }, front, path, carry, out, to);
  for (let e = 0; e < q; e++) out[to + at.slope + e] += carry[e];
}

/** y E h' and what is carried on, from g less what was carried here in the place of the slope. */
function writeAncestors(
  { q, width, fronts }: Pick<Generation, "q" | "width" | "fronts">,
  front: number,
  path: Float64Array,
  carry: Float64Array,
  out: Float64Array,
  to: number,
): void {
  const at = recordLayout(q, width);
  const first = to + q * q;
  for (let c = 0; c < q; c++) out[first + c] = out[to + at.slope + c];
  solveLower(fronts, q, out, front, first, 1, width);
  for (let a = width - 1; a >= q; a--) {
    let carried = carry[a];
    for (let c = 0; c < q; c++) {
      const h = out[first + c];
      carried += fronts[front + a * width + c] * h;
      out[to + a * q + c] = path[a] * h;
    }
    out[to + at.carry + a - q] = carried;
  }
}

/** The moments of one level's b = Lambda u from its record, at the level's place in the arrays of its factor. */
export function writeMoments(
  { q, width }: Generation,
  level: number,
  Lambda: Float64Array,
  u: Float64Array,
  records: Float64Array,
  from: number,
  out: { readonly means: Float64Array; readonly sds: Float64Array; readonly skewness: Float64Array },
): void {
  const at = recordLayout(q, width);
  for (let e = 0; e < q; e++) {
    let [mode, moved] = [0, 0];
    for (let c = 0; c <= e; c++) {
      mode += Lambda[e * q + c] * u[level * q + c];
      moved += Lambda[e * q + c] * records[from + at.step + c];
    }
    const squares = records[from + at.square + e];
    const variance = Math.max(0, squares - moved * moved);
    const third = records[from + at.cube + e] - 3 * moved * squares + 2 * moved * moved * moved;
    out.means[level * q + e] = mode + moved;
    out.sds[level * q + e] = Math.sqrt(variance);
    out.skewness[level * q + e] = variance > 0 ? third / (variance * Math.sqrt(variance)) : 0;
  }
}

/** Moves a stretch of a mean by the share that one more value has in it. */
export function mix(mean: Float64Array, value: Float64Array, start: number, end: number, share: number): void {
  if (share === 1) for (let i = start; i < end; i++) mean[i] = value[i];
  else for (let i = start; i < end; i++) mean[i] += share * (value[i] - mean[i]);
}
