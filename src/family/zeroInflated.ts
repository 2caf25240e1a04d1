import { log, log1p } from "../math/special/elementary.js";
import type { Auxiliary, AuxiliarySlot, Family, RowDerivatives, RowLikelihood } from "./Family.js";
import { logSum } from "./logCombination.js";
import { newRowDerivatives, rowsMadeOf } from "./rowLikelihoods.js";

const inflation: AuxiliarySlot = {
  kind: "auxiliary",
  name: "zi",
  links: ["logit", "probit", "cloglog", "identity"],
  support: "probability",
};

/** Counts of a family of which a share zi are zeros for another reason: P(Y = 0) = zi + (1 - zi) P(base = 0). zi is the last of the auxiliary parameters. */
export function zeroInflated(base: Family, name: string, aliases: readonly string[]): Family {
  const { cumulative } = base;
  const slots = [...base.slots, inflation];
  return {
    name,
    aliases,
    slots,
    checkResponse: base.checkResponse,
    rowLikelihood: rowsMadeOf(base, { name, slots }, inflatedRows),
    meanIsMu: false,
    mean: (mu, phi, trials) => (1 - last(phi)) * base.mean(mu, phi, trials),
    variance(mu, phi, trials) {
      const zi = last(phi);
      return (1 - zi) * (base.variance(mu, phi, trials) + zi * base.mean(mu, phi, trials) ** 2);
    },
    ...(base.ratios === undefined ? {} : { ratios: base.ratios }),
    simulate: (stream, mu, phi, trials) => {
      const isZero = stream.uniform() < last(phi);
      const count = base.simulate(stream, mu, phi, trials);
      return isZero ? 0 : count;
    },
    ...(cumulative === undefined
      ? {}
      : {
          cumulative: {
            isDiscrete: true,
            probability: (y, mu, phi, trials) =>
              y < 0 ? 0 : last(phi) + (1 - last(phi)) * cumulative.probability(y, mu, phi, trials),
            upper(y, mu, phi, trials) {
              if (y < 0) return 1;
              const upper = cumulative.upper?.(y, mu, phi, trials) ?? 1 - cumulative.probability(y, mu, phi, trials);
              return (1 - last(phi)) * upper;
            },
          },
        }),
  };
}

function last(phi: Auxiliary): number {
  return phi[phi.length - 1];
}

function inflatedRows(base: RowLikelihood): RowLikelihood {
  let own = newRowDerivatives(0);
  let zero = newRowDerivatives(0);
  return {
    evaluate(y, trials, eta, phi, order, out) {
      const place = phi.length - 1;
      if (own.dPhi.length !== phi.length) [own, zero] = [newRowDerivatives(phi.length), newRowDerivatives(phi.length)];
      const zi = phi[place];
      base.evaluate(y, trials, eta, phi, order, own);
      own.value += log1p(-zi);
      setLast(own, place, -1 / (1 - zi));
      if (y > 0) {
        copy(own, out);
        return;
      }
      // A predictor that is not a number has no density, though the zero may be one of the others.
      zero.value = Number.isNaN(eta) ? Number.NaN : log(zi);
      setLast(zero, place, 1 / zi);
      logSum(zero, own, order, out);
    },
  };
}

/** The derivative in the last parameter, which the linear predictor does not touch. */
export function setLast(row: RowDerivatives, place: number, derivative: number): void {
  row.dPhi[place] = derivative;
  row.dEtaPhi[place] = 0;
  row.dEta2Phi[place] = 0;
}

export function copy(from: RowDerivatives, to: RowDerivatives): void {
  to.value = from.value;
  to.dEta = from.dEta;
  to.dEta2 = from.dEta2;
  to.dEta3 = from.dEta3;
  to.dPhi.set(from.dPhi);
  to.dEtaPhi.set(from.dEtaPhi);
  to.dEta2Phi.set(from.dEta2Phi);
}
