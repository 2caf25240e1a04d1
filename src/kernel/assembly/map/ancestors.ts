/**
 * What goes between the fronts of a factor and those of its ancestors in a tree. Where an ancestor has many levels it goes by the levels of a
 * chunk and their index; where it has one, by whole columns.
 */

import {
  ANCESTOR_BYTES,
  ANCESTOR_FACTOR,
  ANCESTOR_INDEX,
  ANCESTOR_ROW,
  ANCESTORS_END,
  ANCESTORS_FIRST,
  ANCESTORS_SINGLE,
  B,
  B_ADJOINT,
  CHUNK_STRIDE,
  COLUMN,
  EFFECTS,
  FRONT,
  LEVELS,
  PANEL,
  PANEL_ADJOINT,
  REST,
  ROWS,
  SINGLE,
  SINGLE_ROW,
  SLOPES,
  STRIDE,
} from "../../map/effectsDescriptor";
import { addColumns, addTo, dotColumns } from "../fixedPart";
import { bytesOf, gatherColumn, negativeProducts, scatterColumn, subtractProducts, sumOf } from "./columns";

/** Entry (r, c) of the panels of an ancestor, r and c being rows of a front. */
function ancestorEntry(ancestor: usize, panels: usize, r: usize, c: usize): usize {
  const factor = load<usize>(ancestor, ANCESTOR_FACTOR);
  const start = load<usize>(ancestor, ANCESTOR_ROW);
  return panels + ((r - start) * load<usize>(factor, EFFECTS) + c - start) * load<usize>(factor, STRIDE);
}

function ancestorEnd(ancestor: usize): usize {
  return load<usize>(ancestor, ANCESTOR_ROW) + load<usize>(load<usize>(ancestor, ANCESTOR_FACTOR), EFFECTS);
}

function ancestorIndex(ancestor: usize, first: usize): usize {
  return load<usize>(ancestor, ANCESTOR_INDEX) + (first << 2);
}

/** Adds what a chunk leaves of its fronts to the panels of the ancestors of many levels. */
export function reduceAncestors(factor: usize, first: usize, count: usize): void {
  const q = load<usize>(factor, EFFECTS);
  const rows = load<usize>(factor, ROWS);
  const stride = load<usize>(factor, STRIDE);
  const panel = load<usize>(factor, PANEL) + (first << 3);
  const column = load<usize>(factor, COLUMN);
  const end = load<usize>(factor, ANCESTORS_SINGLE);
  for (let a = load<usize>(factor, ANCESTORS_FIRST); a < end; a += ANCESTOR_BYTES) {
    const panels = load<usize>(load<usize>(a, ANCESTOR_FACTOR), PANEL);
    for (let c = load<usize>(a, ANCESTOR_ROW); c < ancestorEnd(a); c++)
      for (let r = c; r < rows; r++) {
        negativeProducts(column, panel + r * q * stride, stride, panel + c * q * stride, stride, q, bytesOf(count));
        scatterColumn(column, ancestorIndex(a, first), count, ancestorEntry(a, panels, r, c), 8);
      }
  }
}

/** The adjoint of `reduceAncestors`: what is left of the fronts has that of the ancestors' panels. */
export function reduceAncestorsAdjoint(factor: usize, first: usize, count: usize): void {
  const many = load<usize>(factor, SINGLE_ROW) - load<usize>(factor, EFFECTS);
  if (many === 0) return;
  gatherRest(factor, first, count);
  const step = load<usize>(factor, CHUNK_STRIDE);
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const below = load<usize>(factor, ROWS) - q;
  const rowBytes = q * stride;
  const L = load<usize>(factor, PANEL) + (first << 3) + q * rowBytes;
  let adjoint = load<usize>(factor, PANEL_ADJOINT) + (first << 3) + q * rowBytes;
  let rest = load<usize>(factor, REST);
  for (let r: usize = 0; r < below; r++, adjoint += rowBytes, rest += below * step)
    for (let at: usize = 0; at < rowBytes; at += stride)
      subtractProducts(adjoint + at, rest, step, L + at, rowBytes, r < many ? below : many, bytesOf(count));
}

/** The adjoints in the entries that `reduceAncestors` adds to, symmetric with the diagonal doubled. */
function gatherRest(factor: usize, first: usize, count: usize): void {
  const step = load<usize>(factor, CHUNK_STRIDE);
  const q = load<usize>(factor, EFFECTS);
  const rows = load<usize>(factor, ROWS);
  const rest = load<usize>(factor, REST);
  const end = load<usize>(factor, ANCESTORS_SINGLE);
  for (let a = load<usize>(factor, ANCESTORS_FIRST); a < end; a += ANCESTOR_BYTES) {
    const panels = load<usize>(load<usize>(a, ANCESTOR_FACTOR), PANEL_ADJOINT);
    for (let c = load<usize>(a, ANCESTOR_ROW); c < ancestorEnd(a); c++)
      for (let r = c; r < rows; r++) {
        const lower = rest + ((r - q) * (rows - q) + c - q) * step;
        gatherColumn(lower, ancestorIndex(a, first), count, ancestorEntry(a, panels, r, c), 8);
        if (r > c) memory.copy(rest + ((c - q) * (rows - q) + r - q) * step, lower, bytesOf(count));
      }
  }
}

