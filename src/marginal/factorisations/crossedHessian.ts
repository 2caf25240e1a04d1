import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import { DenseCholesky } from "../../kernel/denseCholesky.js";
import {
  cholesky,
  inverseFromCholesky,
  logDeterminant,
  solveLower,
  solveLowerTransposed,
} from "../../math/linalg/cholesky.js";
import { type BlockCholesky, effectStarts } from "./BlockCholesky.js";
import { meetings } from "./Meetings.js";

/**
 * Crossed factors: the one with the most effects is eliminated by its blocks, and the Schur complement of the others, which then hardly
 * has a zero left, by a dense factorisation.
 */
export function crossedHessian(view: LatentGaussian): BlockCholesky {
  return new CrossedCholesky(view, innerFactor(view));
}

/** Rows of the dense Schur complement: the effects of all factors but the one that is eliminated by blocks. */
export function schurSize(view: LatentGaussian): number {
  const starts = effectStarts(view);
  const inner = innerFactor(view);
  return starts[starts.length - 1] - (starts[inner + 1] - starts[inner]);
}

function innerFactor({ factors }: LatentGaussian): number {
  const sizes = factors.map(({ levels, effects }) => levels * effects);
  return sizes.indexOf(Math.max(...sizes));
}

class CrossedCholesky implements BlockCholesky {
  private readonly view: LatentGaussian;
  private readonly inner: number;
  /** The other factors, and where the effects of each factor start among the columns of the Schur complement. */
  private readonly outer: readonly number[];
  private readonly firstColumn: readonly number[];
  private readonly panels: Panels;
  private readonly byColumn: PanelColumns;
  /** Per inner level, its q x q factor L; in the panels L^-1 C. */
  private readonly L: Float64Array;
  private readonly C: Float64Array;
  /** In panels as well: G = D^-1 C, and with S the Schur complement X = -G S^-1, the inverse's blocks across. */
  private readonly G: Float64Array;
  private readonly X: Float64Array;
  /** The Schur complement's factor. */
  private readonly schur: DenseCholesky;
  /** Per pair of the view, where the entries of its blocks stand: in the panels, or in the matrix of two other factors. */
  private readonly positions: readonly Int32Array[];
  /** One number a column of the Schur complement. */
  private readonly vector: Float64Array;

  constructor(view: LatentGaussian, inner: number) {
    this.view = view;
    this.inner = inner;
    this.outer = view.factors.flatMap((_, f) => (f === inner ? [] : [f]));
    const { levels, effects: q } = view.factors[inner];
    const starts = effectStarts(view);
    const own = levels * q;
    this.firstColumn = view.factors.map((_, f) => (f > inner ? starts[f] - own : starts[f]));
    this.schur = new DenseCholesky(starts[starts.length - 1] - own);
    this.positions = view.pairs.map(({ levels: met, first, second }) => {
      return new Int32Array(met.length * view.factors[first].effects * view.factors[second].effects);
    });
    this.panels = this.placePanels();
    this.placeMatrix();
    this.byColumn = panelColumns(this.panels, q, this.schur.size);
    this.L = new Float64Array(own * q);
    const buffer = () => new Float64Array(this.panels.columns.length * q);
    [this.C, this.G, this.X] = [buffer(), buffer(), buffer()];
    this.vector = new Float64Array(this.schur.size);
  }

  /** Lays out the panels and fills the positions of the pairs with the inner factor. */
  private placePanels(): Panels {
    const { view, inner, outer, firstColumn, positions } = this;
    const { levels, effects: q } = view.factors[inner];
    const met = outer.map((f) => ({ f, effects: view.factors[f].effects, ...meetings(view, inner, f) }));
    const start = new Int32Array(levels + 1);
    for (let j = 0; j < levels; j++)
      start[j + 1] = met.reduce((sum, m) => sum + (m.start[j + 1] - m.start[j]) * m.effects, start[j]);
    const columns = new Int32Array(start[levels]);
    for (let j = 0; j < levels; j++) {
      const width = start[j + 1] - start[j];
      let column = start[j];
      for (const { f, effects, start: from, levels: others, blocks, pair, ofStride, otherStride } of met)
        for (let k = from[j]; k < from[j + 1]; k++)
          for (let e = 0; e < effects; e++, column++) {
            columns[column] = firstColumn[f] + others[k] * effects + e;
            for (let a = 0; a < q; a++)
              positions[pair][blocks[k] * q * effects + a * ofStride + e * otherStride] =
                start[j] * q + a * width + column - start[j];
          }
    }
    return { start, columns };
  }

