import erfcx from "@stdlib/math-base-special-erfcx";
import { exp, expm1, expm1MinusX, log, log1p } from "../math/special/elementary.js";
import { log1mExp } from "../math/special/logProbability.js";
import { LOG_SQRT_TWO_PI, logNormalDensity } from "../math/special/normalDistribution.js";
import type { RowDerivatives, StanRow } from "./Family.js";

/** Writes a log-probability and its derivatives in eta, as far as `order` asks; -Infinity outside the link's range. */
export type LogProbability = (eta: number, order: 0 | 1 | 2 | 3, out: RowDerivatives) => void;

/** log p(eta) and log(1 - p(eta)), each without cancellation wherever eta lies. */
export interface BinaryLink {
  readonly success: LogProbability;
  readonly failure: LogProbability;
}

const logit: LogProbability = (eta, order, out) => {
  const e = exp(-Math.abs(eta));
  out.value = Math.min(eta, 0) - log1p(e);
  if (order === 0) return;
  const larger = 1 / (1 + e);
  const p = eta < 0 ? e * larger : larger;
  const q = eta < 0 ? larger : e * larger;
  out.dEta = q;
  out.dEta2 = -p * q;
  out.dEta3 = -p * q * (q - p);
};

/** Below it the probit's continued fraction replaces erfcx, whose hazard would lose the digits of eta + hazard. */
const PROBIT_TAIL = -5;
/** Enough for a double at PROBIT_TAIL and below. */
const PROBIT_TERMS = 16;
const INVERSE_SQRT_TWO_PI = exp(-LOG_SQRT_TWO_PI);

const probit: LogProbability = (eta, order, out) => {
  if (eta < PROBIT_TAIL) {
    probitTail(-eta, out);
    return;
  }
  const scaledTail = 0.5 * erfcx(Math.abs(eta) * Math.SQRT1_2);
  const density = exp(-0.5 * eta * eta);
  const tail = scaledTail * density;
  out.value = eta < 0 ? log(scaledTail) - 0.5 * eta * eta : log1p(-tail);
  if (order === 0) return;
  const hazard = INVERSE_SQRT_TWO_PI * (eta < 0 ? 1 / scaledTail : density / (1 - tail));
  out.dEta = hazard;
  out.dEta2 = -hazard * (eta + hazard);
  out.dEta3 = hazard * ((eta + hazard) * (eta + 2 * hazard) - 1);
};

/**
 * log Phi(-t) for large t by Laplace's continued fraction, hazard = t + 1 / (t + 2 / (t + 3 / (t + ...))), whose tails
 * also give the derivatives as products and small differences.
 */
function probitTail(t: number, out: RowDerivatives): void {
  let fourth = 0;
  for (let k = PROBIT_TERMS; k >= 4; k--) fourth = k / (t + fourth);
  const third = 3 / (t + fourth);
  const second = 2 / (t + third);
  const first = 1 / (t + second);
  const hazard = t + first;
  out.value = logNormalDensity(t) - log(hazard);
  out.dEta = hazard;
  out.dEta2 = -hazard * first;
  out.dEta3 = hazard * first * first * second * (third - second);
}

/** p = 1 - exp(-mu), mu = exp(eta). */
const cloglogSuccess: LogProbability = (eta, order, out) => {
  const mu = exp(eta);
  // Below e^-37, log(1 - exp(-mu)) is log mu to the last digit; below e^-745 mu itself is lost.
  out.value = eta < -37 ? eta : log1mExp(-mu);
  if (order === 0) return;
  // Beyond 700 the derivatives are zero to 1e-299, and exp(mu) would overflow.
  const m = Math.min(mu, 700);
  const slope = m === 0 ? 1 : m / expm1(m);
  const flatness = m === 0 ? 0 : expm1MinusX(m) / expm1(m);
  out.dEta = slope;
  out.dEta2 = slope * (flatness - m);
  out.dEta3 = slope * ((flatness - m) * (flatness - m) - flatness * (slope + m));
};

