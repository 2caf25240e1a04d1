import { linkNamed } from "../family/links.js";
import { exp } from "../math/special/elementary.js";
import { normalCdf } from "../math/special/normalDistribution.js";
import { overNormal } from "./overNormal.js";

/** The mean of the inverse link at a linear predictor that is normal with this mean and variance. */
export type MarginalMean = (eta: number, variance: number) => number;

/** Exactly for the links that have a closed form, by quadrature for others. */
export function marginalMean(link: string): MarginalMean {
  switch (link) {
    case "identity":
      return (eta) => eta;
    case "log":
      return (eta, variance) => exp(eta + 0.5 * variance);
    case "probit":
      return (eta, variance) => normalCdf(eta / Math.sqrt(1 + variance));
    default: {
      const { inverseLink } = linkNamed(link);
      return (eta, variance) => overNormal(inverseLink, eta, variance);
    }
  }
}
