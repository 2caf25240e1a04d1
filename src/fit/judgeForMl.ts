import type { Problem } from "../language/ModelError.js";

/** What only a prior could make up for, with the way out for an engine that has none. */
const withoutPriors: Readonly<Record<string, string>> = {
  "dependent-effects": "take a column that depends on the others out of the term",
  "one-outcome":
    "the likelihood grows without end, and there is nothing to compare: look how the response is coded, or take --penalized or an engine with priors, such as nuts",
  "saturated-effects": "take the term out, take a coarser factor, or use an engine with priors, such as nuts",
  "one-group": "leave the term out, take another factor, or use an engine with priors, such as nuts",
  "too-many-effects":
    "hold sigma at a number, give it known values as in log(sigma) = 0 + offset(log(se)), take the term out or a coarser factor, or use an engine with priors, such as nuts",
};

const leftOut =
  "maximum likelihood leaves it out, as R does; the other coefficients are those of the model without it, and tests of terms are about what is left";

/** What maximum likelihood can live with, with the way out for an engine without priors. */
const weakWithoutPriors: Readonly<Record<string, string>> = {
  "rank-deficient": leftOut,
  "empty-cell": leftOut,
  "constant-column": leftOut,
  separation:
    "maximum likelihood estimates what the other rows determine; --penalized or an engine with priors gives finite estimates of all",
  "separation-unchecked":
    "an estimate that is large without reason has run off: take --penalized, or an engine with priors, such as nuts",
  "few-levels": "the interval of the standard deviation is wide; a fixed effect of the factor may serve better",
  "weak-effects": "the likelihood is nearly flat in it; leave the term out, or use an engine with priors, such as nuts",
};

/** What a problem means to maximum likelihood: it has no priors to live with a weak design by, and to be improper, unless it is penalised by them. */
export function judgeForMl(
  problem: Problem,
  { penalized }: { readonly penalized?: boolean | undefined },
): Problem | null {
  return penalized ? problem : judgeWithoutPriors(problem);
}

function judgeWithoutPriors(problem: Problem): Problem | null {
  if (["improper-posterior", "improper-prior", "prior-origin"].includes(problem.code)) return null;
  const weak = weakWithoutPriors[problem.code];
  if (weak !== undefined) return { ...problem, hint: weak };
  const hint = withoutPriors[problem.code];
  return hint === undefined ? problem : { ...problem, severity: "error", hint };
}
