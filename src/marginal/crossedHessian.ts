import type { EffectsBlocks, LatentGaussian } from "../density/LatentGaussian.js";
import { DenseCholesky } from "../kernel/denseCholesky.js";
import {
  cholesky,
  inverseFromCholesky,
  logDeterminant,
  solveLower,
  solveLowerTransposed,
} from "../math/linalg/cholesky.js";
import type { BlockCholesky } from "./BlockCholesky.js";
import { type Meetings, meetings } from "./Meetings.js";

/**
 * Two crossed factors: the one with more effects is eliminated by its blocks, and the Schur complement of the other, which then hardly
 * has a zero left, by a dense factorisation.
 */
export function crossedHessian(view: LatentGaussian): BlockCholesky {
  const [inner, outer] = crossedOrder(view);
  return new CrossedCholesky(view, inner, outer);
}

/** The factor that is eliminated by blocks, then the other. */
export function crossedOrder({ factors }: LatentGaussian): readonly [number, number] {
  const [first, second] = factors.map(({ levels, effects }) => levels * effects);
  return first >= second ? [0, 1] : [1, 0];
}

class CrossedCholesky implements BlockCholesky {
  private readonly inner: number;
  private readonly outer: number;
  private readonly levels: number;
  private readonly outerLevels: number;
  private readonly q: number;
  private readonly outerQ: number;
  private readonly met: Meetings;
  /** Per inner level, the columns of the Schur complement that it meets, from start[level] * outerQ on, ascending. */
  private readonly columns: Int32Array;
  /** Per inner level, its q x q factor L and its panel L^-1 C, q x (columns it meets). */
  private readonly L: Float64Array;
  private readonly panels: Float64Array;
  private readonly byColumn: PanelColumns;
  /** In the shape of the panels: G = D^-1 C, and with S the Schur complement X = -G S^-1, the inverse's block across. */
  private readonly G: Float64Array;
  private readonly X: Float64Array;
  /** The Schur complement's factor. */
  private readonly schur: DenseCholesky;

  constructor(view: LatentGaussian, inner: number, outer: number) {
    const { levels, effects: q } = view.factors[inner];
    const { levels: outerLevels, effects: outerQ } = view.factors[outer];
    this.inner = inner;
    this.outer = outer;
    this.levels = levels;
    this.outerLevels = outerLevels;
    this.q = q;
    this.outerQ = outerQ;
    this.met = meetings(view, inner, outer);
    const count = this.met.levels.length;
    this.columns = new Int32Array(count * outerQ);
    for (let k = 0; k < count; k++)
      for (let e = 0; e < outerQ; e++) this.columns[k * outerQ + e] = this.met.levels[k] * outerQ + e;
    this.L = new Float64Array(levels * q * q);
    const panels = () => new Float64Array(count * outerQ * q);
    [this.panels, this.G, this.X] = [panels(), panels(), panels()];
    this.byColumn = panelColumns(this.met, this.columns, q, outerLevels * outerQ);
    this.schur = new DenseCholesky(outerLevels * outerQ);
  }

  factor(H: EffectsBlocks): number | null {
    const { q, levels, L, met } = this;
    let total = 0;
    L.set(H.factors[this.inner]);
    this.startSchur(H.factors[this.outer]);
    for (let j = 0; j < levels; j++) {
      if (!cholesky(L, q, j * q * q)) return null;
      total += logDeterminant(L, q, j * q * q);
      this.readPanel(j, H.pairs[met.pair]);
      const [at, width] = [this.panelStart(j), this.panelWidth(j)];
      for (let c = 0; c < width; c++) solveLower(L, q, this.panels, j * q * q, at + c, width);
    }
    this.reduceSchur();
    if (!this.schur.factor()) return null;
    const { matrix, size, stride } = this.schur;
    return total + logDeterminant(matrix, size, 0, stride);
  }

  private panelStart(level: number): number {
    return this.met.start[level] * this.outerQ * this.q;
  }

  private panelWidth(level: number): number {
    return (this.met.start[level + 1] - this.met.start[level]) * this.outerQ;
  }

  private startSchur(diagonal: Float64Array): void {
    const { outerLevels, outerQ: q } = this;
    const { matrix, stride } = this.schur;
    matrix.fill(0);
    for (let k = 0; k < outerLevels; k++)
      for (let r = 0; r < q; r++)
        for (let c = 0; c <= r; c++) matrix[(k * q + r) * stride + k * q + c] = diagonal[(k * q + r) * q + c];
  }

  private readPanel(level: number, blocks: Float64Array): void {
    const { met, q, outerQ } = this;
    const [at, width] = [this.panelStart(level), this.panelWidth(level)];
    for (let k = met.start[level]; k < met.start[level + 1]; k++)
      for (let a = 0; a < q; a++)
        for (let e = 0; e < outerQ; e++)
          this.panels[at + a * width + (k - met.start[level]) * outerQ + e] =
            blocks[met.blocks[k] * q * outerQ + a * met.ofStride + e * met.otherStride];
  }

