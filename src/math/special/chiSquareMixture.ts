import { chiSquareTail } from "./tailProbability.js";

/** A mixture of chi-square distributions; the one with 0 degrees of freedom is a point mass at 0. Weights sum to 1. */
export type ChiSquareMixture = readonly {
  readonly degreesOfFreedom: number;
  readonly weight: number;
}[];

/** P(X >= x); 1 at and below 0. */
export function chiSquareMixtureTail(x: number, mixture: ChiSquareMixture): number {
  if (x <= 0) return 1;
  return mixture.reduce((sum, { degreesOfFreedom, weight }) => {
    return degreesOfFreedom === 0 ? sum : sum + weight * chiSquareTail(x, degreesOfFreedom);
  }, 0);
}
