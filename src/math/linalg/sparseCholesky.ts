import { log } from "../special/elementary.js";

/** A pivot below this share of its diagonal is rounding. */
const LEAST_PIVOT = 1e-15;

/** The upper triangle of a symmetric matrix by columns: rows[start[k]] .. are the rows i <= k of column k, the diagonal among them. */
export interface SymmetricPattern {
  readonly size: number;
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/**
 * Sparse A = L L', up-looking (Davis, 2006, sections 4.1-4.7). The symbolic phase is the constructor's and serves any number of numeric
 * factorisations of matrices with that pattern. A fill-reducing order is the caller's (`minimumDegree`).
 */
export class SparseCholesky {
  readonly size: number;
  /** L by columns, rows ascending, the diagonal first. */
  readonly start: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
  private readonly pattern: SymmetricPattern;
  /** L by rows without the diagonal: the columns of row k, each before those that depend on it. */
  private readonly rowStart: Int32Array;
  private readonly rowColumns: Int32Array;
  /** Dense scratch columns, `work` all zero between calls. */
  private readonly work: Float64Array;
  private readonly sums: Float64Array;
  private readonly fill: Int32Array;

  constructor(pattern: SymmetricPattern) {
    const n = pattern.size;
    this.size = n;
    this.pattern = pattern;
    const { rowStart, rowColumns } = rowStructure(pattern, eliminationTree(pattern));
    this.rowStart = rowStart;
    this.rowColumns = rowColumns;
    this.start = columnStarts(rowColumns, n);
    this.rows = new Int32Array(this.start[n]);
    this.values = new Float64Array(this.start[n]);
    this.work = new Float64Array(n);
    this.sums = new Float64Array(n);
    this.fill = new Int32Array(n);
    this.fill.set(this.start.subarray(0, n));
    for (let k = 0; k < n; k++) {
      this.rows[this.fill[k]++] = k;
      for (let p = rowStart[k]; p < rowStart[k + 1]; p++) this.rows[this.fill[rowColumns[p]]++] = k;
    }
  }

  /** `entries` in the order of the pattern. False, with the factor spoilt, if the matrix is not positive definite. */
  factor(entries: Float64Array): boolean {
    const { size: n, start, rows, values, work, fill, rowStart, rowColumns, pattern } = this;
    fill.set(start.subarray(0, n));
    for (let k = 0; k < n; k++) {
      for (let p = pattern.start[k]; p < pattern.start[k + 1]; p++) work[pattern.rows[p]] = entries[p];
      const diagonal = work[k];
      let pivot = diagonal;
      work[k] = 0;
      for (let p = rowStart[k]; p < rowStart[k + 1]; p++) {
        const column = rowColumns[p];
        const entry = work[column] / values[start[column]];
        work[column] = 0;
        const end = fill[column]++;
        for (let q = start[column] + 1; q < end; q++) work[rows[q]] -= values[q] * entry;
        values[end] = entry;
        pivot -= entry * entry;
      }
      if (!(pivot > LEAST_PIVOT * diagonal && pivot < Infinity)) {
        work.fill(0);
        return false;
      }
      values[fill[k]++] = Math.sqrt(pivot);
    }
    return true;
  }

  /** log |A| */
  logDeterminant(): number {
    let total = 0;
    for (let j = 0; j < this.size; j++) total += log(this.values[this.start[j]]);
    return 2 * total;
  }

  /** x <- A^-1 x */
  solve(x: Float64Array): void {
    const { size: n, start, rows, values } = this;
    for (let j = 0; j < n; j++) {
      const entry = x[j] / values[start[j]];
      x[j] = entry;
      for (let p = start[j] + 1; p < start[j + 1]; p++) x[rows[p]] -= values[p] * entry;
    }
    for (let j = n - 1; j >= 0; j--) {
      let rest = x[j];
      for (let p = start[j] + 1; p < start[j + 1]; p++) rest -= values[p] * x[rows[p]];
      x[j] = rest / values[start[j]];
    }
  }

