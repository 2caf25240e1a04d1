import {
  BETA_GRADIENT,
  CHUNK_ROWS,
  COLUMNS,
  DESCRIPTOR,
  DISPERSION_GRADIENT,
  ETA,
  FACTOR_BYTES,
  FACTOR_CURSOR,
  FACTOR_EFFECTS,
  FACTOR_GRADIENT,
  FACTOR_LEVELS,
  FACTOR_RECORDS,
  FACTOR_RUNS,
  FACTORS,
  PAD_ETA,
  ROWS,
} from "../descriptor";
import { family } from "./family/family";
import { addFixedGradient, addFixedPart } from "./fixedPart";
import { gather, scatter } from "./randomPart";
import { sum } from "./vector";

/** The log-likelihood and its gradients, all read from and written to what the descriptor points at. */
export function logLikelihoodGradient(): f64 {
  const rows = load<usize>(DESCRIPTOR + ROWS);
  const chunkRows = load<usize>(DESCRIPTOR + CHUNK_ROWS);
  const eta = load<usize>(DESCRIPTOR + ETA);
  const factors: usize = DESCRIPTOR + FACTOR_RECORDS;
  const factorsEnd = factors + load<usize>(DESCRIPTOR + FACTORS) * FACTOR_BYTES;
  clearOutputs(factors, factorsEnd);
  let total = f64x2.splat(0);
  for (let first: usize = 0; first < rows; first += chunkRows) {
    const end = min(first + chunkRows, rows);
    const bytes = ((end - first + 1) & ~1) << 3;
    addFixedPart(eta, first, bytes);
    for (let factor = factors; factor < factorsEnd; factor += FACTOR_BYTES) gather(factor, first, end, eta);
    if ((end - first) & 1) store<f64>(eta + bytes - 8, load<f64>(DESCRIPTOR + PAD_ETA));
    total = f64x2.add(total, family(eta, first << 3, bytes));
    for (let factor = factors; factor < factorsEnd; factor += FACTOR_BYTES) scatter(factor, first, end, eta);
    addFixedGradient(eta, first, bytes);
  }
  const gradient: usize = DESCRIPTOR + DISPERSION_GRADIENT;
  store<f64>(gradient, sum(v128.load(gradient)));
  return sum(total);
}

function clearOutputs(factors: usize, factorsEnd: usize): void {
  v128.store(DESCRIPTOR + DISPERSION_GRADIENT, f64x2.splat(0));
  memory.fill(load<usize>(DESCRIPTOR + BETA_GRADIENT), 0, load<usize>(DESCRIPTOR + COLUMNS) << 3);
  for (let factor = factors; factor < factorsEnd; factor += FACTOR_BYTES) {
    const count = load<usize>(factor, FACTOR_LEVELS) * load<usize>(factor, FACTOR_EFFECTS);
    memory.fill(load<usize>(factor, FACTOR_GRADIENT), 0, count << 3);
    store<usize>(factor, load<usize>(factor, FACTOR_RUNS), FACTOR_CURSOR);
  }
}