  /** Subtracts the product of the panels with themselves, one row of the Schur complement after another. */
  private reduceSchur(): void {
    const { columns, panels } = this;
    const { start, entries, rows, rowColumns } = this.byColumn;
    const { matrix, stride, size } = this.schur;
    for (let c = 0; c < size; c++)
      for (let m = start[c]; m < start[c + 1]; m++) {
        const [row, from, value] = [rows[m], rowColumns[m], panels[entries[m]]];
        const width = entries[m] - row;
        for (let k = 0; k <= width; k++) matrix[c * stride + columns[from + k]] -= value * panels[row + k];
      }
  }

  solve(r: readonly Float64Array[]): void {
    const { q, levels, L, panels, columns, met, outerQ } = this;
    const [own, other] = [r[this.inner], r[this.outer]];
    for (let j = 0; j < levels; j++) {
      solveLower(L, q, own, j * q * q, j * q);
      const [at, width, from] = [this.panelStart(j), this.panelWidth(j), met.start[j] * outerQ];
      for (let a = 0; a < q; a++)
        for (let c = 0; c < width; c++) other[columns[from + c]] -= panels[at + a * width + c] * own[j * q + a];
    }
    const { matrix, size, stride } = this.schur;
    solveLower(matrix, size, other, 0, 0, 1, stride);
    solveLowerTransposed(matrix, size, other, 0, 0, 1, stride);
    for (let j = 0; j < levels; j++) {
      const [at, width, from] = [this.panelStart(j), this.panelWidth(j), met.start[j] * outerQ];
      for (let a = 0; a < q; a++)
        for (let c = 0; c < width; c++) own[j * q + a] -= panels[at + a * width + c] * other[columns[from + c]];
      solveLowerTransposed(L, q, own, j * q * q, j * q);
    }
  }

  inverse(out: EffectsBlocks): void {
    this.schur.invert();
    this.writeOuter(out.factors[this.outer]);
    inverseBlocks(this.L, this.q, this.levels, out.factors[this.inner]);
    this.G.set(this.panels);
    for (let j = 0; j < this.levels; j++) {
      const width = this.panelWidth(j);
      for (let c = 0; c < width; c++)
        solveLowerTransposed(this.L, this.q, this.G, j * this.q * this.q, this.panelStart(j) + c, width);
    }
    this.multiplyInverse();
    for (let j = 0; j < this.levels; j++) this.writeInner(j, out);
  }

  private writeOuter(blocks: Float64Array): void {
    const { outerLevels, outerQ: q } = this;
    const { negativeInverse, stride } = this.schur;
    for (let k = 0; k < outerLevels; k++)
      for (let r = 0; r < q; r++)
        for (let c = 0; c <= r; c++) {
          const entry = -negativeInverse[(k * q + r) * stride + k * q + c];
          blocks[(k * q + r) * q + c] = entry;
          blocks[(k * q + c) * q + r] = entry;
        }
  }

  /** X across, D^-1 - X G' within. */
  private writeInner(level: number, out: EffectsBlocks): void {
    const { q, G, X, met, outerQ } = this;
    const [at, width] = [this.panelStart(level), this.panelWidth(level)];
    const own = out.factors[this.inner];
    for (let a = 0; a < q; a++)
      for (let b = 0; b < q; b++)
        for (let c = 0; c < width; c++) own[(level * q + a) * q + b] -= X[at + a * width + c] * G[at + b * width + c];
    const blocks = out.pairs[met.pair];
    for (let k = met.start[level]; k < met.start[level + 1]; k++)
      for (let a = 0; a < q; a++)
        for (let e = 0; e < outerQ; e++)
          blocks[met.blocks[k] * q * outerQ + a * met.ofStride + e * met.otherStride] =
            X[at + a * width + (k - met.start[level]) * outerQ + e];
  }

  /** X = -G S^-1, one row of the symmetric S^-1 after another: each of its entries serves two of X. */
  private multiplyInverse(): void {
    const { columns, G, X } = this;
    const { start, entries, rows, rowColumns } = this.byColumn;
    const { negativeInverse, stride, size } = this.schur;
    X.fill(0);
    for (let c = 0; c < size; c++)
      for (let m = start[c]; m < start[c + 1]; m++) {
        const [row, from, value] = [rows[m], rowColumns[m], G[entries[m]]];
        const width = entries[m] - row;
        let total = value * negativeInverse[c * stride + c];
        for (let k = 0; k < width; k++) {
          const entry = negativeInverse[c * stride + columns[from + k]];
          total += entry * G[row + k];
          X[row + k] += entry * value;
        }
        X[entries[m]] += total;
      }
  }
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

function panelColumns({ start: met }: Meetings, columns: Int32Array, q: number, size: number): PanelColumns {
  const start = new Int32Array(size + 1);
  for (const column of columns) start[column + 1] += q;
  for (let c = 0; c < size; c++) start[c + 1] += start[c];
  const next = start.slice();
  const [entries, rows, rowColumns] = [0, 1, 2].map(() => new Int32Array(columns.length * q));
  const perMeeting = columns.length / met[met.length - 1];
  for (let j = 0; j + 1 < met.length; j++) {
    const [from, to] = [met[j] * perMeeting, met[j + 1] * perMeeting];
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

function inverseBlocks(L: Float64Array, q: number, levels: number, out: Float64Array): void {
  for (let at = 0; at < levels * q * q; at += q * q) inverseFromCholesky(L, q, out, at);
}