  /** Fills the positions of the pairs of other factors, in the lower triangle: that of the later factor comes later. */
  private placeMatrix(): void {
    const { view, inner, firstColumn, positions } = this;
    view.pairs.forEach(({ first, second, start, levels }, pair) => {
      if (first === inner || second === inner) return;
      const [qa, qb] = [view.factors[first].effects, view.factors[second].effects];
      for (let j = 0; j < view.factors[first].levels; j++)
        for (let k = start[j]; k < start[j + 1]; k++)
          for (let r = 0; r < qa; r++)
            for (let c = 0; c < qb; c++) {
              const row = firstColumn[second] + levels[k] * qb + c;
              positions[pair][(k * qa + r) * qb + c] = row * this.schur.stride + firstColumn[first] + j * qa + r;
            }
    });
  }

  private isAcross(pair: number): boolean {
    const { first, second } = this.view.pairs[pair];
    return first === this.inner || second === this.inner;
  }

  factor(H: EffectsBlocks): number | null {
    const { L, C, panels } = this;
    const { levels, effects: q } = this.view.factors[this.inner];
    let total = 0;
    L.set(H.factors[this.inner]);
    this.read(H);
    for (let j = 0; j < levels; j++) {
      if (!cholesky(L, q, j * q * q)) return null;
      total += logDeterminant(L, q, j * q * q);
      const [at, width] = [panels.start[j] * q, panels.start[j + 1] - panels.start[j]];
      for (let c = 0; c < width; c++) solveLower(L, q, C, j * q * q, at + c, width);
    }
    this.reduceSchur();
    if (!this.schur.factor()) return null;
    const { matrix, size, stride } = this.schur;
    return total + logDeterminant(matrix, size, 0, stride);
  }

  /** Fills the panels and the matrix of the other factors. */
  private read(H: EffectsBlocks): void {
    const { matrix, stride } = this.schur;
    matrix.fill(0);
    for (const f of this.outer) {
      const { levels, effects: q } = this.view.factors[f];
      for (let k = 0; k < levels * q; k++) {
        const [row, first] = [this.firstColumn[f] + k, this.firstColumn[f] + k - (k % q)];
        for (let c = 0; c <= k % q; c++) matrix[row * stride + first + c] = H.factors[f][k * q + c];
      }
    }
    this.positions.forEach((positions, pair) => {
      const target = this.isAcross(pair) ? this.C : matrix;
      for (let k = 0; k < positions.length; k++) target[positions[k]] = H.pairs[pair][k];
    });
  }

  /** Subtracts the product of the panels with themselves, one row of the Schur complement after another. */
  private reduceSchur(): void {
    const { C } = this;
    const { columns } = this.panels;
    const { start, entries, rows, rowColumns } = this.byColumn;
    const { matrix, stride, size } = this.schur;
    for (let c = 0, target = 0; c < size; c++, target += stride)
      for (let m = start[c]; m < start[c + 1]; m++) {
        const end = entries[m];
        const value = C[end];
        for (let k = rows[m], at = rowColumns[m]; k <= end; k++, at++) matrix[target + columns[at]] -= value * C[k];
      }
  }

  solve(r: readonly Float64Array[]): void {
    const { L, C, vector, outer, firstColumn } = this;
    const { start, columns } = this.panels;
    const { levels, effects: q } = this.view.factors[this.inner];
    const own = r[this.inner];
    for (const f of outer) vector.set(r[f], firstColumn[f]);
    for (let j = 0; j < levels; j++) {
      solveLower(L, q, own, j * q * q, j * q);
      for (let a = 0, at = start[j] * q; a < q; a++)
        for (let c = start[j]; c < start[j + 1]; c++, at++) vector[columns[c]] -= C[at] * own[j * q + a];
    }
    const { matrix, size, stride } = this.schur;
    solveLower(matrix, size, vector, 0, 0, 1, stride);
    solveLowerTransposed(matrix, size, vector, 0, 0, 1, stride);
    for (let j = 0; j < levels; j++) {
      for (let a = 0, at = start[j] * q; a < q; a++)
        for (let c = start[j]; c < start[j + 1]; c++, at++) own[j * q + a] -= C[at] * vector[columns[c]];
      solveLowerTransposed(L, q, own, j * q * q, j * q);
    }
    for (const f of outer) r[f].set(vector.subarray(firstColumn[f], firstColumn[f] + r[f].length));
  }

