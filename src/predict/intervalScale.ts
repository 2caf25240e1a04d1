import type { Family } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { linkNamed } from "../family/links.js";
import type { Quantity } from "./quantities/Quantity.js";

/** The scale on which an interval of the delta method is symmetric, so that its ends stay where the quantity can be. */
export interface IntervalScale {
  to(value: number, trials: number): number;
  from(value: number, trials: number): number;
}

/** The scale on which an interval is symmetric: the mean's link for means, the log for variances, logit for probabilities. */
export function intervalScale(
  kind: Quantity["kind"] | "link" | "response",
  family: Family,
  link: string,
): IntervalScale | null {
  switch (kind) {
    case "mean": {
      if (family.meanIsMu === false) return ofRange(family);
      const { link: to, inverseLink } = linkNamed(link);
      // The mean of a response is in proportion to that of a trial.
      const whole = (trials: number) => family.mean(1, [], trials);
      return {
        to: (value, trials) => to(value / whole(trials)),
        from: (value, trials) => inverseLink(value) * whole(trials),
      };
    }
    case "variance":
    case "sd":
      return plain(linkNamed("log"));
    case "probability":
      return plain(linkNamed("logit"));
    default:
      return null;
  }
}

/** By what a response can be: the log for positive ones, logit for shares and for successes among trials; null for any others. */
function ofRange({ checkResponse }: Family): IntervalScale | null {
  const accepts = (value: number) => checkResponse(value, 1) === null;
  if (accepts(-1)) return null;
  const { to, from } = plain(linkNamed(accepts(2) ? "log" : "logit"));
  if (accepts(2)) return { to, from };
  return { to: (value, trials) => to(value / trials, 1), from: (value, trials) => from(value, 1) * trials };
}

function plain({ link, inverseLink }: Link): IntervalScale {
  return { to: link, from: inverseLink };
}
