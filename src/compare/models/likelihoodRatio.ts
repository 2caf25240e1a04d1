import { type ChiSquareMixture, chiSquareMixtureTail } from "../../math/special/chiSquareMixture.js";
import type { SimulatedReference } from "../../summary/SimulatedReference.js";
import type { Restriction } from "./Restriction.js";

/** A likelihood-ratio test of a model against a larger one that it is a special case of. */
export interface LikelihoodRatioTest {
  /** Twice the log-likelihood that the larger model has more. */
  readonly statistic: number;
  /** Parameters that the larger model has more. */
  readonly degreesOfFreedom: number;
  /** What the statistic is distributed as in large samples under the smaller model, or the conservative bound of it. */
  readonly reference: ChiSquareMixture;
  /** How often chance alone brings a statistic as large under the smaller model, by `reference`. */
  readonly pValue: number;
  /** The bound on the other side, where the weights of the distribution depend on more than dimensions; else null. */
  readonly anticonservative: { readonly reference: ChiSquareMixture; readonly pValue: number } | null;
  /** The distribution by simulation, where it was asked for; its p value then stands before that of large samples. */
  readonly simulated: SimulatedReference | null;
}

/** Log-likelihoods are known to about 1e-6: a statistic below this is zero, as it often is at a boundary. */
const ZERO = 2e-6;

/**
 * The distribution in large samples (Self & Liang, 1987; Stram & Lee, 1994) with d parameters held inside of their range: chi-square
 * with d degrees of freedom, or half of it with d + 1 where one variance is held at zero besides. With several, or a covariance
 * matrix, the weights depend on the information; the cone of what is allowed then lies between d dimensions with a half-line and a
 * half-space of all D, and so does the tail probability, since a projection onto a larger cone is the longer one.
 */
export function likelihoodRatioTest(statistic: number, restrictions: readonly Restriction[]): LikelihoodRatioTest {
  const total = (key: "freeDimensions" | "boundaryDimensions") => restrictions.reduce((sum, r) => sum + r[key], 0);
  const [free, boundary] = [total("freeDimensions"), total("boundaryDimensions")];
  const referred = (reference: ChiSquareMixture) => {
    return { reference, pValue: chiSquareMixtureTail(statistic < ZERO ? 0 : statistic, reference) };
  };
  const widest =
    boundary === 0 ? [{ degreesOfFreedom: free, weight: 1 }] : halfAndHalf(free + boundary - 1, free + boundary);
  return {
    statistic,
    degreesOfFreedom: free + boundary,
    ...referred(widest),
    anticonservative: boundary < 2 ? null : referred(halfAndHalf(free, free + 1)),
    simulated: null,
  };
}

function halfAndHalf(fewer: number, more: number): ChiSquareMixture {
  return [
    { degreesOfFreedom: fewer, weight: 0.5 },
    { degreesOfFreedom: more, weight: 0.5 },
  ];
}
