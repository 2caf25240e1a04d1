import { exp } from "../math/special/elementary.js";
import type { Auxiliary, Family } from "./Family.js";
import { integrandOver } from "./intervalsByIntegration.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/** Mean and variance of a response that is known to lie in an interval, lower < Y <= upper. */
export type IntervalMoments = (
  lower: number,
  upper: number,
  trials: number,
  eta: number,
  phi: Auxiliary,
) => { readonly mean: number; readonly variance: number };

/** Beyond the mean, so many sds hold all of a count that matters. */
const SPREAD = 40;

/** Moments in intervals of a family with a distribution function, by sums or integrals. */
export function intervalMoments(family: Family, link: string, inverseLink: (eta: number) => number): IntervalMoments {
  return family.cumulative?.isDiscrete === true ? ofCounts(family, link, inverseLink) : ofMeasurements(family, link);
}

function ofMeasurements(family: Family, link: string): IntervalMoments {
  const visit = integrandOver(family, link);
  return (lower, upper, trials, eta, phi) => {
    const sums = new Sums();
    visit(lower, upper, trials, eta, phi, 0, (y, logWeight, { value }) => sums.add(y, value + logWeight));
    return sums.moments();
  };
}

function ofCounts(family: Family, link: string, inverseLink: (eta: number) => number): IntervalMoments {
  const row = family.rowLikelihood(link);
  const hasEnd = family.slots.some(({ kind }) => kind === "data");
  return (lower, upper, trials, eta, phi) => {
    const out = newRowDerivatives(phi.length);
    const mu = inverseLink(eta);
    const first = Math.max(0, Math.floor(lower) + 1);
    const far = family.mean(mu, phi, trials) + SPREAD * Math.sqrt(family.variance(mu, phi, trials)) + SPREAD;
    const last = Math.min(Math.floor(upper), hasEnd ? trials : Math.ceil(Math.max(first, 0) + far));
    const sums = new Sums();
    for (let y = first; y <= last; y++) {
      row.evaluate(y, trials, eta, phi, 0, out);
      sums.add(y, out.value);
    }
    return sums.moments();
  };
}

/** Weighted values whose weights are given by their logs. */
class Sums {
  private readonly values: number[] = [];
  private readonly logs: number[] = [];

  add(value: number, logWeight: number): void {
    if (!(logWeight > -Infinity)) return;
    this.values.push(value);
    this.logs.push(logWeight);
  }

  moments(): { readonly mean: number; readonly variance: number } {
    const most = this.logs.reduce((a, b) => Math.max(a, b), -Infinity);
    const weights = this.logs.map((each) => exp(each - most));
    const total = weights.reduce((a, b) => a + b, 0);
    const expected = (f: (y: number) => number) =>
      weights.reduce((sum, w, k) => sum + (w / total) * f(this.values[k]), 0);
    const mean = expected((y) => y);
    return { mean, variance: expected((y) => (y - mean) ** 2) };
  }
}
