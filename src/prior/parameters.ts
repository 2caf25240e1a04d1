import type { PriorParameter } from "./Prior.js";

export function real(name: string): PriorParameter {
  return { name, check: checkFinite };
}

export function positive(name: string): PriorParameter {
  return { name, check: (value) => (value <= 0 ? "must be positive" : checkFinite(value)) };
}

function checkFinite(value: number): string | null {
  return Number.isFinite(value) ? null : "must be a finite number";
}
