import { exp, expm1, expm1MinusX, log, log1p } from "../math/special/elementary.js";
import { logNormalCdfDerivatives as probit } from "../math/special/logNormalCdfDerivatives.js";
import { log1mExp } from "../math/special/logProbability.js";
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
