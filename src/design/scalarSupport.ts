import type { ScalarSupport } from "./FamilySignature.js";

/** Whether a scalar can have the value, and how a message says what it can have. */
export function isInSupport(support: ScalarSupport, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return support === "real" || (value > 0 && (support === "positive" || value < 1));
}

export const supportWords: Readonly<Record<ScalarSupport, string>> = {
  positive: "is positive",
  probability: "lies between 0 and 1",
  real: "is a finite number",
};
