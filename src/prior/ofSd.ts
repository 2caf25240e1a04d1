import { log } from "../math/special/elementary.js";
import type { Univariate } from "./Prior.js";

/** The scales besides its own that the prior of an sd may be on. */
export type SdScale = "var" | "precision";

/** Below it squares are as good as lost: a log density there goes on as it comes, straight in log sd. */
const LEAST_SD = 1e-150;
const NEARBY = 1e-140;

/**
 * The distribution of an sd whose variance sd^2, or precision 1 / sd^2, has the given one on (0, Inf): its density times the Jacobian
 * 2 sd, or 2 / sd^3.
 */
export function ofSd(whole: Univariate, scale: SdScale): Univariate {
  const isVariance = scale === "var";
  const power = isVariance ? 2 : -2;
  const toScale = (sd: number) => (isVariance ? sd * sd : 1 / sd / sd);
  const toSd = (value: number) => (isVariance ? Math.sqrt(value) : 1 / Math.sqrt(value));
  const [lower, upper] = isVariance ? [toSd(whole.lower), toSd(whole.upper)] : [toSd(whole.upper), toSd(whole.lower)];
  const { stan } = whole;
  const inside = (sd: number) => whole.logDensity(toScale(sd)) + Math.LN2 + (power - 1) * log(sd);
  const slopeAtZero = () => (inside(NEARBY) - inside(LEAST_SD)) / (log(NEARBY) - log(LEAST_SD));
  return {
    lower,
    upper,
    proper: whole.proper,
    ...(stan === undefined ? {} : { stan: (sd: string) => stanOfSd(stan, sd, isVariance) }),
    logDensity(sd) {
      if (!(sd > lower && sd < upper)) return -Infinity;
      return sd < LEAST_SD ? inside(LEAST_SD) + slopeAtZero() * (log(sd) - log(LEAST_SD)) : inside(sd);
    },
    derivative(sd) {
      const value = toScale(sd);
      return (power * whole.derivative(value) * value) / sd + (power - 1) / sd;
    },
    logProbability(from, to) {
      const [a, b] = [Math.max(from, 0), Math.max(to, 0)];
      return isVariance ? whole.logProbability(toScale(a), toScale(b)) : whole.logProbability(toScale(b), toScale(a));
    },
    quantile: (probability) => toSd(whole.quantile(isVariance ? probability : 1 - probability)),
  };
}

function stanOfSd(stan: (x: string) => string, sd: string, isVariance: boolean): string {
  return isVariance
    ? `${stan(`square(${sd})`)} + log(2) + log(${sd})`
    : `${stan(`inv_square(${sd})`)} + log(2) - 3 * log(${sd})`;
}
