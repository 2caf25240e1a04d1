import { checkModel } from "./checkModel.js";
import * as D from "./descriptor.js";
import { instantiate, type KernelExports } from "./instantiate.js";
import type { KernelModel } from "./LikelihoodKernel.js";
import { type Region, reservation } from "./layout.js";
import { floats, kernelTraits } from "./loader.js";
import { rowKernelNames } from "./RowKernel.js";

/** The families whose models with one factor the module integrates out. */
export const factorKernelNames = rowKernelNames;

/** Points of the standard normal in q dimensions: x, q x count, and the log of what each counts besides the integrand, log weight + |x|^2 / 2. */
export interface StandardNodes {
  readonly count: number;
  readonly x: Float64Array;
  readonly logFactors: Float64Array;
}

/** The exponential of a linear predictor there is 0. */
const PAD_OFFSET = -1000;

/**
 * A model with random effects of one factor alone, J levels of q, in the memory of its own instance of the module, to have them integrated
 * out. The arrays are views of that memory.
 */
export class FactorKernel {
  /** The most nodes a level. */
  readonly mostNodes: number;
  /** In, where the searches start; out, the modes of u, b = Lambda u: J x q. */
  readonly modes: Float64Array;
  /** Outputs: the lower factors of the curvatures there, J x q x q. */
  readonly factors: Float64Array;
  /** J x q x 3: the means of each effect less its mode, of its square and of its cube. */
  readonly moments: Float64Array;
  /** Where derivatives are asked for: those in beta and, q x q, in Lambda's lower triangle. */
  readonly betaGradient: Float64Array;
  readonly LambdaGradient: Float64Array;
  readonly #beta: Float64Array;
  readonly #Lambda: Float64Array;
  readonly #x: Float64Array;
  readonly #logWeights: Float64Array;
  readonly #nodes: Uint32Array;
  readonly #exports: KernelExports;

  /**
   * Throws RangeError on a kernel other than `factorKernelNames`, more or fewer factors than one, an array of the wrong length, a level that
   * does not exist, or where it does not fit in 4 GiB.
   */
  constructor(model: KernelModel, mostNodes: number) {
    const traits = kernelTraits(model.kernel);
    checkModel(model, traits.needsTrials);
    if (!factorKernelNames.includes(model.kernel) || model.factors.length !== 1)
      throw new RangeError(`kernel "${model.kernel}" does not integrate ${model.factors.length} factors out`);
    const order = paddedOrder(model);
    const { at, bytes } = layOutFactor(model, order, mostNodes);
    const { exports, buffer } = instantiate(bytes);
    const view = new DataView(buffer);
    const put = (offset: number, value: number) => view.setUint32(D.DESCRIPTOR + offset, value, true);
    for (const [offset, { address }] of at) put(offset, address);
    put(D.KERNEL, traits.code);
    put(D.ROWS, order.rows.length);
    put(D.COLUMNS, model.columns);
    put(D.STRIDE, 8 * order.rows.length);
    put(D.LEVELS, model.factors[0].levels);
    put(D.NODE_EFFECTS, model.factors[0].effects);
    const region = (offset: number) => floats(buffer, at.get(offset) ?? NOWHERE);
    copyRows(model, order, region);
    const starts = at.get(D.LEVEL_STARTS) ?? NOWHERE;
    new Uint32Array(buffer, starts.address, order.starts.length).set(order.starts.map((row) => 8 * row));
    this.mostNodes = mostNodes;
    this.modes = region(D.LEVEL_MODES);
    this.factors = region(D.LEVEL_FACTORS);
    this.moments = region(D.LEVEL_MOMENTS);
    this.betaGradient = region(D.BETA_GRADIENT);
    this.LambdaGradient = region(D.LAMBDA_GRADIENT);
    this.#beta = region(D.BETA);
    this.#Lambda = region(D.LAMBDA);
    this.#x = region(D.NODE_X);
    this.#logWeights = region(D.NODE_LOG_WEIGHTS);
    this.#nodes = new Uint32Array(buffer, D.DESCRIPTOR + D.NODES, 1);
    this.#exports = exports;
  }

  /**
   * The log-likelihood with u ~ N(0, I) of each level integrated out at these nodes about its mode, at most `mostNodes`, without the family's
   * remainder; NaN where it cannot be computed, which is also where an intercept or a linear predictor with one is beyond 150.
   */
  integrate(beta: Float64Array, Lambda: Float64Array, nodes: StandardNodes, derivatives: boolean): number {
    const { count, x, logFactors } = nodes;
    const stride = count + (count % 2);
    this.#nodes[0] = stride;
    this.#x.fill(0);
    for (let from = 0, to = 0; from < x.length; from += count, to += stride)
      this.#x.set(x.subarray(from, from + count), to);
    this.#logWeights.set(logFactors);
    if (stride > count) this.#logWeights[count] = Number.NEGATIVE_INFINITY;
    this.#beta.set(beta);
    this.#Lambda.set(Lambda);
    return this.#exports.integrateFactor(derivatives ? 1 : 0);
  }
}

