import type { EffectsBlocks, LatentGaussian } from "../density/LatentGaussian.js";
import { blockedCholesky, blockedInverse } from "../math/linalg/blockedCholesky.js";
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
  /** The Schur complement's factor, dense, size x size. */
  private readonly size: number;
  private readonly schur: Float64Array;
  /** Its inverse, made on first use. */
  private inverted: { readonly matrix: Float64Array; readonly scratch: Float64Array } | null = null;

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
    this.panels = new Float64Array(count * outerQ * q);
    this.size = outerLevels * outerQ;
    this.schur = new Float64Array(this.size * this.size);
  }

  factor(H: EffectsBlocks): number | null {
    const { q, levels, L, met, outerQ } = this;
    let total = 0;
    L.set(H.factors[this.inner]);
    this.startSchur(H.factors[this.outer]);
    for (let j = 0; j < levels; j++) {
      if (!cholesky(L, q, j * q * q)) return null;
      total += logDeterminant(L, q, j * q * q);
      this.readPanel(j, H.pairs[met.pair]);
      const [at, width] = [this.panelStart(j), this.panelWidth(j)];
      for (let c = 0; c < width; c++) solveLower(L, q, this.panels, j * q * q, at + c, width);
      for (let a = 0; a < q; a++) this.reduceSchur(met.start[j] * outerQ, width, at + a * width);
    }
    if (!blockedCholesky(this.schur, this.size)) return null;
    return total + logDeterminant(this.schur, this.size);
  }

  private panelStart(level: number): number {
    return this.met.start[level] * this.outerQ * this.q;
  }

  private panelWidth(level: number): number {
    return (this.met.start[level + 1] - this.met.start[level]) * this.outerQ;
  }

  private startSchur(diagonal: Float64Array): void {
    const { outerLevels, outerQ: q, size, schur } = this;
    schur.fill(0);
    for (let k = 0; k < outerLevels; k++)
      for (let r = 0; r < q; r++)
        for (let c = 0; c <= r; c++) schur[(k * q + r) * size + k * q + c] = diagonal[(k * q + r) * q + c];
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

  /** Subtracts the product of a row of a panel with itself, in the columns that it stands for. */
  private reduceSchur(from: number, width: number, row: number): void {
    const { columns, panels, schur, size } = this;
    for (let c = 0; c < width; c++) {
      const entry = panels[row + c];
      const target = columns[from + c] * size;
      for (let k = 0; k <= c; k++) schur[target + columns[from + k]] -= entry * panels[row + k];
    }
  }

  solve(r: readonly Float64Array[]): void {
    const { q, levels, L, panels, columns, met, outerQ, size, schur } = this;
    const [own, other] = [r[this.inner], r[this.outer]];
    for (let j = 0; j < levels; j++) {
      solveLower(L, q, own, j * q * q, j * q);
      const [at, width, from] = [this.panelStart(j), this.panelWidth(j), met.start[j] * outerQ];
      for (let a = 0; a < q; a++)
        for (let c = 0; c < width; c++) other[columns[from + c]] -= panels[at + a * width + c] * own[j * q + a];
    }
    solveLower(schur, size, other);
    solveLowerTransposed(schur, size, other);
    for (let j = 0; j < levels; j++) {
      const [at, width, from] = [this.panelStart(j), this.panelWidth(j), met.start[j] * outerQ];
      for (let a = 0; a < q; a++)
        for (let c = 0; c < width; c++) own[j * q + a] -= panels[at + a * width + c] * other[columns[from + c]];
      solveLowerTransposed(L, q, own, j * q * q, j * q);
    }
  }

  inverse(out: EffectsBlocks): void {
    const { size } = this;
    this.inverted ??= { matrix: new Float64Array(size * size), scratch: new Float64Array(size * size) };
    const { matrix, scratch } = this.inverted;
    blockedInverse(this.schur, size, matrix, scratch);
    this.writeOuter(matrix, out.factors[this.outer]);
    inverseBlocks(this.L, this.q, this.levels, out.factors[this.inner]);
    const widest = Array.from({ length: this.levels }, (_, j) => this.panelWidth(j)).reduce(
      (a, b) => Math.max(a, b),
      0,
    );
    const [G, X] = [0, 1].map(() => new Float64Array(this.q * widest));
    for (let j = 0; j < this.levels; j++) this.writeInner(j, matrix, G, X, out);
  }

  private writeOuter(matrix: Float64Array, blocks: Float64Array): void {
    const { outerLevels, outerQ: q, size } = this;
    for (let k = 0; k < outerLevels; k++)
      for (let r = 0; r < q; r++)
        for (let c = 0; c < q; c++) blocks[(k * q + r) * q + c] = matrix[(k * q + r) * size + k * q + c];
  }

  /** With S the Schur complement and G = D^-1 C of an inner level: X = -G S^-1 across, D^-1 - X G' within. */
  private writeInner(level: number, matrix: Float64Array, G: Float64Array, X: Float64Array, out: EffectsBlocks): void {
    const { q, L, panels, columns, met, outerQ, size } = this;
    const [at, width, from] = [this.panelStart(level), this.panelWidth(level), met.start[level] * outerQ];
    for (let c = 0; c < q * width; c++) G[c] = panels[at + c];
    for (let c = 0; c < width; c++) solveLowerTransposed(L, q, G, level * q * q, c, width);
    for (let a = 0; a < q; a++)
      for (let c = 0; c < width; c++) {
        const row = columns[from + c] * size;
        let total = 0;
        for (let k = 0; k < width; k++) total -= G[a * width + k] * matrix[row + columns[from + k]];
        X[a * width + c] = total;
      }
    const own = out.factors[this.inner];
    for (let a = 0; a < q; a++)
      for (let b = 0; b < q; b++)
        for (let c = 0; c < width; c++) own[(level * q + a) * q + b] -= X[a * width + c] * G[b * width + c];
    const blocks = out.pairs[met.pair];
    for (let k = met.start[level]; k < met.start[level + 1]; k++)
      for (let a = 0; a < q; a++)
        for (let e = 0; e < outerQ; e++)
          blocks[met.blocks[k] * q * outerQ + a * met.ofStride + e * met.otherStride] =
            X[a * width + (k - met.start[level]) * outerQ + e];
  }
}

function inverseBlocks(L: Float64Array, q: number, levels: number, out: Float64Array): void {
  for (let at = 0; at < levels * q * q; at += q * q) inverseFromCholesky(L, q, out, at);
}
