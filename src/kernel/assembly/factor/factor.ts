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
import { findMode } from "./mode";
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
  const starts = load<usize>(DESCRIPTOR + LEVEL_STARTS);
  addFixedPart(load<usize>(DESCRIPTOR + ROW_FACTORS), 0, bytes);
  memory.fill(load<usize>(DESCRIPTOR + LAMBDA_GRADIENT), 0, (q * q) << 3);
  let total = exponentiateRows(bytes);
  for (let level: usize = 0; level < levels && abs(total) < Infinity; level++) {
    const first: usize = load<u32>(starts + (level << 2));
    const end: usize = load<u32>(starts + (level << 2) + 4);
    total += integrateLevel(level, first, end);
    if (moments) writeMoments(level);
    if (derivatives) differentiateLevel(level, first, end);
  }
  if (!derivatives) return total;
  memory.fill(load<usize>(DESCRIPTOR + BETA_GRADIENT), 0, load<usize>(DESCRIPTOR + COLUMNS) << 3);
  addFixedGradient(load<usize>(DESCRIPTOR + ETA), 0, bytes);
  return total;
}

/** From the record of the level's first pattern to before `end`. */
function integrateLevel(level: usize, first: usize, end: usize): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const bytes = patternBytes();
  for (let pattern = first; pattern < end; pattern += bytes) {
    placePattern(pattern);
    totalRows(pattern);
  }
  if (!findMode(level, first, end)) {
    memory.fill(modeOf(level), 0, q << 3);
    if (!findMode(level, first, end)) return NaN;
  }
  return layNodes(level, first, end);
}
