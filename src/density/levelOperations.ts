import type { NodeRequest, NodeTable } from "./LatentGaussian.js";
import type { Dispersion } from "./latentDispersion.js";
import type { FactorData, PredictorData } from "./PredictorData.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";

/** The part of `LatentGaussian` that looks at the rows of one level at a time. */
export function levelOperations({ row, response }: ResponseModel, mean: PredictorData, dispersion: Dispersion) {
  const { values: y, trials } = response;
  const groups: (RowsByLevel | undefined)[] = [];
  const rowsByLevel = (factor: number): RowsByLevel => {
    groups[factor] ??= groupRows(mean.factors[factor]);
    return groups[factor];
  };
  const out = rowDerivatives();
  return {
    rowsByLevel,
    shiftLevel(factor: number, level: number, shift: Float64Array, shiftAt: number, eta: Float64Array): void {
      const { start, rows } = rowsByLevel(factor);
      for (let r = start[level]; r < start[level + 1]; r++)
        eta[rows[r]] += shiftOf(mean, factor, rows[r], shift, shiftAt);
    },
    crossLevel(factor: number, level: number, s: Float64Array, total: Float64Array, at: number): void {
      const { start, rows } = rowsByLevel(factor);
      const { effects: q, Z } = mean.factors[factor];
      for (let e = 0; e < q; e++) {
        let sum = 0;
        for (let r = start[level]; r < start[level + 1]; r++)
          sum += (Z === null ? 1 : Z[e * mean.rows + rows[r]]) * s[rows[r]];
        total[at + e] = sum;
      }
    },
    levelNodes(
      factor: number,
      level: number,
      eta: Float64Array,
      psi: Float64Array,
      { count: K, shifts, shiftsAt, nodeAt, rowAt }: NodeRequest,
      table: NodeTable,
    ): void {
      const { start, rows } = rowsByLevel(factor);
      const { effects: q, Z } = mean.factors[factor];
      table.value.fill(0, nodeAt, nodeAt + K);
      table.effects.fill(0, nodeAt * q, (nodeAt + K) * q);
      for (let r = start[level]; r < start[level + 1]; r++) {
        const i = rows[r];
        const to = (rowAt + r - start[level]) * K;
        const phi = dispersion.phi(psi[i]);
        const slope = dispersion.dPhi(psi[i]);
        for (let k = 0; k < K; k++) {
          const moved = eta[i] + shiftOf(mean, factor, i, shifts, shiftsAt + k * q);
          row.evaluate(y[i], trials === null ? 1 : trials[i], moved, phi, 1, out);
          table.value[nodeAt + k] += phi > 0 ? out.value : Number.NEGATIVE_INFINITY;
          table.dEta[to + k] = out.dEta;
          table.dPsi[to + k] = out.dDispersion * slope;
          for (let e = 0; e < q; e++)
            table.effects[(nodeAt + k) * q + e] += (Z === null ? 1 : Z[e * mean.rows + i]) * out.dEta;
        }
      }
    },
  };
}

interface RowsByLevel {
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/** A stable counting sort of the rows by level. */
function groupRows({ levels, levelIndex }: FactorData): RowsByLevel {
  const start = new Int32Array(levels + 1);
  for (const level of levelIndex) start[level + 1]++;
  for (let j = 0; j < levels; j++) start[j + 1] += start[j];
  const next = start.slice();
  const rows = new Int32Array(levelIndex.length);
  levelIndex.forEach((level, i) => {
    rows[next[level]++] = i;
  });
  return { start, rows };
}

/** z_i' shift */
function shiftOf(mean: PredictorData, factor: number, i: number, shift: Float64Array, at: number): number {
  const { effects: q, Z } = mean.factors[factor];
  if (Z === null) return shift[at];
  let total = 0;
  for (let e = 0; e < q; e++) total += Z[e * mean.rows + i] * shift[at + e];
  return total;
}
