import type { ParameterSupport } from "./Family.js";

/** The open interval of each kind of auxiliary parameter. */
export const supports: Readonly<Record<ParameterSupport, { readonly lower: number; readonly upper: number }>> = {
  positive: { lower: 0, upper: Infinity },
  probability: { lower: 0, upper: 1 },
  real: { lower: -Infinity, upper: Infinity },
};
