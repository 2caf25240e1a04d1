import * as D from "./descriptor.js";
import { instantiate, type KernelExports } from "./instantiate.js";
import { type Region, reservations } from "./layout.js";
import { floats } from "./loader.js";
import { traitsOf } from "./traits.js";

/** The rows of one grouping factor, in the order of its levels. */
export interface NodeKernelModel {
  /** A name of `kernelNames`. */
  readonly kernel: string;
  /** Length n. */
  readonly response: Float64Array;
  readonly trials: Float64Array | null;
  /** n x q, row-major; null where q = 1 and every covariate is 1. */
  readonly Z: Float64Array | null;
  /** Effects per level, q. */
  readonly effects: number;
  /** Where each level's rows start; length J + 1. */
  readonly start: Int32Array;
  readonly capacity: NodeCapacity;
}

/** How much is kept between `evaluate` and `weighScores`. */
export interface NodeCapacity {
  /** Nodes of one evaluation, K. */
  readonly count: number;
  /** Nodes of all evaluations that are kept, and the sum over them of a node's rows. */
  readonly nodes: number;
  readonly rowNodes: number;
}

/** See `LevelNodes`; counts of nodes are padded to even ones, so that every place stands on a pair. */
export class NodeKernel {
  /** K x q, K padded to even by a copy of the last node. */
  readonly shifts: Float64Array;
  readonly value: Float64Array;
  readonly effects: Float64Array;
  readonly dispersionGradient: Float64Array;
  /** In: a level's linear predictors; out of `weighScores`: the mean scores. As long as the largest level. */
  readonly rows: Float64Array;
  /** Length K, padded by a zero. */
  readonly weights: Float64Array;
  readonly #exports: KernelExports;
  readonly #dispersion: Float64Array;

  /** Throws RangeError on an unknown kernel, and where the nodes would take over 4 GiB. */
  constructor(model: NodeKernelModel) {
    const { response, trials, Z, effects: q, start, capacity } = model;
    const { code } = traitsOf(model.kernel);
    const even = (count: number) => count + (count % 2);
    const mostRows = start.reduce((most, at, j) => (j === 0 ? 0 : Math.max(most, at - start[j - 1])), 0);
    const { reserve, end } = reservations();
    const column = (length: number) => reserve(8 * length);
    const descriptor = reserve(D.NODE_END);
    const regions = {
      response: column(2 * response.length),
      trials: trials === null ? null : column(2 * response.length),
      Z: Z === null ? null : column(Z.length),
      shifts: column(even(capacity.count) * q),
      rows: column(mostRows),
      value: column(capacity.nodes),
      dispersionGradient: column(capacity.nodes),
      effects: column(capacity.nodes * q),
      scores: column(capacity.rowNodes),
      weights: column(even(capacity.count)),
    };
    const { exports, buffer } = instantiate(end());
    const view = new DataView(buffer, descriptor.address);
    const put = (offset: number, region: Region | null) => view.setUint32(offset, region?.address ?? 0, true);
    view.setUint32(D.KERNEL, code, true);
    view.setUint32(D.NODE_EFFECTS, q, true);
    put(D.RESPONSE, regions.response);
    put(D.TRIALS, regions.trials);
    put(D.NODE_Z, regions.Z);
    put(D.NODE_SHIFTS, regions.shifts);
    put(D.NODE_ROWS, regions.rows);
    put(D.NODE_VALUES, regions.value);
    put(D.NODE_DISPERSION_GRADIENTS, regions.dispersionGradient);
    put(D.NODE_EFFECTS_GRADIENTS, regions.effects);
    put(D.NODE_SCORES, regions.scores);
    put(D.NODE_WEIGHTS, regions.weights);
    writeTwice(response, floats(buffer, regions.response));
    if (trials !== null && regions.trials !== null) writeTwice(trials, floats(buffer, regions.trials));
    if (Z !== null && regions.Z !== null) floats(buffer, regions.Z).set(Z);
    this.shifts = floats(buffer, regions.shifts);
    this.value = floats(buffer, regions.value);
    this.effects = floats(buffer, regions.effects);
    this.dispersionGradient = floats(buffer, regions.dispersionGradient);
    this.rows = floats(buffer, regions.rows);
    this.weights = floats(buffer, regions.weights);
    this.#exports = exports;
    this.#dispersion = new Float64Array(buffer, descriptor.address + D.DISPERSION, 1);
  }

  /** `first` and `rows` are the level's among those of the model; `count` is K, padded. */
  evaluate(first: number, rows: number, count: number, nodeAt: number, scoreAt: number, dispersion: number): void {
    this.#dispersion[0] = dispersion;
    this.#exports.levelNodes(first, rows, count, nodeAt, scoreAt);
  }

  weighScores(rows: number, count: number, scoreAt: number): void {
    this.#exports.weighScores(rows, count, scoreAt);
  }
}

function writeTwice(values: Float64Array, to: Float64Array): void {
  for (let i = 0; i < values.length; i++) to[2 * i] = to[2 * i + 1] = values[i];
}