/** Adds what all levels leave of their fronts to the panels of the ancestors of one level. */
export function reduceSingleAncestors(factor: usize): void {
  const rows = load<usize>(factor, ROWS);
  const stride = load<usize>(factor, STRIDE);
  const rowBytes = load<usize>(factor, EFFECTS) * stride;
  const sums = load<usize>(factor, SINGLE);
  const end = load<usize>(factor, ANCESTORS_END);
  for (let a = load<usize>(factor, ANCESTORS_SINGLE); a < end; a += ANCESTOR_BYTES) {
    const panels = load<usize>(load<usize>(a, ANCESTOR_FACTOR), PANEL);
    for (let c = load<usize>(a, ANCESTOR_ROW); c < ancestorEnd(a); c++) {
      const row = load<usize>(factor, PANEL) + c * rowBytes;
      memory.fill(sums, 0, (rows - c) << 3);
      for (let at = row; at < row + rowBytes; at += stride) dotColumns(at, at, rowBytes, sums, rows - c, stride);
      for (let r = c; r < rows; r++) addTo(ancestorEntry(a, panels, r, c), -load<f64>(sums + ((r - c) << 3)));
    }
  }
}

/** The adjoint of `reduceSingleAncestors`; there is none of h with itself. */
export function reduceSingleAncestorsAdjoint(factor: usize): void {
  const rows = load<usize>(factor, ROWS);
  const stride = load<usize>(factor, STRIDE);
  const rowBytes = load<usize>(factor, EFFECTS) * stride;
  const start = load<usize>(factor, SINGLE_ROW);
  const width = rows - start;
  const rest = load<usize>(factor, SINGLE);
  const end = load<usize>(factor, ANCESTORS_END);
  if (width === 1) return;
  for (let a = load<usize>(factor, ANCESTORS_SINGLE); a < end; a += ANCESTOR_BYTES) {
    const panels = load<usize>(load<usize>(a, ANCESTOR_FACTOR), PANEL_ADJOINT);
    for (let c = load<usize>(a, ANCESTOR_ROW); c < ancestorEnd(a); c++)
      for (let r = c; r < rows; r++) {
        const slope = -load<f64>(ancestorEntry(a, panels, r, c));
        store<f64>(rest + (((r - start) * width + c - start) << 3), slope);
        store<f64>(rest + (((c - start) * width + r - start) << 3), slope);
      }
  }
  const L = load<usize>(factor, PANEL) + start * rowBytes;
  const adjoint = load<usize>(factor, PANEL_ADJOINT) + start * rowBytes;
  for (let r: usize = 0; r < width; r++)
    for (let at: usize = 0; at < rowBytes; at += stride)
      addColumns(adjoint + r * rowBytes + at, L + at, rowBytes, rest + ((r * width) << 3), width, stride);
}

/** What the ancestors' rows of a chunk's fronts stand for. */
export function gatherAncestors(factor: usize, first: usize, count: usize): void {
  const step = load<usize>(factor, CHUNK_STRIDE);
  const end = load<usize>(factor, ANCESTORS_END);
  for (let a = load<usize>(factor, ANCESTORS_FIRST); a < end; a += ANCESTOR_BYTES) {
    const other = load<usize>(a, ANCESTOR_FACTOR);
    const width = load<usize>(other, EFFECTS);
    const front = load<usize>(factor, FRONT) + load<usize>(a, ANCESTOR_ROW) * step;
    for (let e: usize = 0; e < width; e++)
      gatherColumn(front + e * step, ancestorIndex(a, first), count, load<usize>(other, B) + (e << 3), width << 3);
  }
}

/** The adjoint of what `substitute` makes of those. */
export function scatterAncestors(factor: usize, first: usize, count: usize): void {
  const step = load<usize>(factor, CHUNK_STRIDE);
  const q = load<usize>(factor, EFFECTS);
  const stride = load<usize>(factor, STRIDE);
  const column = load<usize>(factor, COLUMN);
  const end = load<usize>(factor, ANCESTORS_END);
  for (let a = load<usize>(factor, ANCESTORS_FIRST); a < end; a += ANCESTOR_BYTES) {
    const other = load<usize>(a, ANCESTOR_FACTOR);
    const width = load<usize>(other, EFFECTS);
    let row = load<usize>(factor, PANEL) + (first << 3) + load<usize>(a, ANCESTOR_ROW) * q * stride;
    for (let e: usize = 0; e < width; e++, row += q * stride) {
      const out = load<usize>(other, B_ADJOINT) + (e << 3);
      negativeProducts(column, row, stride, load<usize>(factor, SLOPES), step, q, bytesOf(count));
      if (load<usize>(other, LEVELS) === 1) addTo(out, sumOf(column, count));
      else scatterColumn(column, ancestorIndex(a, first), count, out, width << 3);
    }
  }
}
