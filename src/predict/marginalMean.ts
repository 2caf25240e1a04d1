import { linkNamed } from "../family/links.js";
import { exp, log, log1p, logit } from "../math/special/elementary.js";
import { normalCdf } from "../math/special/normalDistribution.js";
import { overNormal } from "./overNormal.js";

/** A number that is made of a linear predictor which is normal with this mean and variance. */
export type OverEffects = (eta: number, variance: number) => number;

/** The mean of the inverse link: exactly for the links that have a closed form, by quadrature for others. */
export function marginalMean(link: string): OverEffects {
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

/** The link of that mean, with full relative precision also where the mean rounds to 1: eta itself at a variance of 0. */
export function linkOfMarginalMean(link: string): OverEffects {
  switch (link) {
    case "identity":
      return (eta) => eta;
    case "log":
      return (eta, variance) => eta + 0.5 * variance;
    case "probit":
      return (eta, variance) => eta / Math.sqrt(1 + variance);
    case "logit": {
      const mean = marginalMean(link);
      // The mean at -eta is 1 less that at eta.
      return (eta, variance) => (eta > 0 ? -logit(mean(-eta, variance)) : logit(mean(eta, variance)));
    }
    case "cloglog": {
      const mean = marginalMean(link);
      const none = (eta: number) => exp(-exp(eta));
      return (eta, variance) =>
        eta > 0 ? log(-log(overNormal(none, eta, variance))) : log(-log1p(-mean(eta, variance)));
    }
    default: {
      const mean = marginalMean(link);
      const { link: g } = linkNamed(link);
      return (eta, variance) => g(mean(eta, variance));
    }
  }
}