  /**
   * The entries of A^-1 in the pattern of L, into `inverse` in its order (Takahashi, Fagan & Chen, 1973; Erisman & Tinney, 1975):
   * from the last column to the first, by Z = D^-1 L^-1 + (I - L') Z with L of unit diagonal.
   */
  selectedInverse(inverse: Float64Array): void {
    const { size: n, start, rows, values, work, sums } = this;
    for (let j = n - 1; j >= 0; j--) {
      const first = start[j] + 1;
      const end = start[j + 1];
      const pivot = values[start[j]];
      for (let p = first; p < end; p++) {
        work[rows[p]] = values[p] / pivot;
        sums[rows[p]] = 0;
      }
      // Column k of the inverse adds to entries k and below; outside of column j `work` is zero and `sums` is not read.
      for (let p = first; p < end; p++) {
        const k = rows[p];
        const factor = work[k];
        let total = inverse[start[k]] * factor;
        for (let q = start[k] + 1; q < start[k + 1]; q++) {
          const entry = inverse[q];
          sums[rows[q]] += entry * factor;
          total += entry * work[rows[q]];
        }
        sums[k] += total;
      }
      let diagonal = 1 / (pivot * pivot);
      for (let p = first; p < end; p++) {
        const row = rows[p];
        inverse[p] = -sums[row];
        diagonal += work[row] * sums[row];
        work[row] = 0;
      }
      inverse[start[j]] = diagonal;
    }
  }

  /** Where entry (row, column), row >= column, stands in L. Throws RangeError where L has none. */
  indexOf(row: number, column: number): number {
    let low = this.start[column];
    let high = this.start[column + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle] < row) low = middle + 1;
      else high = middle;
    }
    if (low === this.start[column + 1] || this.rows[low] !== row)
      throw new RangeError(`entry (${row}, ${column}) is not in the factor's pattern`);
    return low;
  }
}

/** Multiplications that a numeric factorisation takes. */
export function factorOperations({ size, start }: SparseCholesky): number {
  let total = 0;
  for (let j = 0; j < size; j++) total += ((start[j + 1] - start[j]) * (start[j + 1] - start[j])) / 2;
  return total;
}

/** The parent of each column in the elimination tree, -1 for a root (Davis, 2006, section 4.1). */
export function eliminationTree({ size, start, rows }: SymmetricPattern): Int32Array {
  const parent = new Int32Array(size).fill(-1);
  const ancestor = new Int32Array(size).fill(-1);
  for (let k = 0; k < size; k++)
    for (let p = start[k]; p < start[k + 1]; p++) {
      let i = rows[p];
      while (i !== -1 && i < k) {
        const next = ancestor[i];
        ancestor[i] = k;
        if (next === -1) parent[i] = k;
        i = next;
      }
    }
  return parent;
}

/** The columns of each row of L, without the diagonal, in topological order: paths up the elimination tree (section 4.2). */
function rowStructure(pattern: SymmetricPattern, parent: Int32Array): { rowStart: Int32Array; rowColumns: Int32Array } {
  const { size: n, start, rows } = pattern;
  const rowStart = new Int32Array(n + 1);
  const mark = new Int32Array(n).fill(-1);
  const visit = (k: number, take: (path: number[]) => void) => {
    mark[k] = k;
    for (let p = start[k]; p < start[k + 1]; p++) {
      const path: number[] = [];
      for (let i = rows[p]; mark[i] !== k; i = parent[i]) {
        mark[i] = k;
        path.push(i);
      }
      if (path.length > 0) take(path);
    }
  };
  for (let k = 0; k < n; k++) {
    let count = 0;
    visit(k, (path) => {
      count += path.length;
    });
    rowStart[k + 1] = rowStart[k] + count;
  }
  const rowColumns = new Int32Array(rowStart[n]);
  mark.fill(-1);
  for (let k = 0; k < n; k++) {
    // A path found later may lead into an earlier one, never the other way, so later paths come first.
    let at = rowStart[k + 1];
    visit(k, (path) => {
      at -= path.length;
      rowColumns.set(path, at);
    });
  }
  return { rowStart, rowColumns };
}

function columnStarts(rowColumns: Int32Array, n: number): Int32Array {
  const start = new Int32Array(n + 1);
  for (let j = 0; j < n; j++) start[j + 1] = 1;
  for (const column of rowColumns) start[column + 1]++;
  for (let j = 0; j < n; j++) start[j + 1] += start[j];
  return start;
}
