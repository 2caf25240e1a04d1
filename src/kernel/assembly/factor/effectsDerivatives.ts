import {
  DESCRIPTOR,
  ETA,
  LAMBDA,
  LAMBDA_GRADIENT,
  NODE_CROSS,
  NODE_EFFECTS,
  NODE_SCORES,
  NODE_STEPS,
  NODE_WEIGHTS,
  NODES,
  ROW_TABLE,
} from "../../descriptor";
import { addTo } from "../fixedPart";
import { sum } from "../vector";
import { addEffects, covariate, crossRows, factorOf, matrixAt, modeOf, PRODUCTS, vectorAt } from "./levels";
import {
  at,
  entry,
  lowerTimes,
  lowerTransposedTimes,
  solveSmall,
  solveSmallTransposed,
  timesLower,
  timesLowerTransposed,
  transpose,
} from "./smallMatrix";

/** In the workspace: means over the nodes of c = Z's and of the steps d, and what moves the mode. */
const CROSS: usize = 4;
const STEPS: usize = 5;
const PULL: usize = 6;
const SCRATCH: usize = 7;
/** E c d', the adjoint of H, and matrices at work. */
const CROSS_STEPS: usize = 1;
const CURVATURE: usize = 2;
const WORK: usize = 3;

/**
 * The derivatives of one level's integral at its nodes u = mode + L'^-1 x, L L' = H: what comes directly, through L and so through H, and
 * through the mode, which moves by H^-1 d(Lambda' Z's - u).
 */
export function differentiateEffects(level: usize, first: usize, end: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const bytes = end - first;
  const table = load<usize>(DESCRIPTOR + ROW_TABLE);
  const Lambda = load<usize>(DESCRIPTOR + LAMBDA);
  const L = factorOf(level);
  const pull = vectorAt(PULL);
  const moved = vectorAt(SCRATCH);
  averageNodes();
  differentiateFactor(level);
  chainProducts();
  weighRows(first, bytes);
  crossRows(table, first, bytes, pull);
  timesLowerTransposed(Lambda, q, pull);
  memory.copy(moved, vectorAt(CROSS), q << 3);
  timesLowerTransposed(Lambda, q, moved);
  for (let e: usize = 0; e < q; e++) {
    const direct = load<f64>(at(moved, e)) - load<f64>(at(modeOf(level), e)) - load<f64>(at(vectorAt(STEPS), e));
    store<f64>(at(pull, e), load<f64>(at(pull, e)) + direct);
  }
  solveSmall(L, q, pull);
  solveSmallTransposed(L, q, pull);
  timesLower(Lambda, q, pull, moved);
  writeRows(moved, first, bytes);
  chainLambda(level, first, bytes);
}

/** E c, E d and E c d'; and in `CURVATURE` E d d'. */
function averageNodes(): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const weights = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  const cross = load<usize>(DESCRIPTOR + NODE_CROSS);
  for (let r: usize = 0; r < q; r++) {
    store<f64>(at(vectorAt(CROSS), r), meanOf(weights, cross + r * width, 0, width));
    store<f64>(at(vectorAt(STEPS), r), meanOf(weights, steps + r * width, 0, width));
    for (let c: usize = 0; c < q; c++) {
      const step = steps + c * width;
      store<f64>(entry(matrixAt(CROSS_STEPS), q, r, c), meanOf(weights, cross + r * width, step, width));
      store<f64>(entry(matrixAt(CURVATURE), q, r, c), meanOf(weights, steps + r * width, step, width));
    }
  }
}

/** The mean over the nodes of `left`, or of its products with `right`. */
function meanOf(weights: usize, left: usize, right: usize, width: usize): f64 {
  let total = f64x2.splat(0);
  for (let node: usize = 0; node < width; node += 16) {
    let value = f64x2.mul(v128.load(weights + node), v128.load(left + node));
    if (right) value = f64x2.mul(value, v128.load(right + node));
    total = f64x2.add(total, value);
  }
  return sum(total);
}

/**
 * From E d d' in `CURVATURE` the adjoint of H there. With g = Lambda'c - u at a node, d / d L is -E d (L^-1 g)' less the inverse of the
 * diagonal; S = L'^-1 phi(L' dL) L^-1, phi taking the lower triangle with half the diagonal, is the adjoint of H = L L' (Murray 2016).
 */
