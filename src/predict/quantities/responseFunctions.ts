import type { Auxiliary, Family } from "../../family/Family.js";
import { linkNamed } from "../../family/links.js";
import { continuousQuantile, discreteQuantile } from "../../family/quantile.js";
import { newRowDerivatives } from "../../family/rowLikelihoods.js";
import { exp } from "../../math/special/elementary.js";
import type { ResponseEvent } from "./Quantity.js";

/** A number of the distribution of a response, by its linear predictor, the family's other parameters, and its trials. */
export type ResponseFunction = (eta: number, phi: Auxiliary, trials: number) => number;

/** Counts in an interval whose probabilities are summed one by one, which keeps their digits. */
const FEW = 64;

/** What is known of a response's distribution by its family's record, under a link. */
export interface ResponseFunctions {
  readonly mean: ResponseFunction;
  readonly variance: ResponseFunction;
  /** Both throw RangeError for a family without a distribution function. */
  probability(event: ResponseEvent): ResponseFunction;
  quantile(probability: number): ResponseFunction;
}

export function responseFunctions(family: Family, link: string): ResponseFunctions {
  const { inverseLink } = linkNamed(link);
  const mean: ResponseFunction = (eta, phi, trials) => family.mean(inverseLink(eta), phi, trials);
  const variance: ResponseFunction = (eta, phi, trials) => family.variance(inverseLink(eta), phi, trials);
  return {
    mean,
    variance,
    probability(event) {
      const inside = intervalProbability(family, link, event);
      return event.isComplement ? (eta, phi, trials) => 1 - inside(eta, phi, trials) : inside;
    },
    quantile(probability) {
      const { quantile, isDiscrete, probability: below } = cumulativeOf(family);
      if (quantile !== undefined) return (eta, phi, trials) => quantile(probability, inverseLink(eta), phi, trials);
      return (eta, phi, trials) => {
        const mu = inverseLink(eta);
        const cdf = (y: number) => below(y, mu, phi, trials);
        const start = mean(eta, phi, trials);
        const sd = Math.sqrt(variance(eta, phi, trials));
        return isDiscrete
          ? discreteQuantile(cdf, probability, start)
          : continuousQuantile(cdf, probability, start, sd > 0 ? sd : 1);
      };
    },
  };
}

function cumulativeOf({ name, cumulative }: Family): NonNullable<Family["cumulative"]> {
  if (cumulative === undefined) throw new RangeError(`the family "${name}" has no distribution function`);
  return cumulative;
}

/** The probability of an interval: of few counts the sum of theirs, else a difference of the smaller tails. */
function intervalProbability(family: Family, link: string, event: ResponseEvent): ResponseFunction {
  const cumulative = cumulativeOf(family);
  const { inverseLink } = linkNamed(link);
  const { probability: below, upper = (...at: Parameters<typeof below>) => 1 - below(...at), isDiscrete } = cumulative;
  const [from, to] = isDiscrete ? countsOf(event) : [event.from?.value ?? -Infinity, event.to?.value ?? Infinity];
  if (isDiscrete && to - from < FEW) return sumOfCounts(family, link, Math.max(0, from), to);
  const before = isDiscrete ? from - 1 : from;
  return (eta, phi, trials) => {
    const mu = inverseLink(eta);
    if (from === -Infinity) return below(to, mu, phi, trials);
    if (to === Infinity) return upper(before, mu, phi, trials);
    const first = below(before, mu, phi, trials);
    return first < 0.5
      ? Math.max(0, below(to, mu, phi, trials) - first)
      : Math.max(0, upper(before, mu, phi, trials) - upper(to, mu, phi, trials));
  };
}

/** The first and the last count of an event. */
function countsOf({ from, to }: ResponseEvent): readonly [number, number] {
  const first = from === null ? -Infinity : from.isOpen ? Math.floor(from.value) + 1 : Math.ceil(from.value);
  const last = to === null ? Infinity : to.isOpen ? Math.ceil(to.value) - 1 : Math.floor(to.value);
  return [first, last];
}

function sumOfCounts(family: Family, link: string, from: number, to: number): ResponseFunction {
  const row = family.rowLikelihood(link);
  const out = newRowDerivatives(family.slots.length);
  return (eta, phi, trials) => {
    let sum = 0;
    for (let y = from; y <= to; y++) {
      if (family.checkResponse(y, trials) !== null) continue;
      row.evaluate(y, trials, eta, phi, 0, out);
      sum += exp(out.value);
    }
    return sum;
  };
}
