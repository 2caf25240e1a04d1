import {
  BERNOULLI_CLOGLOG,
  BERNOULLI_LOGIT,
  BERNOULLI_PROBIT,
  BETA_GRADIENT,
  BINOMIAL_CLOGLOG,
  BINOMIAL_LOGIT,
  BINOMIAL_PROBIT,
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
  KERNEL,
  NEGATIVE_BINOMIAL_LOG,
  NORMAL_IDENTITY,
  PAD_ETA,
  POISSON_LOG,
  RESPONSE,
  ROWS,
  TRIALS,
} from "../descriptor";
import { bernoulliCloglog } from "./bernoulliCloglog";
import { bernoulliLogit } from "./bernoulliLogit";
import { bernoulliProbit } from "./bernoulliProbit";
import { binomialCloglog } from "./binomialCloglog";
import { binomialLogit } from "./binomialLogit";
import { binomialProbit } from "./binomialProbit";
import { addFixedGradient, addFixedPart } from "./fixedPart";
import { negativeBinomialLog } from "./negativeBinomialLog";
import { normalIdentity } from "./normalIdentity";
import { poissonLog } from "./poissonLog";
import { gather, scatter } from "./randomPart";

/** The log-likelihood and its gradients, all read from and written to what the descriptor points at. */
export function logLikelihoodGradient(): f64 {
  const rows = load<usize>(DESCRIPTOR + ROWS);
  const chunkRows = load<usize>(DESCRIPTOR + CHUNK_ROWS);
  const eta = load<usize>(DESCRIPTOR + ETA);
  const factors: usize = DESCRIPTOR + FACTOR_RECORDS;
  const factorsEnd = factors + load<usize>(DESCRIPTOR + FACTORS) * FACTOR_BYTES;
  clearOutputs(factors, factorsEnd);
  let total: f64 = 0;
  for (let first: usize = 0; first < rows; first += chunkRows) {
    const end = min(first + chunkRows, rows);
    const bytes = ((end - first + 1) & ~1) << 3;
    addFixedPart(eta, first, bytes);
    for (let factor = factors; factor < factorsEnd; factor += FACTOR_BYTES) gather(factor, first, end, eta);
    if ((end - first) & 1) store<f64>(eta + bytes - 8, load<f64>(DESCRIPTOR + PAD_ETA));
    total += family(eta, first, bytes);
    for (let factor = factors; factor < factorsEnd; factor += FACTOR_BYTES) scatter(factor, first, end, eta);
    addFixedGradient(eta, first, bytes);
  }
  return total;
}

function clearOutputs(factors: usize, factorsEnd: usize): void {
  store<f64>(DESCRIPTOR + DISPERSION_GRADIENT, 0);
  memory.fill(load<usize>(DESCRIPTOR + BETA_GRADIENT), 0, load<usize>(DESCRIPTOR + COLUMNS) << 3);
  for (let factor = factors; factor < factorsEnd; factor += FACTOR_BYTES) {
    const count = load<usize>(factor, FACTOR_LEVELS) * load<usize>(factor, FACTOR_EFFECTS);
    memory.fill(load<usize>(factor, FACTOR_GRADIENT), 0, count << 3);
    store<usize>(factor, load<usize>(factor, FACTOR_RUNS), FACTOR_CURSOR);
  }
}

/** Turns the chunk's linear predictors into scores and returns its log-likelihood. */
function family(eta: usize, first: usize, bytes: usize): f64 {
  const y = load<usize>(DESCRIPTOR + RESPONSE) + (first << 3);
  const trials = load<usize>(DESCRIPTOR + TRIALS) + (first << 3);
  switch (load<usize>(DESCRIPTOR + KERNEL)) {
    case NORMAL_IDENTITY:
      return normalIdentity(eta, y, bytes);
    case BERNOULLI_LOGIT:
      return bernoulliLogit(eta, y, bytes);
    case BERNOULLI_PROBIT:
      return bernoulliProbit(eta, y, bytes);
    case BERNOULLI_CLOGLOG:
      return bernoulliCloglog(eta, y, bytes);
    case BINOMIAL_LOGIT:
      return binomialLogit(eta, y, trials, bytes);
    case BINOMIAL_PROBIT:
      return binomialProbit(eta, y, trials, bytes);
    case BINOMIAL_CLOGLOG:
      return binomialCloglog(eta, y, trials, bytes);
    case POISSON_LOG:
      return poissonLog(eta, y, bytes);
    case NEGATIVE_BINOMIAL_LOG:
      return negativeBinomialLog(eta, y, bytes);
    default:
      return NaN;
  }
}