const NOWHERE: Region = { address: 0, bytes: 0 };

/** Rows level by level, -1 for those that make a level's number even; level j has the places from starts[j] to before starts[j + 1]. */
interface PaddedOrder {
  readonly rows: Int32Array;
  readonly starts: Int32Array;
}

export function paddedOrder({ factors: [{ levels, levelIndex }] }: KernelModel): PaddedOrder {
  const starts = new Int32Array(levels + 1);
  for (const level of levelIndex) starts[level + 1]++;
  for (let j = 0; j < levels; j++) starts[j + 1] += starts[j] + (starts[j + 1] % 2);
  const rows = new Int32Array(starts[levels]).fill(-1);
  const next = starts.slice();
  levelIndex.forEach((level, row) => {
    rows[next[level]++] = row;
  });
  return { rows, starts };
}

/** Regions by their place in the descriptor. */
export function layOutFactor({ columns, trials, factors }: KernelModel, { rows, starts }: PaddedOrder, nodes: number) {
  const [{ levels, effects: q, Z }] = factors;
  const { reserve, end } = reservation();
  reserve(D.LEVELS_DESCRIPTOR_BYTES);
  let mostRows = 0;
  for (let j = 0; j < levels; j++) mostRows = Math.max(mostRows, starts[j + 1] - starts[j]);
  const [column, atNodes] = [8 * rows.length, 8 * (nodes + (nodes % 2))];
  const numbers: readonly (readonly [number, number])[] = [
    [D.BETA, 8 * columns],
    [D.BETA_GRADIENT, 8 * columns],
    [D.LAMBDA, 8 * q * q],
    [D.LAMBDA_GRADIENT, 8 * q * q],
    [D.WORKSPACE, 8 * (D.WORK_VECTORS * q + D.WORK_MATRICES * q * q)],
    [D.NODE_X, q * atNodes],
    [D.NODE_LOG_WEIGHTS, atNodes],
    [D.NODE_WEIGHTS, atNodes],
    [D.NODE_SHIFTS, q * atNodes],
    [D.NODE_STEPS, q * atNodes],
    [D.LEVEL_STARTS, 4 * (levels + 1)],
    [D.LEVEL_RESPONSES, 8 * levels],
    [D.LEVEL_MODES, 8 * levels * q],
    [D.LEVEL_FACTORS, 8 * levels * q * q],
    [D.LEVEL_MOMENTS, 24 * levels * q],
    [D.ETA, column],
    [D.OFFSET, column],
    [D.ROW_RESPONSE, column],
    [D.ROW_FIXED, column],
    [D.ROW_TABLE, 32 * mostRows],
    [D.X, column * columns],
    ...(trials === null ? [] : [[D.ROW_TRIALS, column] as const]),
  ];
  const ofEffects: readonly (readonly [number, number])[] = [
    [D.NODE_Z, column * q],
    [D.NODE_CROSS, q * atNodes],
    [D.NODE_DISPERSION_GRADIENT, atNodes],
    [D.NODE_ETA, atNodes * mostRows],
    [D.NODE_SCORES, column],
    [D.RESPONSE, 2 * column],
    ...(trials === null ? [] : [[D.TRIALS, 2 * column] as const]),
  ];
  const all = Z === null ? numbers : [...numbers, ...ofEffects];
  const at = new Map(all.map(([offset, bytes]) => [offset, reserve(bytes)]));
  return { at, bytes: end() };
}

function copyRows(
  { rows: n, columns, X, offset, response, trials, factors }: KernelModel,
  { rows }: PaddedOrder,
  region: (offset: number) => Float64Array,
): void {
  const [{ levelIndex, effects, Z }] = factors;
  const places = rows.length;
  const regions = [D.OFFSET, D.ROW_RESPONSE, D.LEVEL_RESPONSES, D.X, D.NODE_Z, D.RESPONSE, D.ROW_TRIALS, D.TRIALS].map(
    region,
  );
  const [offsets, responses, sums, toX, toZ, responsesTwice, sizes, sizesTwice] = regions;
  const copyColumns = (count: number, from: Float64Array, to: Float64Array, place: number, row: number) => {
    for (let k = 0; k < count; k++) to[k * places + place] = from[k * n + row];
  };
  rows.forEach((row, place) => {
    offsets[place] = row < 0 ? PAD_OFFSET : (offset?.[row] ?? 0);
    if (row < 0) return;
    responses[place] = response[row];
    sums[levelIndex[row]] += response[row];
    if (trials !== null) sizes[place] = trials[row];
    copyColumns(columns, X, toX, place, row);
    if (Z === null) return;
    copyColumns(effects, Z, toZ, place, row);
    responsesTwice.fill(response[row], 2 * place, 2 * place + 2);
    if (trials !== null) sizesTwice.fill(trials[row], 2 * place, 2 * place + 2);
  });
}
