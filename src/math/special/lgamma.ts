import gammaln from "@stdlib/math-base-special-gammaln";

/** log |Gamma(x)|, to 3e-16 relative. */
export const lgamma: (x: number) => number = gammaln;
