import type { CrossProducts, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { partialCholesky, solveLower } from "../../math/linalg/cholesky.js";
import { blockCholesky } from "../factorisations/EffectsHessian.js";
import { addCrossProduct, type CrossBlocks, crossBlocks } from "./crossBlocks.js";

/** What is left of the Gaussian approximation at given parameters when the effects of some factors have been eliminated. */
export interface ReducedSystem {
  /** Effects that are left, m. */
  readonly size: number;
  /** Z'WZ + P, reduced; m x m, row-major, lower triangle. */
  readonly K: Float64Array;
  /** Z'WX, reduced; m x p. */
  readonly A: Float64Array;
}

/** Eliminates the factors of `tree`, which are nested, and leaves those of `rest`, in that order. Null if that fails. */
export function eliminateTree(
  view: LatentGaussian,
  products: CrossProducts,
  values: LatentValues,
  tree: readonly number[],
  rest: readonly number[],
): ReducedSystem | null {
  const nested = [...tree].sort((a, b) => a - b);
  const sub = subView(view, nested);
  const factorisation = blockCholesky(sub.view);
  const blocks = nested.map((f) => withPrecision(view, products, values, f));
  if (factorisation.factor({ factors: blocks, pairs: sub.pairs.map((k) => products.pairs[k]) }) === null) return null;
  const system = startSystem(view, products, values, rest);
  const tied = rest.map((f) => nested.map((other) => tie(view, products, f, other)));
  const x = nested.map((f) => new Float64Array(view.factors[f].levels * view.factors[f].effects));
  const reduced = new Float64Array(system.size);
  const reduce = () => {
    factorisation.solve(x);
    multiplyTied(tied, x, reduced);
  };
  const p = view.sizes.beta;
  for (let k = 0; k < p; k++) {
    nested.forEach((f, t) => {
      for (let i = 0; i < x[t].length; i++) x[t][i] = products.factors[f].ZWX[i * p + k];
    });
    reduce();
    for (let i = 0; i < system.size; i++) system.A[i * p + k] -= reduced[i];
  }
  let column = 0;
  for (const ties of tied)
    for (let i = 0; i < ties[0].size; i++, column++) {
      ties.forEach(({ cross, q, width }, t) => {
        rowOf(cross, q, width, i, x[t]);
      });
      reduce();
      for (let r = column; r < system.size; r++) system.K[r * system.size + column] -= reduced[r];
    }
  return system;
}

/** C between a factor of `size` effects, q a level, and one with `width` a level. */
interface Tie {
  readonly cross: CrossBlocks;
  readonly size: number;
  readonly q: number;
  readonly width: number;
}

function tie(view: LatentGaussian, products: CrossProducts, f: number, other: number): Tie {
  const { levels, effects: q } = view.factors[f];
  return { cross: crossBlocks(view, products, f, other), size: levels * q, q, width: view.factors[other].effects };
}

/** out = C x, factor by factor of what is left. */
function multiplyTied(tied: readonly (readonly Tie[])[], x: readonly Float64Array[], out: Float64Array): void {
  out.fill(0);
  let at = 0;
  for (const ties of tied) {
    const own = out.subarray(at, at + ties[0].size);
    ties.forEach(({ cross, q, width }, t) => {
      addCrossProduct(cross, q, width, x[t], own);
    });
    at += ties[0].size;
  }
}

/** Eliminates the first n effects. Null where the matrix is not positive definite. */
export function eliminateFirst({ size, K, A }: ReducedSystem, n: number, p: number): ReducedSystem | null {
  const L = K.slice();
  if (!partialCholesky(L, size, n)) return null;
  const left = size - n;
  const Y = A.slice(0, n * p);
  for (let k = 0; k < p; k++) solveLower(L, n, Y, 0, k, p, size);
  const reduced = { size: left, K: new Float64Array(left * left), A: A.slice(n * p) };
  for (let r = 0; r < left; r++) {
    const row = (n + r) * size;
    for (let c = 0; c <= r; c++) reduced.K[r * left + c] = L[row + n + c];
    for (let i = 0; i < n; i++) for (let k = 0; k < p; k++) reduced.A[r * p + k] -= L[row + i] * Y[i * p + k];
  }
  return reduced;
}

/** The factors `kept` (ascending) alone, with the positions of their pairs among all. */
function subView(view: LatentGaussian, kept: readonly number[]): { view: LatentGaussian; pairs: readonly number[] } {
  const factors = kept.map((f) => {
    const { parent } = view.factors[f];
    const at = parent === null ? -1 : kept.indexOf(parent.factor);
    return { ...view.factors[f], parent: parent === null || at < 0 ? null : { ...parent, factor: at } };
  });
  const pairs = view.pairs.flatMap(({ first, second }, k) =>
    kept.includes(first) && kept.includes(second) ? [k] : [],
  );
  const renumbered = pairs.map((k) => ({
    ...view.pairs[k],
    first: kept.indexOf(view.pairs[k].first),
    second: kept.indexOf(view.pairs[k].second),
  }));
  return { view: { ...view, factors, pairs: renumbered, structure: kept.length > 1 ? "nested" : "single" }, pairs };
}

/** The blocks of Z'WZ + P of a factor. */
function withPrecision(view: LatentGaussian, products: CrossProducts, values: LatentValues, f: number): Float64Array {
  const { effects: q } = view.factors[f];
  const P = new Float64Array(q * q);
  view.precision(values.Lambda[f], P);
  return products.factors[f].ZWZ.map((value, k) => value + P[k % (q * q)]);
}

function startSystem(
  view: LatentGaussian,
  products: CrossProducts,
  values: LatentValues,
  rest: readonly number[],
): ReducedSystem {
  const starts = [0];
  for (const f of rest) starts.push(starts[starts.length - 1] + view.factors[f].levels * view.factors[f].effects);
  const size = starts[rest.length];
  const p = view.sizes.beta;
  const K = new Float64Array(size * size);
  const A = new Float64Array(size * p);
  rest.forEach((f, k) => {
    const { levels, effects: q } = view.factors[f];
    A.set(products.factors[f].ZWX, starts[k] * p);
    const own = withPrecision(view, products, values, f);
    for (let i = 0; i < levels * q; i++)
      for (let c = 0; c < q; c++) K[(starts[k] + i) * size + starts[k] + i - (i % q) + c] = own[i * q + c];
    rest.slice(0, k).forEach((other, m) => {
      const cross = crossBlocks(view, products, f, other);
      const width = view.factors[other].effects;
      for (let i = 0; i < levels * q; i++)
        rowOf(
          cross,
          q,
          width,
          i,
          K.subarray((starts[k] + i) * size + starts[m], (starts[k] + i) * size + starts[m + 1]),
        );
    });
  });
  return { size, K, A };
}

/** Row i of C, over all effects of the other factor. */
function rowOf({ start, levels, blocks }: CrossBlocks, q: number, width: number, i: number, out: Float64Array): void {
  const [level, c] = [Math.floor(i / q), i % q];
  out.fill(0);
  for (let m = start[level]; m < start[level + 1]; m++)
    for (let e = 0; e < width; e++) out[levels[m] * width + e] = blocks[(m * q + c) * width + e];
}
