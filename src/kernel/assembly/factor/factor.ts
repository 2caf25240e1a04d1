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
  const levels = load<usize>(DESCRIPTOR + LEVELS);
  let total = beginFactor();
  if (!(abs(total) < Infinity)) return NaN;
  if (findFactorModes(0, levels) > levels) return NaN;
  total = addLevels(0, levels, total, derivatives, moments);
  if (derivatives) endFactor();
  return total;
}

/** Its first part: what is to be added to, not finite where it cannot be computed. */
export function beginFactor(): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const bytes = load<usize>(DESCRIPTOR + ROWS) << 3;
  addFixedPart(load<usize>(DESCRIPTOR + ROW_FACTORS), 0, bytes);
  memory.fill(load<usize>(DESCRIPTOR + LAMBDA_GRADIENT), 0, (q * q) << 3);
  const total = exponentiateRows(bytes);
  if (abs(total) < Infinity) placePatterns();
  return total;
}

/**
 * Its second part, the modes of some levels: two by two where they have one effect and one pattern, as far as that goes, the others one by one.
 * Returns the level to go on from, `until` or the one after it; more than there are levels where a mode is not found.
 */
export function findFactorModes(level: usize, until: usize): usize {
  const levels = load<usize>(DESCRIPTOR + LEVELS);
  const isLine = load<usize>(DESCRIPTOR + NODE_EFFECTS) === 1;
  const bytes = patternBytes();
  for (; level < until; level++) {
    const first = firstPattern(level);
    const second = firstPattern(level + 1);
    const isPair =
      isLine && level + 1 < levels && second - first === bytes && firstPattern(level + 2) - second === bytes;
    if (isPair && findModes(level, level + 1, first, second)) level++;
    else if (!findOneMode(level, first, second)) return levels + 1;
  }
  return level;
}

/** Its third part: the total with the integrals of some levels. */
export function addLevels(level: usize, until: usize, total: f64, derivatives: bool, moments: bool): f64 {
  for (; level < until && abs(total) < Infinity; level++) {
    const first = firstPattern(level);
    const end = firstPattern(level + 1);
    total += layNodes(level, first, end);
    if (moments) writeMoments(level);
    if (derivatives) differentiateLevel(level, first, end);
  }
  return total;
}

/** Its last part, where derivatives are asked for: those in beta. */
export function endFactor(): void {
  memory.fill(load<usize>(DESCRIPTOR + BETA_GRADIENT), 0, load<usize>(DESCRIPTOR + COLUMNS) << 3);
  addFixedGradient(load<usize>(DESCRIPTOR + ETA), 0, load<usize>(DESCRIPTOR + ROWS) << 3);
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

/** From where it was, or where that does not arrive, from 0. */
function findOneMode(level: usize, first: usize, end: usize): bool {
  if (findMode(level, first, end)) return true;
  const mode = modeOf(level);
  memory.fill(mode, 0, load<usize>(DESCRIPTOR + NODE_EFFECTS) << 3);
  return findMode(level, first, end);
}
