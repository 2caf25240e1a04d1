import { checkModel } from "./checkModel.js";
import * as D from "./descriptor.js";
import { instantiate, type KernelExports } from "./instantiate.js";
import { type Region, reservation } from "./layout.js";
import { copyColumns, floats, kernelTraits } from "./loader.js";

/** The rows of a model whose effects of one factor are to be integrated out, those of each level together. */
export interface NodeModel {
  /** A name of `kernelNames`. */
  readonly kernel: string;
  readonly rows: number;
  readonly response: Float64Array;
  readonly trials: Float64Array | null;
  /** Effects per level, q. */
  readonly effects: number;
  /** n x q, column-major; null for q = 1 with every covariate 1. */
  readonly Z: Float64Array | null;
  /** Nodes a level. */
  readonly nodes: number;
  /** Rows of the largest level. */
  readonly mostRows: number;
}

/** A model loaded into the memory of its own instance of the module. The arrays are views of that memory. */
export interface NodeKernel {
  /** Numbers from one effect of `shifts` and `cross` to the next: the number of nodes rounded up to even. */
  readonly stride: number;
  /** Input, length n. */
  readonly eta: Float64Array;
  /** Input, q x stride. */
  readonly shifts: Float64Array;
  /** Input, length stride: log weights, of which the last is ignored where the number of nodes is odd. Output: weights that sum to 1. */
  readonly weights: Float64Array;
  /** Outputs: Z'scores at each node, the dispersion's derivative there, and the mean scores of the rows. */
  readonly cross: Float64Array;
  readonly dispersionGradient: Float64Array;
  readonly scores: Float64Array;
  /**
   * The log of the sum over the nodes of weight times likelihood of the rows from `first` to before `end`, without the family's
   * remainder; NaN or -Infinity where it cannot be computed. Fills `weights` and, if asked for, the other outputs.
   */
  integrate(first: number, end: number, dispersion: number, derivatives: boolean): number;
}

/** Throws RangeError on an unknown kernel, an array of the wrong length, or a model over 4 GiB. */
export function loadNodeKernel(model: NodeModel): NodeKernel {
  const { kernel, rows, effects, nodes, Z } = model;
  const traits = kernelTraits(kernel);
  const factor = { levels: 1, effects, levelIndex: new Int32Array(rows), Z };
  checkModel({ ...model, X: new Float64Array(0), columns: 0, offset: null, factors: [factor] }, traits.needsTrials);
  const { stride, regions, bytes } = layOutNodes(model);
  const columnBytes = columnBytesOf(rows);
  const { exports, buffer } = instantiate(bytes);
  copyTwice(model.response, regions.response, buffer);
  if (regions.trials !== null && model.trials !== null) copyTwice(model.trials, regions.trials, buffer);
  if (regions.Z !== null && Z !== null) copyColumns(Z, rows, regions.Z, columnBytes, buffer);
  const view = new DataView(buffer);
  const put = (offset: number, value: number) => view.setUint32(D.DESCRIPTOR + offset, value, true);
  put(D.KERNEL, traits.code);
  put(D.STRIDE, columnBytes);
  put(D.NODES, stride);
  put(D.NODE_EFFECTS, effects);
  put(D.ETA, regions.eta.address);
  put(D.RESPONSE, regions.response.address);
  put(D.TRIALS, regions.trials?.address ?? 0);
  put(D.NODE_Z, regions.Z?.address ?? 0);
  put(D.NODE_SHIFTS, regions.shifts.address);
  put(D.NODE_CROSS, regions.cross.address);
  put(D.NODE_WEIGHTS, regions.weights.address);
  put(D.NODE_DISPERSION_GRADIENT, regions.dispersionGradient.address);
  put(D.NODE_SCORES, regions.scores.address);
  put(D.NODE_ETA, regions.scratch.address);
  return new LoadedNodes(exports, regions, buffer, nodes);
}

/** Where a model stands in memory, as `layOut` has it. */
export function layOutNodes({ rows, effects, nodes, Z, trials, mostRows }: NodeModel) {
  const { reserve, end } = reservation();
  const stride = nodes + (nodes % 2);
  const regions = {
    descriptor: reserve(D.NODE_DESCRIPTOR_BYTES),
    eta: reserve(8 * rows),
    response: reserve(16 * rows),
    trials: trials === null ? null : reserve(16 * rows),
    Z: Z === null ? null : reserve(columnBytesOf(rows) * effects),
    shifts: reserve(8 * stride * effects),
    cross: reserve(8 * stride * effects),
    weights: reserve(8 * stride),
    dispersionGradient: reserve(8 * stride),
    scores: reserve(8 * rows),
    scratch: reserve(8 * stride * mostRows),
  };
  return { stride, regions, bytes: end() };
}

function columnBytesOf(rows: number): number {
  return 8 * (rows + (rows % 2));
}

/** Each number in both lanes of a pair. */
function copyTwice(from: Float64Array, to: Region, buffer: ArrayBuffer): void {
  const target = floats(buffer, to);
  for (let i = 0; i < from.length; i++) target[2 * i] = target[2 * i + 1] = from[i];
}

type Outputs = "eta" | "shifts" | "weights" | "cross" | "dispersionGradient" | "scores";

class LoadedNodes implements NodeKernel {
  readonly stride: number;
  readonly eta: Float64Array;
  readonly shifts: Float64Array;
  readonly weights: Float64Array;
  readonly cross: Float64Array;
  readonly dispersionGradient: Float64Array;
  readonly scores: Float64Array;
  readonly #exports: KernelExports;
  readonly #dispersion: Float64Array;
  readonly #nodes: number;

  constructor(exports: KernelExports, layout: Record<Outputs, Region>, buffer: ArrayBuffer, nodes: number) {
    this.eta = floats(buffer, layout.eta);
    this.shifts = floats(buffer, layout.shifts);
    this.weights = floats(buffer, layout.weights);
    this.cross = floats(buffer, layout.cross);
    this.dispersionGradient = floats(buffer, layout.dispersionGradient);
    this.scores = floats(buffer, layout.scores);
    this.stride = this.weights.length;
    this.#exports = exports;
    this.#dispersion = new Float64Array(buffer, D.DESCRIPTOR + D.DISPERSION, 1);
    this.#nodes = nodes;
  }

  integrate(first: number, end: number, dispersion: number, derivatives: boolean): number {
    this.#dispersion[0] = dispersion;
    if (this.#nodes < this.stride) this.weights[this.#nodes] = -Infinity;
    return this.#exports.integrateNodes(first, end, derivatives ? 1 : 0);
  }
}
