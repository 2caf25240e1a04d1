/** JSON has no NaN and no infinities: null stands for them. */
export type JsonNumber = number | null;

export function finite(value: number): JsonNumber {
  return Number.isFinite(value) ? value : null;
}
