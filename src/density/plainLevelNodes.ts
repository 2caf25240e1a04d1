import type { ResponseDesign } from "../design/Design.js";
import type { RowLikelihood } from "../family/Family.js";
import type { LevelNodes, NodeCapacity, RowScores } from "./LatentGaussian.js";
import type { Dispersion } from "./latentDispersion.js";
import type { RowsByLevel } from "./levelOperations.js";
import type { FactorData } from "./PredictorData.js";
import { rowDerivatives } from "./plainLikelihood.js";

/** What nodes are laid over: the levels of one factor and their rows. */
export interface LevelNodesParts {
  readonly response: ResponseDesign;
  readonly data: FactorData;
  readonly rows: RowsByLevel;
  readonly dispersion: Dispersion;
  readonly capacity: NodeCapacity;
}

/** The twin of the kernel: any family, and dispersions with a predictor of their own. */
export function plainLevelNodes(parts: LevelNodesParts & { readonly row: RowLikelihood }): LevelNodes {
  return new PlainLevelNodes(parts);
}

class PlainLevelNodes implements LevelNodes {
  readonly stride: number;
  readonly shifts: Float64Array;
  readonly value: Float64Array;
  readonly effects: Float64Array;
  /** Per row, K numbers. */
  private readonly dEta: Float64Array;
  private readonly dPsi: Float64Array;
  private readonly parts: LevelNodesParts & { readonly row: RowLikelihood };
  private readonly out = rowDerivatives();

  constructor(parts: LevelNodesParts & { readonly row: RowLikelihood }) {
    const { data, capacity } = parts;
    const q = data.effects;
    this.parts = parts;
    this.stride = capacity.count;
    this.shifts = new Float64Array(capacity.count * q);
    this.value = new Float64Array(capacity.evaluations * capacity.count);
    this.effects = new Float64Array(capacity.evaluations * capacity.count * q);
    this.dEta = new Float64Array(capacity.rows * capacity.count);
    this.dPsi = new Float64Array(capacity.rows * capacity.count);
  }

  evaluate(level: number, eta: Float64Array, psi: Float64Array, at: number, rowAt: number): void {
    const { stride: K, value, effects, out } = this;
    const { rows, data, response, row, dispersion } = this.parts;
    const { effects: q, Z, levelIndex } = data;
    value.fill(0, at * K, (at + 1) * K);
    effects.fill(0, at * K * q, (at + 1) * K * q);
    for (let r = rows.start[level]; r < rows.start[level + 1]; r++) {
      const i = rows.rows[r];
      const to = (rowAt + r - rows.start[level]) * K;
      const phi = dispersion.phi(psi[i]);
      const slope = dispersion.dPhi(psi[i]);
      for (let k = 0; k < K; k++) {
        const moved = eta[i] + shiftOf(Z, levelIndex.length, q, i, this.shifts, k * q);
        row.evaluate(response.values[i], response.trials === null ? 1 : response.trials[i], moved, phi, 1, out);
        value[at * K + k] += phi > 0 ? out.value : Number.NEGATIVE_INFINITY;
        this.dEta[to + k] = out.dEta;
        this.dPsi[to + k] = out.dDispersion * slope;
        for (let e = 0; e < q; e++)
          effects[(at * K + k) * q + e] += (Z === null ? 1 : Z[e * levelIndex.length + i]) * out.dEta;
      }
    }
  }

  weighScores(
    level: number,
    _at: number,
    rowAt: number,
    weights: Float64Array,
    weightsAt: number,
    scores: RowScores,
  ): void {
    const { stride: K, dEta, dPsi } = this;
    const { start, rows } = this.parts.rows;
    for (let r = start[level], from = rowAt * K; r < start[level + 1]; r++, from += K) {
      let [eta, psi] = [0, 0];
      for (let k = 0; k < K; k++) {
        eta += weights[weightsAt + k] * dEta[from + k];
        psi += weights[weightsAt + k] * dPsi[from + k];
      }
      scores.eta[rows[r]] = eta;
      scores.psi[rows[r]] = psi;
    }
  }

  remainder(): number {
    return 0;
  }
}

/** z_i' shift */
export function shiftOf(
  Z: Float64Array | null,
  rows: number,
  q: number,
  i: number,
  shift: Float64Array,
  at: number,
): number {
  if (Z === null) return shift[at];
  let total = 0;
  for (let e = 0; e < q; e++) total += Z[e * rows + i] * shift[at + e];
  return total;
}
