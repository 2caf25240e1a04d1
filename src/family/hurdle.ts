import { log, log1p } from "../math/special/elementary.js";
import type { Auxiliary, AuxiliarySlot, CumulativeProbability, Family, RowLikelihood } from "./Family.js";
import { logDifference, subtract } from "./logCombination.js";
import { discreteQuantile } from "./quantile.js";
import { newRowDerivatives, rowsMadeOf } from "./rowLikelihoods.js";
import { copy, setLast } from "./zeroInflated.js";

const hurdleSlot: AuxiliarySlot = {
  kind: "auxiliary",
  name: "hu",
  links: ["logit", "probit", "cloglog", "identity"],
  support: "probability",
};

/** Why a value cannot be a response; null if it can. */
type Check = Family["checkResponse"];

/**
 * Zeros with probability hu, and else a response of the family that is more than zero: of counts, the family cut off at zero. hu is the last of the auxiliary
 * parameters.
 */
export function hurdle(base: Family, name: string, aliases: readonly string[], checkResponse: Check): Family {
  const { cumulative } = base;
  if (cumulative === undefined) throw new RangeError(`a hurdle needs the distribution function of ${base.name}`);
  /** P(base > 0): 1 of a family of positive measurements. */
  const positive = (mu: number, phi: Auxiliary) =>
    cumulative.isDiscrete ? (cumulative.upper?.(0, mu, phi, 1) ?? 1 - cumulative.probability(0, mu, phi, 1)) : 1;
  const mean = (mu: number, phi: Auxiliary) => base.mean(mu, phi, 1) / positive(mu, phi);
  const square = (mu: number, phi: Auxiliary) =>
    (base.variance(mu, phi, 1) + base.mean(mu, phi, 1) ** 2) / positive(mu, phi);
  const slots = [...base.slots, hurdleSlot];
  return {
    name,
    aliases,
    slots,
    checkResponse,
    rowLikelihood: rowsMadeOf(base, { name, slots }, (rows) => hurdleRows(rows, cumulative.isDiscrete)),
    meanIsMu: false,
    mean: (mu, phi) => (1 - last(phi)) * mean(mu, phi),
    variance: (mu, phi) => (1 - last(phi)) * square(mu, phi) - ((1 - last(phi)) * mean(mu, phi)) ** 2,
    ...(base.ratios === undefined ? {} : { ratios: base.ratios }),
    simulate(stream, mu, phi) {
      if (stream.uniform() < last(phi)) return 0;
      if (!cumulative.isDiscrete) return base.simulate(stream, mu, phi, 1);
      return positiveCount(base, cumulative, stream.uniform(), mu, phi);
    },
    // A measurement with zeros has a distribution that is neither discrete nor continuous, whose probabilities nobody takes yet.
    ...(cumulative.isDiscrete ? { cumulative: cutOff(cumulative, positive) } : {}),
  };
}

/** The distribution function with the zeros of the hurdle in place of the family's own. */
function cutOff(
  { probability: own, upper: ownUpper }: CumulativeProbability,
  positive: (mu: number, phi: Auxiliary) => number,
): CumulativeProbability {
  const upper = (y: number, mu: number, phi: Auxiliary) =>
    y < 0 ? 1 : ((1 - last(phi)) * (ownUpper?.(y, mu, phi, 1) ?? 1 - own(y, mu, phi, 1))) / positive(mu, phi);
  return { isDiscrete: true, probability: (y, mu, phi) => (y < 0 ? 0 : 1 - upper(y, mu, phi)), upper };
}

function last(phi: Auxiliary): number {
  return phi[phi.length - 1];
}

/** A count of the family that is more than zero, by its distribution function. */
function positiveCount(
  base: Family,
  { probability }: CumulativeProbability,
  uniform: number,
  mu: number,
  phi: Auxiliary,
): number {
  const none = probability(0, mu, phi, 1);
  const reached = none + uniform * (1 - none);
  return Math.max(
    1,
    discreteQuantile((y) => probability(y, mu, phi, 1), reached, base.mean(mu, phi, 1)),
  );
}

function hurdleRows(base: RowLikelihood, isCount: boolean): RowLikelihood {
  let rows = [0, 0, 0, 0].map(() => newRowDerivatives(0));
  return {
    evaluate(y, trials, eta, phi, order, out) {
      const place = phi.length - 1;
      if (rows[0].dPhi.length !== phi.length) rows = rows.map(() => newRowDerivatives(phi.length));
      const [own, atZero, one, beyond] = rows;
      const hu = phi[place];
      if (y === 0) {
        copy(one, out);
        out.value = Number.isNaN(eta) ? Number.NaN : log(hu);
        setLast(out, place, 1 / hu);
        return;
      }
      base.evaluate(y, trials, eta, phi, order, own);
      own.value += log1p(-hu);
      setLast(own, place, -1 / (1 - hu));
      copy(own, out);
      if (!isCount) return;
      base.evaluate(0, trials, eta, phi, order, atZero);
      setLast(atZero, place, 0);
      logDifference(one, atZero, order, beyond);
      subtract(beyond, out);
    },
  };
}
