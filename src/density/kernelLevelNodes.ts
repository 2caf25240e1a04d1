import type { FamilyKernel, Remainder } from "../family/Family.js";
import { NodeKernel } from "../kernel/nodeKernel.js";
import type { LevelNodes, RowScores } from "./LatentGaussian.js";
import type { LevelNodesParts } from "./plainLevelNodes.js";

/** By a fused SIMD kernel, two nodes at a time: at most one scalar dispersion. */
export function kernelLevelNodes(parts: LevelNodesParts & { readonly kernel: FamilyKernel }): LevelNodes {
  return new KernelLevelNodes(parts);
}

class KernelLevelNodes implements LevelNodes {
  readonly stride: number;
  readonly shifts: Float64Array;
  readonly value: Float64Array;
  readonly effects: Float64Array;
  private readonly parts: LevelNodesParts;
  private readonly kernel: NodeKernel;
  private readonly rest: Remainder;

  constructor({ kernel, ...parts }: LevelNodesParts & { readonly kernel: FamilyKernel }) {
    const { response, data, rows, capacity } = parts;
    const { count, evaluations } = capacity;
    this.parts = parts;
    this.stride = count + (count % 2);
    this.kernel = new NodeKernel({
      kernel: kernel.name,
      response: inOrder(response.values, rows.rows),
      trials: response.trials === null ? null : inOrder(response.trials, rows.rows),
      Z: data.Z === null ? null : rowMajor(data.Z, data.effects, rows.rows),
      effects: data.effects,
      start: rows.start,
      capacity: { count, nodes: evaluations * this.stride, rowNodes: capacity.rows * this.stride },
    });
    this.shifts = this.kernel.shifts;
    this.value = this.kernel.value;
    this.effects = this.kernel.effects;
    this.rest = kernel.remainder(response.values, response.trials);
  }

  evaluate(level: number, eta: Float64Array, psi: Float64Array, at: number, rowAt: number): void {
    const { kernel, stride, shifts } = this;
    const { rows, dispersion, data, capacity } = this.parts;
    const [first, end] = [rows.start[level], rows.start[level + 1]];
    for (let r = first; r < end; r++) kernel.rows[r - first] = eta[rows.rows[r]];
    if (stride > capacity.count) {
      const last = (stride - 1) * data.effects;
      shifts.copyWithin(last, last - data.effects, last);
    }
    const phi = dispersion.phi(psi[rows.rows[first]]);
    kernel.evaluate(first, end - first, stride, at * stride, rowAt * stride, phi);
  }

  weighScores(
    level: number,
    at: number,
    rowAt: number,
    weights: Float64Array,
    weightsAt: number,
    scores: RowScores,
  ): void {
    const { kernel, stride } = this;
    const { rows, dispersion, capacity } = this.parts;
    const [first, end] = [rows.start[level], rows.start[level + 1]];
    for (let k = 0; k < capacity.count; k++) kernel.weights[k] = weights[weightsAt + k];
    kernel.weighScores(end - first, stride, rowAt * stride);
    for (let r = first; r < end; r++) scores.eta[rows.rows[r]] = kernel.rows[r - first];
    if (dispersion.size === 0) return;
    let total = 0;
    for (let k = 0; k < capacity.count; k++) total += kernel.weights[k] * kernel.dispersionGradient[at * stride + k];
    for (let r = first; r < end; r++) scores.psi[rows.rows[r]] = r === first ? total : 0;
  }

  remainder(values: Float64Array, gradient: Float64Array | null): number {
    const out = { dDispersion: 0 };
    const { dispersion } = this.parts;
    const value = this.rest(dispersion.phi(dispersion.size > 0 ? values[0] : dispersion.fixed), out);
    if (gradient !== null && dispersion.size > 0) gradient[0] += out.dDispersion;
    return value;
  }
}

const inOrder = (column: Float64Array, rows: Int32Array) => Float64Array.from(rows, (i) => column[i]);

function rowMajor(Z: Float64Array, q: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(Z.length);
  for (let r = 0; r < rows.length; r++) for (let e = 0; e < q; e++) out[r * q + e] = Z[e * rows.length + rows[r]];
  return out;
}
