/**
 * One factor of a tree at work: levels side by side, each with its front (the multifrontal method of Duff & Reid, 1983), of which only the
 * panel of the level's own columns is kept: what a level leaves to its ancestors is added to theirs at once. The steps go by chunks of levels.
 */

import {
  B,
  B_ADJOINT,
  BLOCK,
  CHUNK_LEVELS,
  CHUNK_STRIDE,
  EFFECTS,
  FRONT,
  FROZEN,
  LEVELS,
  P,
  P_ADJOINT,
  PANEL,
  PANEL_ADJOINT,
  ROWS,
  SLOPES,
  STRIDE,
  Z,
  Z_GRADIENT,
} from "../../map/effectsDescriptor";
import { addTo } from "../fixedPart";
import {
  gatherAncestors,
  reduceAncestors,
  reduceAncestorsAdjoint,
  reduceSingleAncestors,
  reduceSingleAncestorsAdjoint,
  scatterAncestors,
} from "./ancestors";
import {
  bytesOf,
  give,
  negativeProducts,
  reciprocalRoot,
  solveEntry,
  subtractProducts,
  sumLogs,
  sumOf,
  take,
} from "./columns";

/** The panels without what descendants will add; their rows of h are left as they are. */
export function assemble(factor: usize): void {
  const q = load<usize>(factor, EFFECTS);
  const block = load<usize>(factor, BLOCK);
  const stride = load<usize>(factor, STRIDE);
  const panel = load<usize>(factor, PANEL);
  const precision = load<usize>(factor, P);
  memory.copy(panel, load<usize>(factor, FROZEN), (load<usize>(factor, ROWS) - 1) * q * stride);
  for (let r: usize = 0; r < q; r++)
    for (let c = r - (r % block); c <= r; c++) {
      const value = v128.load64_splat(precision + (((r % block) * block + (c % block)) << 3));
      const column = panel + (r * q + c) * stride;
      for (let i: usize = 0; i < stride; i += 16) v128.store(column + i, f64x2.add(v128.load(column + i), value));
    }
}

/** Eliminates the levels; returns log |L|, NaN where it is not positive definite. */
export function eliminate(factor: usize): f64 {
  const levels = load<usize>(factor, LEVELS);
  const chunk = load<usize>(factor, CHUNK_LEVELS);
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const panel = load<usize>(factor, PANEL);
  for (let first: usize = 0; first < levels; first += chunk) {
    const count = min(chunk, levels - first);
    factorPanel(factor, panel + (first << 3), bytesOf(count));
    reduceAncestors(factor, first, count);
  }
  reduceSingleAncestors(factor);
  let logRoots: f64 = 0;
  for (let c: usize = 0; c < q; c++) logRoots -= sumLogs(panel + c * (q + 1) * stride, levels);
  return logRoots;
}

/** L of the levels of a chunk and the rows below it, row by row. */
function factorPanel(factor: usize, panel: usize, bytes: usize): void {
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const rowBytes = q * stride;
  const end = panel + load<usize>(factor, ROWS) * rowBytes;
  for (let row = panel, r: usize = 0; row < end; row += rowBytes, r++) {
    let other = panel;
    for (let c: usize = 0; c < min(r, q); c++, other += rowBytes) {
      const at = c * stride;
      solveEntry(row + at, row, stride, other, stride, c, other + at, bytes);
    }
    if (r < q) reciprocalRoot(row + r * stride, row, stride, r, bytes);
  }
}

/** b = L^-T (y + z - E' b of the ancestors), with E and y' the rows of the front below L. */
export function substitute(factor: usize): void {
  const levels = load<usize>(factor, LEVELS);
  const chunk = load<usize>(factor, CHUNK_LEVELS);
  const step = load<usize>(factor, CHUNK_STRIDE);
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const front = load<usize>(factor, FRONT);
  const rowBytes = q * stride;
  const below = load<usize>(factor, ROWS) - 1;
  for (let first: usize = 0; first < levels; first += chunk) {
    const count = min(chunk, levels - first);
    const bytes = bytesOf(count);
    const panel = load<usize>(factor, PANEL) + (first << 3);
    take(front, step, load<usize>(factor, Z), first, q, count);
    gatherAncestors(factor, first, count);
    for (let c = q; c-- > 0; ) {
      const diagonal = panel + c * (rowBytes + stride);
      const at = front + c * step;
      solveEntry(at, diagonal + rowBytes, rowBytes, at + step, step, below - c, diagonal, bytes);
    }
    give(load<usize>(factor, B), first, q, count, front, step);
  }
}

