import { solveLower } from "../math/linalg/cholesky.js";
import type { Generation } from "./nestedHessian.js";

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
  readonly size: number;
}

export function recordLayout(q: number, width: number): RecordLayout {
  const carry = width * q;
  const slope = carry + width - q;
  return { factor: 0, carry, slope, step: slope + q, Lambda: slope + 2 * q, size: slope + 2 * q + q * q };
}

/** Means over nodes of c, d, c d' and d d', and of what the levels nested in this one carry to its rows: of it and of it times d'. */
export interface Moments {
  readonly cross: Float64Array;
  readonly step: Float64Array;
  readonly crossStep: Float64Array;
  readonly stepStep: Float64Array;
  /** Length width: the ancestors' rows too. */
  readonly carry: Float64Array;
  readonly carryStep: Float64Array;
}

export function moments(q: number, width: number): Moments {
  const [cross, step] = [q, q].map((length) => new Float64Array(length));
  const [crossStep, stepStep, carryStep] = [0, 0, 0].map(() => new Float64Array(q * q));
  return { cross, step, crossStep, stepStep, carry: new Float64Array(width), carryStep };
}

/** Of K nodes: c is q x stride, d is q x K, weights sum to 1. */
export function takeMoments(
  { cross, step, crossStep, stepStep }: Moments,
  weights: Float64Array,
  c: Float64Array,
  stride: number,
  d: Float64Array,
  K: number,
): void {
  const q = step.length;
  for (let r = 0; r < q; r++) {
    let [first, second] = [0, 0];
    for (let k = 0; k < K; k++) {
      first += weights[k] * c[r * stride + k];
      second += weights[k] * d[r * K + k];
    }
    cross[r] = first;
    step[r] = second;
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
  { cross, step, crossStep, stepStep, carry, carryStep }: Moments,
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

/** Moves a stretch of a mean by the share that one more value has in it. */
export function mix(mean: Float64Array, value: Float64Array, start: number, end: number, share: number): void {
  if (share === 1) for (let i = start; i < end; i++) mean[i] = value[i];
  else for (let i = start; i < end; i++) mean[i] += share * (value[i] - mean[i]);
}
