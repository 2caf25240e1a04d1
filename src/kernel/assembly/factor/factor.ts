import {
  BETA_GRADIENT,
  COLUMNS,
  DESCRIPTOR,
  ETA,
  LAMBDA_GRADIENT,
  LEVEL_STARTS,
  LEVELS,
  NODE_EFFECTS,
  NODE_Z,
  ROW_FIXED,
  ROWS,
} from "../../descriptor";
import { addFixedGradient, addFixedPart } from "../fixedPart";
import { integrateEffects } from "./effects";
import { exponentiateRows, integrateIntercept } from "./intercepts";

/**
 * The log of the integral over u ~ N(0, I), level by level, of the likelihood with Z Lambda u added to the linear predictors, by adaptive
 * Gauss-Hermite quadrature about the modes (Pinheiro & Chao 2006), without what no parameter touches; NaN where it cannot be computed.
 */
export function integrateFactor(derivatives: bool): f64 {
  const bytes = load<usize>(DESCRIPTOR + ROWS) << 3;
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const levels = load<usize>(DESCRIPTOR + LEVELS);
  const starts = load<usize>(DESCRIPTOR + LEVEL_STARTS);
  const isIntercept = !load<usize>(DESCRIPTOR + NODE_Z);
  addFixedPart(load<usize>(DESCRIPTOR + ROW_FIXED), 0, bytes);
  memory.fill(load<usize>(DESCRIPTOR + LAMBDA_GRADIENT), 0, (q * q) << 3);
  let total = isIntercept ? exponentiateRows(bytes) : 0;
  for (let level: usize = 0; level < levels && abs(total) < Infinity; level++) {
    const first: usize = load<u32>(starts + (level << 2));
    const end: usize = load<u32>(starts + (level << 2) + 4);
    total += isIntercept
      ? integrateIntercept(level, first, end, derivatives)
      : integrateEffects(level, first, end, derivatives);
  }
  if (!derivatives) return total;
  memory.fill(load<usize>(DESCRIPTOR + BETA_GRADIENT), 0, load<usize>(DESCRIPTOR + COLUMNS) << 3);
  addFixedGradient(load<usize>(DESCRIPTOR + ETA), 0, bytes);
  return total;
}