function differentiateFactor(level: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const L = factorOf(level);
  const S = matrixAt(CURVATURE);
  const slopes = matrixAt(WORK);
  memory.copy(slopes, matrixAt(CROSS_STEPS), (q * q) << 3);
  lowerTransposedTimes(load<usize>(DESCRIPTOR + LAMBDA), q, slopes);
  transpose(slopes, q);
  for (let r: usize = 0; r < q; r++) {
    for (let c: usize = 0; c < q; c++) {
      const own = load<f64>(at(vectorAt(STEPS), r)) * load<f64>(at(modeOf(level), c));
      const slope = load<f64>(entry(slopes, q, r, c)) - own - load<f64>(entry(S, q, r, c));
      store<f64>(entry(S, q, r, c), -slope);
    }
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

/** Lambda through H = Lambda' Z'WZ Lambda + I at fixed W: 2 Z'WZ Lambda (dH). Leaves Lambda (dH) Lambda' in `CURVATURE`. */
function chainProducts(): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const Lambda = load<usize>(DESCRIPTOR + LAMBDA);
  const gradient = load<usize>(DESCRIPTOR + LAMBDA_GRADIENT);
  const S = matrixAt(CURVATURE);
  lowerTimes(Lambda, q, S);
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c <= r; c++) {
      let total: f64 = 0;
      for (let k: usize = 0; k < q; k++)
        total += load<f64>(entry(matrixAt(PRODUCTS), q, r, k)) * load<f64>(entry(S, q, k, c));
      addTo(entry(gradient, q, r, c), 2 * total);
    }
  transpose(S, q);
  lowerTimes(Lambda, q, S);
}

/** Over the rows' values, what their weights bring to their linear predictors: -l''' z' C z. */
function weighRows(first: usize, bytes: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const C = matrixAt(CURVATURE);
  const table = load<usize>(DESCRIPTOR + ROW_TABLE);
  for (let i: usize = 0; i < bytes; i += 16) {
    let form = f64x2.splat(0);
    for (let r: usize = 0; r < q; r++) {
      let product = f64x2.splat(0);
      for (let c: usize = 0; c < q; c++)
        product = f64x2.add(
          product,
          f64x2.mul(v128.load64_splat(entry(C, q, r, c)), v128.load(covariate(c, first) + i)),
        );
      form = f64x2.add(form, f64x2.mul(product, v128.load(covariate(r, first) + i)));
    }
    v128.store(table + i, f64x2.neg(f64x2.mul(form, v128.load(table + 3 * bytes + i))));
  }
}

/** Adds to the rows' values what comes through the mode, and writes them with the mean scores where the fixed part's derivatives belong. */
function writeRows(moved: usize, first: usize, bytes: usize): void {
  const table = load<usize>(DESCRIPTOR + ROW_TABLE);
  const scores = load<usize>(DESCRIPTOR + NODE_SCORES) + first;
  const out = load<usize>(DESCRIPTOR + ETA) + first;
  memory.fill(out, 0, bytes);
  addEffects(moved, out, first, bytes);
  for (let i: usize = 0; i < bytes; i += 16) {
    const through = f64x2.mul(v128.load(table + 2 * bytes + i), v128.load(out + i));
    const answer = f64x2.add(v128.load(table + i), through);
    v128.store(table + i, answer);
    v128.store(out + i, f64x2.add(v128.load(scores + i), answer));
  }
}

/** Lambda through b = Lambda u, the rows' answers and the mode: E c u' + Z'(answers) mode' + Z'(scores at the mode) pull'. */
function chainLambda(level: usize, first: usize, bytes: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const table = load<usize>(DESCRIPTOR + ROW_TABLE);
  const gradient = load<usize>(DESCRIPTOR + LAMBDA_GRADIENT);
  const mode = modeOf(level);
  const crossed = vectorAt(SCRATCH);
  crossRows(table, first, bytes, crossed);
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c <= r; c++) {
      const answer = load<f64>(at(vectorAt(CROSS), r)) + load<f64>(at(crossed, r));
      const direct = load<f64>(entry(matrixAt(CROSS_STEPS), q, r, c));
      addTo(entry(gradient, q, r, c), direct + answer * load<f64>(at(mode, c)));
    }
  crossRows(table + bytes, first, bytes, crossed);
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c <= r; c++)
      addTo(entry(gradient, q, r, c), load<f64>(at(crossed, r)) * load<f64>(at(vectorAt(PULL), c)));
}