  inverse(out: EffectsBlocks): void {
    this.schur.invert();
    for (const f of this.outer) this.writeOuter(f, out.factors[f]);
    this.divide();
    this.multiplyInverse();
    this.writeInner(out.factors[this.inner]);
    this.positions.forEach((positions, pair) => {
      const blocks = out.pairs[pair];
      if (this.isAcross(pair)) for (let k = 0; k < blocks.length; k++) blocks[k] = this.X[positions[k]];
      else for (let k = 0; k < blocks.length; k++) blocks[k] = -this.schur.negativeInverse[positions[k]];
    });
  }

  private writeOuter(f: number, blocks: Float64Array): void {
    const { levels, effects: q } = this.view.factors[f];
    const { negativeInverse, stride } = this.schur;
    for (let k = 0; k < levels; k++)
      for (let r = 0; r < q; r++)
        for (let c = 0; c <= r; c++) {
          const first = this.firstColumn[f] + k * q;
          const entry = -negativeInverse[(first + r) * stride + first + c];
          blocks[(k * q + r) * q + c] = entry;
          blocks[(k * q + c) * q + r] = entry;
        }
  }

  private divide(): void {
    const { L, G } = this;
    const { start } = this.panels;
    const { levels, effects: q } = this.view.factors[this.inner];
    G.set(this.C);
    for (let j = 0; j < levels; j++) {
      const width = start[j + 1] - start[j];
      for (let c = 0; c < width; c++) solveLowerTransposed(L, q, G, j * q * q, start[j] * q + c, width);
    }
  }

  /** X = -G S^-1, one row of the symmetric S^-1 after another: each of its entries serves two of X. */
  private multiplyInverse(): void {
    const { G, X } = this;
    const { columns } = this.panels;
    const { start, entries, rows, rowColumns } = this.byColumn;
    const { negativeInverse, stride, size } = this.schur;
    X.fill(0);
    for (let c = 0, source = 0; c < size; c++, source += stride)
      for (let m = start[c]; m < start[c + 1]; m++) {
        const end = entries[m];
        const value = G[end];
        let total = value * negativeInverse[source + c];
        for (let k = rows[m], at = rowColumns[m]; k < end; k++, at++) {
          const entry = negativeInverse[source + columns[at]];
          total += entry * G[k];
          X[k] += entry * value;
        }
        X[end] += total;
      }
  }

  /** D^-1 - X G' */
  private writeInner(blocks: Float64Array): void {
    const { L, G, X } = this;
    const { start } = this.panels;
    const { levels, effects: q } = this.view.factors[this.inner];
    for (let j = 0; j < levels; j++) {
      inverseFromCholesky(L, q, blocks, j * q * q);
      const [at, width] = [start[j] * q, start[j + 1] - start[j]];
      for (let a = 0; a < q; a++)
        for (let b = 0; b < q; b++)
          for (let c = 0; c < width; c++) blocks[(j * q + a) * q + b] -= X[at + a * width + c] * G[at + b * width + c];
    }
  }
}

/** Per inner level, q rows in the columns of the Schur complement that it meets, and no others. */
interface Panels {
  /** Those of level j are columns[start[j]] .. columns[start[j + 1] - 1], ascending; its panel starts at start[j] * q, row-major. */
  readonly start: Int32Array;
  readonly columns: Int32Array;
}

/** The entries of the panels by the columns of the Schur complement, so that it is worked on row by row, as it lies in memory. */
interface PanelColumns {
  /** Column c has the entries from start[c] on, to start[c + 1]. */
  readonly start: Int32Array;
  /** Per entry, its position in the panels, and those where its row starts and where the row's list of columns starts. */
  readonly entries: Int32Array;
  readonly rows: Int32Array;
  readonly rowColumns: Int32Array;
}

function panelColumns({ start: panelStart, columns }: Panels, q: number, size: number): PanelColumns {
  const start = new Int32Array(size + 1);
  for (const column of columns) start[column + 1] += q;
  for (let c = 0; c < size; c++) start[c + 1] += start[c];
  const next = start.slice();
  const [entries, rows, rowColumns] = [0, 1, 2].map(() => new Int32Array(columns.length * q));
  for (let j = 0; j + 1 < panelStart.length; j++) {
    const [from, to] = [panelStart[j], panelStart[j + 1]];
    for (let a = 0; a < q; a++) {
      const row = from * q + a * (to - from);
      for (let k = from; k < to; k++) {
        const at = next[columns[k]]++;
        entries[at] = row + k - from;
        rows[at] = row;
        rowColumns[at] = from;
      }
    }
  }
  return { start, entries, rows, rowColumns };
}
