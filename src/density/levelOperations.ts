import type { FamilyKernel } from "../family/Family.js";
import { kernelLevelNodes } from "./kernelLevelNodes.js";
import type { LevelNodes, NodeCapacity } from "./LatentGaussian.js";
import type { Dispersion } from "./latentDispersion.js";
import type { FactorData, PredictorData } from "./PredictorData.js";
import { plainLevelNodes, shiftOf } from "./plainLevelNodes.js";
import type { ResponseModel } from "./plainLikelihood.js";

/** The part of `LatentGaussian` that looks at the rows of one level at a time. */
export function levelOperations(
  { row, response }: ResponseModel,
  mean: PredictorData,
  dispersion: Dispersion,
  kernel: FamilyKernel | null,
) {
  const groups: (RowsByLevel | undefined)[] = [];
  const rowsByLevel = (factor: number): RowsByLevel => {
    groups[factor] ??= groupRows(mean.factors[factor]);
    return groups[factor];
  };
  return {
    rowsByLevel,
    shiftLevel(factor: number, level: number, shift: Float64Array, shiftAt: number, eta: Float64Array): void {
      const { start, rows } = rowsByLevel(factor);
      const { effects: q, Z } = mean.factors[factor];
      for (let r = start[level]; r < start[level + 1]; r++)
        eta[rows[r]] += shiftOf(Z, mean.rows, q, rows[r], shift, shiftAt);
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
    levelNodes: (factor: number, capacity: NodeCapacity): LevelNodes => {
      const parts = { response, data: mean.factors[factor], rows: rowsByLevel(factor), dispersion, capacity };
      return kernel === null ? plainLevelNodes({ ...parts, row }) : kernelLevelNodes({ ...parts, kernel });
    },
  };
}

/** The rows of level j are rows[start[j]] .. rows[start[j + 1] - 1]. */
export interface RowsByLevel {
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
