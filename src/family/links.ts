import { exp, expm1, inverseLogit, log, log1p, logit } from "../math/special/elementary.js";
import { logNormalDensity, normalCdf, normalQuantile } from "../math/special/normalDistribution.js";
import type { Link } from "./Link.js";

export const links: readonly Link[] = [
  { name: "identity", link: (mu) => mu, inverseLink: (eta) => eta, dMuDEta: () => 1 },
  { name: "log", link: log, inverseLink: exp, dMuDEta: exp },
  { name: "logit", link: logit, inverseLink: inverseLogit, dMuDEta: (eta) => inverseLogit(eta) * inverseLogit(-eta) },
  { name: "probit", link: normalQuantile, inverseLink: normalCdf, dMuDEta: (eta) => exp(logNormalDensity(eta)) },
  {
    name: "cloglog",
    link: (mu) => log(-log1p(-mu)),
    inverseLink: (eta) => -expm1(-exp(eta)),
    dMuDEta: (eta) => exp(eta - exp(eta)),
  },
];

/** Throws RangeError for a name that no link has. */
export function linkNamed(name: string): Link {
  const link = links.find((known) => known.name === name);
  if (link === undefined) throw new RangeError(`unknown link "${name}"`);
  return link;
}
