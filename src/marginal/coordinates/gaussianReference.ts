import type { CrossProducts, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { GaussianReference, GaussianSite, GenerationReference } from "../../density/TransportReference.js";
import { lowerCholesky } from "../../math/linalg/cholesky.js";
import { crossBlocks } from "./crossBlocks.js";
import { eliminationOrder, generationReference, sizeOf } from "./effectsReference.js";

/** The fronts of an evaluation may hold this many numbers, or as many a row: then it is dearer than what it saves. */
const LARGEST_FRONTS = 2e5;
const LARGEST_FRONTS_PER_ROW = 20;

/**
 * The reference of an integrated density, made at a mode of (beta, theta, dispersion) with its covariance. Null where the eliminations
 * would cost too much.
 */
export function gaussianReference(
  view: LatentGaussian,
  position: Float64Array,
  covariance: Float64Array,
): GaussianReference | null {
  const { tree, rest } = eliminationOrder(view);
  const p = view.sizes.beta;
  const root = rest.reduce((sum, f) => sum + sizeOf(view, f), p);
  const fronts = tree.reduce((sum, f) => sum + view.factors[f].levels * (root + 1) ** 2, root ** 2);
  if (fronts > Math.max(LARGEST_FRONTS, LARGEST_FRONTS_PER_ROW * view.rows)) return null;
  const scale = lowerCholesky(trailing(covariance, p), position.length - p);
  if (scale === null) return null;
  const products = view.crossProducts();
  view.accumulate(new Float64Array(view.rows).fill(1), products);
  const values = view.values();
  view.read(position, values);
  const { residuals, sigma } = residualsAt(view, values);
  const generations = tree.map((f, g) =>
    rooted(view, products, generationReference(view, products, f, tree.slice(g + 1)), rest),
  );
  return {
    kind: "integrated",
    rows: view.rows,
    position,
    scale,
    beta: values.beta.slice(),
    shapes: [
      ...view.factors.map(({ levels, effects }, f) => ({ levels: rest.includes(f) ? 0 : levels, effects })),
      { levels: 1, effects: root },
    ],
    sites: sitesOf(view, tree, rest),
    tree: { kind: "tree", generations: [...generations, rootGeneration(view, products, rest)] },
    information: informationOf(view, rest, residuals),
    squares: residuals.reduce((sum, residual) => sum + residual * residual, 0),
    sigma,
  };
}

/** The block of all but the first p coordinates. */
function trailing(matrix: Float64Array, p: number): Float64Array {
  const n = Math.round(Math.sqrt(matrix.length));
  return Float64Array.from({ length: (n - p) ** 2 }, (_, k) => {
    const [r, c] = [p + Math.floor(k / (n - p)), p + (k % (n - p))];
    return matrix[r * n + c];
  });
}

/** y - X beta - offset, by way of the scores (y - eta) / sigma^2 without effects; sigma where it is no parameter. */
function residualsAt(view: LatentGaussian, { beta, Lambda, dispersion }: LatentValues) {
  const table = view.rowTable();
  const values = { beta, Lambda, dispersion: dispersion.map(() => 1) };
  const none = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  view.evaluateRows(values, none, 1, table);
  const sigma = table.psi[0][0];
  return { residuals: table.dEta.map((score) => score * sigma * sigma), sigma: dispersion.length > 0 ? null : sigma };
}

function sitesOf(view: LatentGaussian, tree: readonly number[], rest: readonly number[]): GaussianSite[] {
  const sites: GaussianSite[] = [];
  for (const f of tree) sites[f] = { shape: f, levels: view.factors[f].levels, starts: Int32Array.of(0) };
  let first = 0;
  for (const f of rest) {
    const { levels, effects: q } = view.factors[f];
    const start = first;
    sites[f] = {
      shape: view.factors.length,
      levels,
      starts: Int32Array.from({ length: levels }, (_, j) => start + j * q),
    };
    first += levels * q;
  }
  return sites;
}

function informationOf(view: LatentGaussian, rest: readonly number[], residuals: Float64Array): Float64Array[] {
  const parts = view.factors.map((_, f) => {
    const part = new Float64Array(sizeOf(view, f));
    view.crossEffects(f, residuals, part);
    return part;
  });
  const coefficients = new Float64Array(view.sizes.beta);
  view.crossBeta(residuals, coefficients);
  const root = [...rest.map((f) => parts[f]), coefficients].flatMap((part) => [...part]);
  return [...parts.map((part, f) => (rest.includes(f) ? new Float64Array(0) : part)), Float64Array.from(root)];
}

/** A generation with the root as its last ancestor. */
function rooted(
  view: LatentGaussian,
  products: CrossProducts,
  { factor, ancestors, curvature }: GenerationReference,
  rest: readonly number[],
): GenerationReference {
  const { levels, effects: q } = view.factors[factor];
  const p = view.sizes.beta;
  const before = Math.round(Math.sqrt(curvature.length / levels));
  const size = rest.reduce((sum, f) => sum + sizeOf(view, f), p);
  const width = before + size;
  const wider = new Float64Array(levels * width * width);
  for (let j = 0; j < levels; j++)
    for (let r = 0; r < before; r++)
      for (let c = 0; c < q; c++) wider[(j * width + r) * width + c] = curvature[(j * before + r) * before + c];
  let start = before;
  for (const f of rest) {
    const { start: first, levels: met, blocks } = crossBlocks(view, products, factor, f);
    const { effects: w } = view.factors[f];
    for (let j = 0; j < levels; j++)
      for (let m = first[j]; m < first[j + 1]; m++)
        for (let e = 0; e < w; e++)
          for (let c = 0; c < q; c++)
            wider[(j * width + start + met[m] * w + e) * width + c] = blocks[(m * q + c) * w + e];
    start += sizeOf(view, f);
  }
  const { ZWX } = products.factors[factor];
  for (let j = 0; j < levels; j++)
    for (let k = 0; k < p; k++)
      for (let c = 0; c < q; c++) wider[(j * width + start + k) * width + c] = ZWX[(j * q + c) * p + k];
  const root = { factor: view.factors.length, levelIndex: new Int32Array(levels) };
  return { factor, ancestors: [...ancestors, root], curvature: wider };
}

/** The effects of the other factors, then the coefficients. */
function rootGeneration(view: LatentGaussian, products: CrossProducts, rest: readonly number[]): GenerationReference {
  const p = view.sizes.beta;
  const size = rest.reduce((sum, f) => sum + sizeOf(view, f), p);
  const curvature = new Float64Array(size * size);
  let start = 0;
  rest.forEach((f, k) => {
    const { levels, effects: q } = view.factors[f];
    const { ZWZ, ZWX } = products.factors[f];
    for (let i = 0; i < levels * q; i++) {
      for (let c = 0; c < q; c++) curvature[(start + i) * size + start + i - (i % q) + c] = ZWZ[i * q + c];
      for (let c = 0; c < p; c++) curvature[(size - p + c) * size + start + i] = ZWX[i * p + c];
    }
    let left = 0;
    for (const other of rest.slice(0, k)) {
      const { start: first, levels: met, blocks } = crossBlocks(view, products, f, other);
      const { effects: w } = view.factors[other];
      for (let j = 0; j < levels; j++)
        for (let m = first[j]; m < first[j + 1]; m++)
          for (let c = 0; c < q; c++)
            for (let e = 0; e < w; e++)
              curvature[(start + j * q + c) * size + left + met[m] * w + e] = blocks[(m * q + c) * w + e];
      left += sizeOf(view, other);
    }
    start += levels * q;
  });
  for (let r = 0; r < p; r++)
    for (let c = 0; c < p; c++) curvature[(start + r) * size + start + c] = products.XWX[r * p + c];
  return { factor: view.factors.length, ancestors: [], curvature };
}
