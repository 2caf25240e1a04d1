import { exp, expm1, inverseLogit, log, log1p, logit } from "../math/special/elementary.js";
import { logNormalDensity, normalCdf, normalQuantile } from "../math/special/normalDistribution.js";
import type { Link } from "./Link.js";

export const links: readonly Link[] = [
  { name: "identity", link: (mu) => mu, inverseLink: (eta) => eta, dMuDEta: () => 1, stan: (eta) => eta },
  { name: "log", link: log, inverseLink: exp, dMuDEta: exp, stan: (eta) => `exp(${eta})` },
  {
    name: "logit",
    link: logit,
    inverseLink: inverseLogit,
    dMuDEta: (eta) => inverseLogit(eta) * inverseLogit(-eta),
    stan: (eta) => `inv_logit(${eta})`,
  },
  {
    name: "probit",
    link: normalQuantile,
    inverseLink: normalCdf,
    dMuDEta: (eta) => exp(logNormalDensity(eta)),
    stan: (eta) => `Phi(${eta})`,
  },
  {
    name: "cloglog",
    link: (mu) => log(-log1p(-mu)),
    inverseLink: (eta) => -expm1(-exp(eta)),
    dMuDEta: (eta) => exp(eta - exp(eta)),
    stan: (eta) => `inv_cloglog(${eta})`,
  },
  {
    name: "sqrt",
    link: Math.sqrt,
    inverseLink: (eta) => eta * eta,
    dMuDEta: (eta) => 2 * eta,
    stan: (eta) => `square(${eta})`,
  },
  {
    name: "inverse",
    link: (mu) => 1 / mu,
    inverseLink: (eta) => 1 / eta,
    dMuDEta: (eta) => -1 / (eta * eta),
    stan: (eta) => `inv(${eta})`,
  },
  {
    name: "inverse_squared",
    link: (mu) => 1 / (mu * mu),
    inverseLink: (eta) => 1 / Math.sqrt(eta),
    dMuDEta: (eta) => -0.5 / (eta * Math.sqrt(eta)),
    stan: (eta) => `inv_sqrt(${eta})`,
  },
];

/** Throws RangeError for a name that no link has. */
export function linkNamed(name: string): Link {
  const link = links.find((known) => known.name === name);
  if (link === undefined) throw new RangeError(`unknown link "${name}"`);
  return link;
}
