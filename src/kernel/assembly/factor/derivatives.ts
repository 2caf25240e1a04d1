import {
  DESCRIPTOR,
  LAMBDA_GRADIENT,
  NODE_EFFECTS,
  NODE_FACTORS,
  NODE_STEPS,
  NODE_WORK,
  NODES,
  PATTERN_CURVATURE,
  PATTERN_FACTOR,
  PATTERN_MEAN,
  PATTERN_RESPONSE,
  PATTERN_SCORE,
  PATTERN_SLOPE,
} from "../../descriptor";
import { addTo } from "../fixedPart";
import { meanOf, sumProducts } from "./nodeMeans";
import {
  addMultiple,
  dot,
  factorOf,
  matrixAt,
  modeOf,
  patternBytes,
  STEPS,
  vectorAt,
  vectorOf,
  W,
  WORK,
  Z,
} from "./patterns";
import { averageRows, writeRows } from "./rows";
import { at, entry, lowerTransposedTimes, solveSmall, solveSmallTransposed, transpose } from "./smallMatrix";

/** In the workspace: what moves the mode, and the mean of the steps d. */
const PULL: usize = 0;
const DRIFT: usize = 1;
/** E d d', then the adjoint of H; and E d g', g being the gradient of the log integrand. */
const ADJOINT: usize = 0;
const SLOPES: usize = 1;

/**
 * The derivatives of one level's integral at its nodes u = mode + d, d = L'^-1 x, L L' = H = I + sum of slope w w': what comes directly, through L
 * and so through H, and through the mode, which moves by H^-1 d(sum of score w - u).
 */
export function differentiateLevel(level: usize, first: usize, end: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const bytes = patternBytes();
  const pull = vectorAt(PULL);
  averageNodes(level, first, end);
  differentiateFactor(level);
  for (let pattern = first; pattern < end; pattern += bytes) {
    const w = vectorOf(pattern, W);
    timesMatrix(matrixAt(ADJOINT), w, vectorOf(pattern, WORK));
    const form = dot(w, vectorOf(pattern, WORK));
    addMultiple(form * load<f64>(pattern + PATTERN_CURVATURE), w, pull);
  }
  solveSmall(factorOf(level), q, pull);
  solveSmallTransposed(factorOf(level), q, pull);
  for (let pattern = first; pattern < end; pattern += bytes) finishPattern(pattern, modeOf(level));
}

/** E g in `PULL`, E d d' and E d g'; each pattern's E score d, and its rows' means. */
function averageNodes(level: usize, first: usize, end: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  const mode = modeOf(level);
  const pull = vectorAt(PULL);
  const drift = vectorAt(DRIFT);
  for (let e: usize = 0; e < q; e++) {
    store<f64>(at(drift, e), meanOf(steps + e * width, 0));
    store<f64>(at(pull, e), -load<f64>(at(mode, e)) - load<f64>(at(drift, e)));
    for (let c: usize = 0; c <= e; c++) {
      const square = meanOf(steps + e * width, steps + c * width);
      store<f64>(entry(matrixAt(ADJOINT), q, e, c), square);
      store<f64>(entry(matrixAt(ADJOINT), q, c, e), square);
    }
  }
  const slopes = matrixAt(SLOPES);
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c < q; c++) {
      const square = load<f64>(entry(matrixAt(ADJOINT), q, r, c));
      store<f64>(entry(slopes, q, r, c), -load<f64>(at(drift, r)) * load<f64>(at(mode, c)) - square);
    }
  const bytes = patternBytes();
  let factors = load<usize>(DESCRIPTOR + NODE_FACTORS);
  for (let pattern = first; pattern < end; pattern += bytes, factors += width) {
    averageRows(pattern, factors);
    const w = vectorOf(pattern, W);
    addMultiple(load<f64>(pattern + PATTERN_SCORE), w, pull);
    for (let e: usize = 0; e < q; e++) {
      const stretch = sumProducts(load<usize>(DESCRIPTOR + NODE_WORK), steps + e * width);
      store<f64>(at(vectorOf(pattern, STEPS), e), stretch);
      addMultiple(stretch, w, entry(slopes, q, e, 0));
    }
  }
}

/**
 * The adjoint of H. The derivative in L is -E d (L^-1 g)' less the inverse of the diagonal; S = L'^-1 phi(L' dL) L^-1, phi taking the lower
 * triangle with half the diagonal, is that in H = L L' (Murray 2016).
 */
function differentiateFactor(level: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const L = factorOf(level);
  const S = matrixAt(ADJOINT);
  for (let r: usize = 0; r < q; r++) {
    for (let c: usize = 0; c < q; c++) store<f64>(entry(S, q, r, c), -load<f64>(entry(matrixAt(SLOPES), q, r, c)));
    solveSmall(L, q, entry(S, q, r, 0));
    const diagonal = entry(S, q, r, r);
    store<f64>(diagonal, load<f64>(diagonal) - 1 / load<f64>(entry(L, q, r, r)));
    for (let c = r + 1; c < q; c++) store<f64>(entry(S, q, r, c), 0);
  }
  lowerTransposedTimes(L, q, S);
  for (let r: usize = 0; r < q; r++) {
    store<f64>(entry(S, q, r, r), 0.5 * load<f64>(entry(S, q, r, r)));
    for (let c = r + 1; c < q; c++) store<f64>(entry(S, q, r, c), 0);
  }
  solveColumns(L, q, S);
  solveColumns(L, q, S);
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c <= r; c++) {
      const half = 0.5 * (load<f64>(entry(S, q, r, c)) + load<f64>(entry(S, q, c, r)));
      store<f64>(entry(S, q, r, c), half);
      store<f64>(entry(S, q, c, r), half);
    }
}

/** S <- (L'^-1 S)': twice, L'^-1 S L^-1. */
function solveColumns(L: usize, q: usize, S: usize): void {
  transpose(S, q);
  for (let r: usize = 0; r < q; r++) solveSmallTransposed(L, q, entry(S, q, r, 0));
}

function timesMatrix(S: usize, x: usize, y: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  for (let r: usize = 0; r < q; r++) store<f64>(at(y, r), dot(entry(S, q, r, 0), x));
}

/**
 * The derivatives in a pattern's rows, and through w = Lambda'z in Lambda. With S w in `WORK`, that in w is, directly, E score u; through the mode,
 * score pull - slope (w'pull) mode; through H, 2 slope S w + (w'S w) curvature mode.
 */
function finishPattern(pattern: usize, mode: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const w = vectorOf(pattern, W);
  const z = vectorOf(pattern, Z);
  const Sw = vectorOf(pattern, WORK);
  const adjoint = vectorOf(pattern, STEPS);
  const slope = load<f64>(pattern + PATTERN_SLOPE);
  const pulled = dot(w, vectorAt(PULL));
  const form = dot(w, Sw);
  writeRows(pattern, load<f64>(pattern + PATTERN_FACTOR), -pulled, form);
  const ofMode = load<f64>(pattern + PATTERN_SCORE) - slope * pulled + form * load<f64>(pattern + PATTERN_CURVATURE);
  addMultiple(ofMode, mode, adjoint);
  addMultiple(load<f64>(pattern + PATTERN_RESPONSE) - load<f64>(pattern + PATTERN_MEAN), vectorAt(PULL), adjoint);
  addMultiple(2 * slope, Sw, adjoint);
  const gradient = load<usize>(DESCRIPTOR + LAMBDA_GRADIENT);
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c <= r; c++)
      addTo(entry(gradient, q, r, c), load<f64>(at(z, r)) * load<f64>(at(adjoint, c)));
}
