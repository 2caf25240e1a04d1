import {
  BERNOULLI_CLOGLOG,
  BERNOULLI_LOGIT,
  BERNOULLI_PROBIT,
  BINOMIAL_CLOGLOG,
  BINOMIAL_LOGIT,
  BINOMIAL_PROBIT,
  DESCRIPTOR,
  KERNEL,
  NEGATIVE_BINOMIAL_LOG,
  NORMAL_IDENTITY,
  POISSON_LOG,
  RESPONSE,
  TRIALS,
} from "../../descriptor";
import { bernoulliCloglog } from "./bernoulliCloglog";
import { bernoulliLogit } from "./bernoulliLogit";
import { bernoulliProbit } from "./bernoulliProbit";
import { binomialCloglog } from "./binomialCloglog";
import { binomialLogit } from "./binomialLogit";
import { binomialProbit } from "./binomialProbit";
import { negativeBinomialLog } from "./negativeBinomialLog";
import { normalIdentity } from "./normalIdentity";
import { poissonLog } from "./poissonLog";

/**
 * Turns linear predictors into scores and returns the log-likelihood of each lane: of `bytes` from `eta` on, at most 1000 pairs, with the
 * responses and trials from byte `at` of theirs on.
 */
export function family(eta: usize, at: usize, bytes: usize): v128 {
  const y = load<usize>(DESCRIPTOR + RESPONSE) + at;
  const trials = load<usize>(DESCRIPTOR + TRIALS) + at;
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
      return f64x2.splat(NaN);
  }
}
