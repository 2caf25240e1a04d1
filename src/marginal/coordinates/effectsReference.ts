import type { CrossProducts, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type {
  FactorReference,
  GenerationReference,
  StageReference,
  TransportReference,
} from "../../density/TransportReference.js";
import { symmetricEigen } from "../../math/linalg/symmetricEigen.js";
import { addBlockProduct, addCrossProduct, crossBlocks } from "./crossBlocks.js";
import { eliminateFirst, eliminateTree, type ReducedSystem } from "./ReducedSystem.js";

/** More effects than these are not eliminated by dense matrices. */
const LARGEST_REST = 2000;
/** A factor with more effects keeps the diagonal blocks of its curvature alone: to factor all of it at each gradient would cost more than it saves. */
const LARGEST_DENSE = 100;
/** With one effect a level the eigenvalues of the curvature make that cheaper. */
const LARGEST_SPECTRAL = 300;

/** The Gaussian approximation that a reference is made of: at `values` and the conditional modes, with the scores of the rows. */
export interface Approximation {
  readonly view: LatentGaussian;
  readonly products: CrossProducts;
  readonly values: LatentValues;
  readonly modes: readonly Float64Array[];
  readonly scores: Float64Array;
}

type EffectsReference = Pick<TransportReference, "factors" | "stages">;

/**
 * The part of a reference that is about the effects. Of the factors that nothing is nested in, the largest and those it is
 * nested in are eliminated first, as one tree; the others one by one, from the largest, by what is then left of their curvature.
 */
export function effectsReference(approximation: Approximation): EffectsReference | { readonly refusal: string } {
  const { view, products, values } = approximation;
  const p = view.sizes.beta;
  const { tree, rest } = eliminationOrder(view);
  const factors: FactorReference[] = [];
  for (const f of tree) factors[f] = treeFactor(approximation, f, tree, rest);
  const stages: StageReference[] = [
    { kind: "tree", generations: tree.map((f, g) => generationReference(view, products, f, tree.slice(g + 1))) },
  ];
  if (rest.length === 0) return { factors, stages };
  const size = rest.reduce((sum, f) => sum + sizeOf(view, f), 0);
  if (size > LARGEST_REST)
    return { refusal: `its crossed factors have ${size} effects besides the largest one's, more than ${LARGEST_REST}` };
  let system = eliminateTree(view, products, values, tree, rest);
  for (const [k, f] of rest.entries()) {
    if (system === null) return { refusal: "the curvature of its crossed factors is not positive definite" };
    const made = restFactor(approximation, system, f, rest.slice(k + 1));
    factors[f] = made.factor;
    stages.push(made.stage);
    system = eliminateFirst(system, sizeOf(view, f), p);
  }
  return { factors, stages };
}

/** The factors that are eliminated as one tree, from the finest to the coarsest, and the others from the largest. */
export function eliminationOrder(view: LatentGaussian): { readonly tree: number[]; readonly rest: number[] } {
  const tree = treeOf(view);
  const rest = view.factors.flatMap((_, f) => (tree.includes(f) ? [] : [f]));
  rest.sort((a, b) => sizeOf(view, b) - sizeOf(view, a));
  return { tree, rest };
}

export function sizeOf({ factors }: LatentGaussian, f: number): number {
  return factors[f].levels * factors[f].effects;
}

function treeOf(view: LatentGaussian): number[] {
  if (view.factors.length === 0) return [];
  const parents = new Set(view.factors.map(({ parent }) => parent?.factor));
  const finest = view.factors.flatMap((_, f) => (parents.has(f) ? [] : [f]));
  const tree = [finest.reduce((best, f) => (sizeOf(view, f) > sizeOf(view, best) ? f : best))];
  for (let { parent } = view.factors[tree[0]]; parent !== null; { parent } = view.factors[parent.factor])
    tree.push(parent.factor);
  return tree;
}

/** r = Z's + Z'WZ b within the tree. */
function treeFactor(
  { view, products, modes, scores }: Approximation,
  f: number,
  tree: readonly number[],
  rest: readonly number[],
): FactorReference {
  const { levels, effects: q } = view.factors[f];
  const r = new Float64Array(levels * q);
  view.crossEffects(f, scores, r);
  addBlockProduct(products.factors[f].ZWZ, q, modes[f], r);
  for (const other of tree)
    if (other !== f)
      addCrossProduct(crossBlocks(view, products, f, other), q, view.factors[other].effects, modes[other], r);
  const couplings = rest.map((other) => ({ factor: other, ...crossBlocks(view, products, f, other) }));
  return { levels, effects: q, mode: modes[f], r, A: products.factors[f].ZWX, couplings };
}

export function generationReference(
  view: LatentGaussian,
  products: CrossProducts,
  factor: number,
  others: readonly number[],
): GenerationReference {
  const { levels, effects: q } = view.factors[factor];
  const width = others.reduce((sum, other) => sum + view.factors[other].effects, q);
  const curvature = new Float64Array(levels * width * width);
  const { ZWZ } = products.factors[factor];
  for (let j = 0; j < levels; j++)
    for (let r = 0; r < q; r++)
      for (let c = 0; c < q; c++) curvature[(j * width + r) * width + c] = ZWZ[(j * q + r) * q + c];
  let start = q;
  const ancestors = others.map((other) => {
    const { effects: size } = view.factors[other];
    const { levels: levelIndex, blocks } = crossBlocks(view, products, factor, other);
    for (let j = 0; j < levels; j++)
      for (let e = 0; e < size; e++)
        for (let c = 0; c < q; c++) curvature[(j * width + start + e) * width + c] = blocks[(j * q + c) * size + e];
    start += size;
    return { factor: other, levelIndex };
  });
  return { factor, ancestors, curvature };
}

/** The first factor of a reduced system, with the curvature S that its own precision adds to; r = Z's + S b. */
function restFactor(
  { view, values, modes, scores }: Approximation,
  system: ReducedSystem,
  f: number,
  later: readonly number[],
): { readonly factor: FactorReference; readonly stage: StageReference } {
  const { levels, effects: q } = view.factors[f];
  const n = levels * q;
  const isDense = n <= (q === 1 ? LARGEST_SPECTRAL : LARGEST_DENSE);
  const width = isDense ? n : q;
  const P = new Float64Array(q * q);
  view.precision(values.Lambda[f], P);
  const S = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    const first = i - (i % width);
    for (let c = 0; c < width; c++) S[i * width + c] = entry(system, i, first + c);
    for (let c = 0; c < q; c++) S[i * width + i - (i % q) - first + c] -= P[(i % q) * q + c];
  }
  const r = new Float64Array(n);
  view.crossEffects(f, scores, r);
  addBlockProduct(S, width, modes[f], r);
  const A = system.A.slice(0, n * view.sizes.beta);
  let at = n;
  const couplings = later.map((other) => {
    const blocks = denseBlocks(view, system, f, other, at);
    at += sizeOf(view, other);
    return { factor: other, ...blocks };
  });
  return {
    factor: { levels, effects: q, mode: modes[f], r, A, couplings },
    stage: isDense
      ? coupledStage(f, q, S)
      : { kind: "tree", generations: [{ factor: f, ancestors: [], curvature: S }] },
  };
}

