import type { Auxiliary, Family, FamilySlot, ParameterSupport } from "./Family.js";

/** The open interval of each kind of auxiliary parameter. */
export const supports: Readonly<Record<ParameterSupport, { readonly lower: number; readonly upper: number }>> = {
  positive: { lower: 0, upper: Infinity },
  probability: { lower: 0, upper: 1 },
  real: { lower: -Infinity, upper: Infinity },
};

export function contains(support: ParameterSupport, value: number): boolean {
  const { lower, upper } = supports[support];
  return value > lower && value < upper;
}

/** Whether every auxiliary parameter of a row is in its interval. */
export function areInside(slots: readonly FamilySlot[], phi: Auxiliary): boolean {
  let k = 0;
  for (const slot of slots)
    if (slot.kind === "auxiliary" && !contains(slot.support ?? "positive", phi[k++])) return false;
  return true;
}

/** The interval of a continuous response, told by which values can be one. */
export function supportOf({ checkResponse }: Pick<Family, "checkResponse">): {
  readonly lower: number;
  readonly upper: number;
} {
  const takes = (value: number) => checkResponse(value, 1) === null;
  if (takes(-1)) return supports.real;
  return takes(2) ? supports.positive : supports.probability;
}
