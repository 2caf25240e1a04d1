import type { RandomStream } from "../math/random/RandomStream.js";
import { exp } from "../math/special/elementary.js";
import { binaryLinks } from "./binary.js";
import type { Auxiliary, AuxiliarySlot, Family, FamilySlot, RowDerivatives, RowLikelihood } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";

/** Links of the probabilities of ordered categories. */
export const ordinalLinks = ["logit", "probit", "cloglog"] as const;

/** How much the thresholds' distances from the linear predictor are stretched. */
const discrimination: AuxiliarySlot = {
  kind: "auxiliary",
  name: "disc",
  links: ["log", "identity"],
  fixed: 1,
};

/** log P(Y = k) of category k, from 1, and its derivatives. `phi`: thresholds, then disc. */
export type CategoryDensity = (
  k: number,
  eta: number,
  phi: Auxiliary,
  order: 0 | 1 | 2 | 3,
  out: RowDerivatives,
) => void;

/** What ordinal families have in common; `density` is that under a link. Their functions take the linear predictor for mu. */
export function ordinal(
  name: string,
  thresholds: NonNullable<Family["thresholds"]>,
  more: Pick<Family, "aliases" | "ratios" | "dividedAt">,
  density: (link: string) => CategoryDensity,
): Family {
  const slots: FamilySlot[] = [{ kind: "mean", name: "mu", links: ordinalLinks }, discrimination];
  const under = (link: string): Family => {
    const ofCategory = density(link);
    const probabilities = categoryProbabilities(ofCategory);
    const rowsByLink = Object.fromEntries(ordinalLinks.map((each) => [each, rowsOf(density(each))]));
    return {
      ...{ name, slots, thresholds, ...more },
      checkResponse: (value) => (Number.isInteger(value) && value > 0 ? null : "is no number of a category"),
      // Its own mean is the linear predictor itself.
      rowLikelihood: (other) => (other === "identity" ? rowsOf(ofCategory) : byLink(name, rowsByLink, other)),
      withLink: under,
      meanIsMu: false,
      mean: (eta, phi) => moment(probabilities(eta, phi), 1),
      variance(eta, phi) {
        const shares = probabilities(eta, phi);
        return moment(shares, 2) - moment(shares, 1) ** 2;
      },
      simulate: (stream, eta, phi) => draw(probabilities(eta, phi), stream),
      cumulative: {
        isDiscrete: true,
        probability: (y, eta, phi) => upTo(probabilities(eta, phi), Math.floor(y)),
      },
    };
  };
  return under(ordinalLinks[0]);
}

function rowsOf(density: CategoryDensity): RowLikelihood {
  return { evaluate: (y, _trials, eta, phi, order, out) => density(y, eta, phi, order, out) };
}

/** So many thresholds stand in phi, which ends with disc. */
export function thresholdsIn(phi: Auxiliary): number {
  return phi.length - 1;
}

function categoryProbabilities(density: CategoryDensity): (eta: number, phi: Auxiliary) => Float64Array {
  const none = new Float64Array(0);
  const out = { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dPhi: none, dEtaPhi: none, dEta2Phi: none };
  return (eta, phi) =>
    Float64Array.from({ length: thresholdsIn(phi) + 1 }, (_, k) => {
      density(k + 1, eta, phi, 0, out);
      return exp(out.value);
    });
}

function moment(probabilities: Float64Array, power: number): number {
  return probabilities.reduce((sum, p, k) => sum + p * (k + 1) ** power, 0);
}

function draw(probabilities: Float64Array, stream: RandomStream): number {
  let left = stream.uniform();
  for (let k = 0; k < probabilities.length; k++) {
    left -= probabilities[k];
    if (left < 0) return k + 1;
  }
  return probabilities.length;
}

function upTo(probabilities: Float64Array, last: number): number {
  if (last < 1) return probabilities.some(Number.isNaN) ? Number.NaN : 0;
  const sum = probabilities.reduce((total, p, k) => (k < last ? total + p : total), 0);
  return last >= probabilities.length && !Number.isNaN(sum) ? 1 : Math.min(1, sum);
}

/** The distribution of a link: logs of its distribution function and of what that leaves of 1, with derivatives. */
export function latentDistribution(link: string) {
  const { success, failure } = binaryLinks[link];
  return { below: success, above: failure };
}