function coupledStage(factor: number, q: number, curvature: Float64Array): StageReference {
  if (q > 1) return { kind: "dense", factor, curvature };
  const n = Math.round(Math.sqrt(curvature.length));
  const { values, vectors } = symmetricEigen(curvature, n);
  const eigenvectors = new Float64Array(n * n);
  vectors.forEach((vector, k) => {
    eigenvectors.set(vector, k * n);
  });
  // What is eliminated leaves no negative curvature but by rounding.
  return { kind: "spectral", factor, eigenvalues: values.map((value) => Math.max(0, value)), eigenvectors };
}

function entry({ K, size }: ReducedSystem, r: number, c: number): number {
  return r >= c ? K[r * size + c] : K[c * size + r];
}

/** The blocks of a reduced system between its first factor and one whose effects start at `at`: all levels meet. */
function denseBlocks(view: LatentGaussian, system: ReducedSystem, f: number, other: number, at: number) {
  const [{ levels, effects: q }, { levels: others, effects: width }] = [view.factors[f], view.factors[other]];
  const blocks = new Float64Array(levels * others * q * width);
  let k = 0;
  for (let j = 0; j < levels; j++)
    for (let m = 0; m < others; m++)
      for (let c = 0; c < q; c++)
        for (let e = 0; e < width; e++, k++) blocks[k] = entry(system, at + m * width + e, j * q + c);
  return {
    start: Int32Array.from({ length: levels + 1 }, (_, j) => j * others),
    levels: Int32Array.from({ length: levels * others }, (_, m) => m % others),
    blocks,
  };
}