/** The adjoint of `substitute`: with a = L^-1 bAdjoint that of z is a, and that of the rows of L and below -(b, ancestors' b, -1) a'. */
export function substituteAdjoint(factor: usize): void {
  const levels = load<usize>(factor, LEVELS);
  const chunk = load<usize>(factor, CHUNK_LEVELS);
  const step = load<usize>(factor, CHUNK_STRIDE);
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const slopes = load<usize>(factor, SLOPES);
  for (let first: usize = 0; first < levels; first += chunk) {
    const count = min(chunk, levels - first);
    const bytes = bytesOf(count);
    const panel = load<usize>(factor, PANEL) + (first << 3);
    take(slopes, step, load<usize>(factor, B_ADJOINT), first, q, count);
    for (let c: usize = 0; c < q; c++) {
      const row = panel + c * q * stride;
      solveEntry(slopes + c * step, row, stride, slopes, step, c, row + c * stride, bytes);
    }
    give(load<usize>(factor, Z_GRADIENT), first, q, count, slopes, step);
    scatterAncestors(factor, first, count);
    take(load<usize>(factor, FRONT), step, load<usize>(factor, B), first, q, count);
    gatherAncestors(factor, first, count);
    startPanelAdjoint(factor, first, bytes);
  }
}

/** From a chunk's fronts and slopes, with - 1 / L_cc for - log |L|. */
function startPanelAdjoint(factor: usize, first: usize, bytes: usize): void {
  const step = load<usize>(factor, CHUNK_STRIDE);
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const rows = load<usize>(factor, ROWS);
  const slopes = load<usize>(factor, SLOPES);
  const panel = load<usize>(factor, PANEL) + (first << 3);
  const adjoint = load<usize>(factor, PANEL_ADJOINT) + (first << 3);
  let front = load<usize>(factor, FRONT);
  for (let r: usize = 0; r < rows; r++, front += step)
    for (let c: usize = 0; c <= min(r, q - 1); c++) {
      const at = (r * q + c) * stride;
      negativeProducts(adjoint + at, front, step, slopes + c * step, step, 1, bytes);
      if (r === c) subtractColumn(adjoint + at, panel + at, bytes);
    }
}

function subtractColumn(out: usize, column: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f64x2.sub(v128.load(out + i), v128.load(column + i)));
}

/** The adjoint of `eliminate` and `assemble`, to a value that has - log |L| in it. */
export function eliminateAdjoint(factor: usize): void {
  const levels = load<usize>(factor, LEVELS);
  const chunk = load<usize>(factor, CHUNK_LEVELS);
  reduceSingleAncestorsAdjoint(factor);
  for (let first: usize = 0; first < levels; first += chunk) {
    const count = min(chunk, levels - first);
    reduceAncestorsAdjoint(factor, first, count);
    factorPanelAdjoint(factor, first, bytesOf(count));
  }
  addPrecisionAdjoint(factor);
}

/** The adjoint of `factorPanel`, from the last entry to the first. */
function factorPanelAdjoint(factor: usize, first: usize, bytes: usize): void {
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const rows = load<usize>(factor, ROWS);
  const rowBytes = q * stride;
  const diagonalBytes = rowBytes + stride;
  const L = load<usize>(factor, PANEL) + (first << 3);
  const adjoint = load<usize>(factor, PANEL_ADJOINT) + (first << 3);
  for (let r = rows; r-- > 0; ) {
    const row = adjoint + r * rowBytes;
    if (r < q) {
      const at = row + r * stride;
      const below = (r + 1) * rowBytes + r * stride;
      solveEntry(at, adjoint + below, rowBytes, L + below, rowBytes, rows - 1 - r, L + r * diagonalBytes, bytes);
    }
    const columns = min(r, q);
    for (let c = columns; c-- > 0; ) {
      const at = row + c * stride;
      const corner = L + c * diagonalBytes;
      if (r < q)
        subtractProducts(at, row + r * stride, rowBytes, L + r * rowBytes + c * stride, rowBytes, rows - r, bytes);
      solveEntry(at, at + stride, stride, corner + rowBytes, rowBytes, columns - 1 - c, corner, bytes);
    }
  }
}

function addPrecisionAdjoint(factor: usize): void {
  const q = load<usize>(factor, EFFECTS);
  const levels = load<usize>(factor, LEVELS);
  const block = load<usize>(factor, BLOCK);
  const stride = load<usize>(factor, STRIDE);
  const adjoint = load<usize>(factor, PANEL_ADJOINT);
  const out = load<usize>(factor, P_ADJOINT);
  for (let r: usize = 0; r < q; r++)
    for (let c = r - (r % block); c <= r; c++) {
      const total = sumOf(adjoint + (r * q + c) * stride, levels);
      addTo(out + (((r % block) * block + (c % block)) << 3), r === c ? 0.5 * total : total);
    }
}