const cloglogFailure: LogProbability = (eta, _order, out) => {
  const value = -exp(eta);
  out.value = value;
  out.dEta = value;
  out.dEta2 = value;
  out.dEta3 = value;
};

const logSuccess: LogProbability = (eta, _order, out) => {
  out.value = eta <= 0 ? eta : -Infinity;
  out.dEta = 1;
  out.dEta2 = 0;
  out.dEta3 = 0;
};

const logFailure: LogProbability = (eta, order, out) => {
  out.value = eta <= 0 ? log1mExp(eta) : -Infinity;
  if (order === 0) return;
  const odds = 1 / expm1(-eta);
  out.dEta = -odds;
  out.dEta2 = -odds * (1 + odds);
  out.dEta3 = -odds * (1 + odds) * (1 + 2 * odds);
};

const identitySuccess: LogProbability = (eta, _order, out) => {
  out.value = eta >= 0 && eta <= 1 ? log(eta) : -Infinity;
  const inverse = 1 / eta;
  out.dEta = inverse;
  out.dEta2 = -inverse * inverse;
  out.dEta3 = 2 * inverse * inverse * inverse;
};

const identityFailure: LogProbability = (eta, _order, out) => {
  out.value = eta >= 0 && eta <= 1 ? log1p(-eta) : -Infinity;
  const inverse = 1 / (1 - eta);
  out.dEta = -inverse;
  out.dEta2 = -inverse * inverse;
  out.dEta3 = -2 * inverse * inverse * inverse;
};

export const binaryLinks: Readonly<Record<string, BinaryLink>> = {
  logit: { success: logit, failure: reflected(logit) },
  probit: { success: probit, failure: reflected(probit) },
  cloglog: { success: cloglogSuccess, failure: cloglogFailure },
  log: { success: logSuccess, failure: logFailure },
  identity: { success: identitySuccess, failure: identityFailure },
};

/** Variances of the logistic, the standard normal and the Gumbel distribution. */
export const binaryLatentVariances: Readonly<Record<string, number>> = {
  logit: Math.PI ** 2 / 3,
  probit: 1,
  cloglog: Math.PI ** 2 / 6,
};

/** Stan's expressions of log p(eta) and log(1 - p(eta)). */
const stanLinks: Readonly<Record<string, (eta: string) => readonly [success: string, failure: string]>> = {
  logit: (eta) => [`log_inv_logit(${eta})`, `log1m_inv_logit(${eta})`],
  probit: (eta) => [`normal_lcdf(${eta} | 0, 1)`, `normal_lccdf(${eta} | 0, 1)`],
  cloglog: (eta) => [`log1m_exp(-exp(${eta}))`, `-exp(${eta})`],
  log: (eta) => [eta, `log1m_exp(${eta})`],
  identity: (eta) => [`log(${eta})`, `log1m(${eta})`],
};

/** The log densities in Stan of a family of successes and failures, one link each, from those of a success and a failure. */
export function stanOfLinks(
  density: (row: {
    readonly y: string;
    readonly trials: string;
    readonly success: string;
    readonly failure: string;
  }) => string,
): Readonly<Record<string, StanRow>> {
  const rows = Object.entries(stanLinks).map(([link, logs]): [string, StanRow] => [
    link,
    {
      isVectorised: false,
      density({ y, trials, eta }) {
        const [success, failure] = logs(eta);
        return density({ y, trials, success, failure });
      },
    },
  ]);
  return Object.fromEntries(rows);
}

/** What exp of a coefficient is of a probability. */
export const binaryRatios = {
  logit: { singular: "odds ratio", plural: "odds ratios" },
  log: { singular: "risk ratio", plural: "risk ratios" },
} as const;

/** log(1 - p) of a link with 1 - p(eta) = p(-eta). */
function reflected(success: LogProbability): LogProbability {
  return (eta, order, out) => {
    success(-eta, order, out);
    out.dEta = -out.dEta;
    out.dEta3 = -out.dEta3;
  };
}
