import { log } from "../math/special/elementary.js";
import type { PriorDistribution, Univariate } from "./Prior.js";

/** flat(): the improper prior of constant density one on the whole line */
export const flat: PriorDistribution = {
  name: "flat",
  parameters: [],
  make: () => lebesgue,
};

const lebesgue: Univariate = {
  lower: -Infinity,
  upper: Infinity,
  proper: false,
  quadratic: { mean: 0, precision: 0 },
  logDensity: () => 0,
  derivative: () => 0,
  stan: () => "0",
  logProbability: (lower, upper) => (lower < upper ? log(upper - lower) : -Infinity),
  quantile: () => NaN,
};
