/**
 * Points just inside an open interval: where rounding would put a constrained value on the boundary, at which densities
 * are zero or infinite, it stays here instead. At most two doubles away from the bound.
 */
export function justAbove(bound: number): number {
  return bound + Math.max(Math.abs(bound) * Number.EPSILON, Number.MIN_VALUE);
}

export function justBelow(bound: number): number {
  return -justAbove(-bound);
}
