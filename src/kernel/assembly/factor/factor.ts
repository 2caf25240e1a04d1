import {
  BETA_GRADIENT,
  COLUMNS,
  DESCRIPTOR,
  ETA,
  LAMBDA_GRADIENT,
  LEVEL_STARTS,
  LEVELS,
  NODE_EFFECTS,
  ROW_FACTORS,
  ROWS,
} from "../../descriptor";
import { addFixedGradient, addFixedPart } from "../fixedPart";
import { differentiateLevel } from "./derivatives";
import { findMode, findModes } from "./mode";
import { writeMoments } from "./nodeMeans";
import { layNodes } from "./nodes";
import { modeOf, patternBytes, placePattern } from "./patterns";
import { exponentiateRows, totalRows } from "./rows";

/**
 * The log of the integral over u ~ N(0, I), level by level, of the likelihood with Z Lambda u added to the linear predictors, by adaptive
 * quadrature about the modes (Pinheiro & Chao 2006), without what no parameter touches; NaN where it cannot be computed.
 */
export function integrateFactor(derivatives: bool, moments: bool): f64 {
  const bytes = load<usize>(DESCRIPTOR + ROWS) << 3;
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const levels = load<usize>(DESCRIPTOR + LEVELS);
  addFixedPart(load<usize>(DESCRIPTOR + ROW_FACTORS), 0, bytes);
  memory.fill(load<usize>(DESCRIPTOR + LAMBDA_GRADIENT), 0, (q * q) << 3);
  let total = exponentiateRows(bytes);
  if (!(abs(total) < Infinity)) return NaN;
  placePatterns();
  if (!findAllModes()) return NaN;
  for (let level: usize = 0; level < levels && abs(total) < Infinity; level++) {
    const first = firstPattern(level);
    const end = firstPattern(level + 1);
    total += layNodes(level, first, end);
    if (moments) writeMoments(level);
    if (derivatives) differentiateLevel(level, first, end);
  }
  if (!derivatives) return total;
  memory.fill(load<usize>(DESCRIPTOR + BETA_GRADIENT), 0, load<usize>(DESCRIPTOR + COLUMNS) << 3);
  addFixedGradient(load<usize>(DESCRIPTOR + ETA), 0, bytes);
  return total;
}

/** The record of a level's first pattern, and the end of that of the last level. */
function firstPattern(level: usize): usize {
  return load<u32>(load<usize>(DESCRIPTOR + LEVEL_STARTS) + (level << 2));
}

function placePatterns(): void {
  const bytes = patternBytes();
  const end = firstPattern(load<usize>(DESCRIPTOR + LEVELS));
  for (let pattern = firstPattern(0); pattern < end; pattern += bytes) {
    placePattern(pattern);
    totalRows(pattern);
  }
}

/** Levels of one effect and one pattern, two by two as far as that goes; the others one by one. */
function findAllModes(): bool {
  const levels = load<usize>(DESCRIPTOR + LEVELS);
  const isLine = load<usize>(DESCRIPTOR + NODE_EFFECTS) === 1;
  const bytes = patternBytes();
  for (let level: usize = 0; level < levels; level++) {
    const first = firstPattern(level);
    const second = firstPattern(level + 1);
    const isPair =
      isLine && level + 1 < levels && second - first === bytes && firstPattern(level + 2) - second === bytes;
    if (isPair && findModes(level, level + 1, first, second)) level++;
    else if (!findOneMode(level, first, second)) return false;
  }
  return true;
}

/** From where it was, or where that does not arrive, from 0. */
function findOneMode(level: usize, first: usize, end: usize): bool {
  if (findMode(level, first, end)) return true;
  const mode = modeOf(level);
  memory.fill(mode, 0, load<usize>(DESCRIPTOR + NODE_EFFECTS) << 3);
  return findMode(level, first, end);
}
