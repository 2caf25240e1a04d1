/** A point of a design, in coordinates in which the density is about N(0, I), and its share of a normal's mass. */
export interface DesignPoint {
  readonly z: readonly number[];
  readonly share: number;
}

/** Radius of the sphere over sqrt(m), after Rue, Martino & Chopin (2009), section 6.5. */
const RADIUS = 1.1;

/**
 * A central composite design in m >= 2 dimensions: the centre, and on a sphere of radius 1.1 sqrt(m) the points of the axes and of a
 * two-level fractional factorial of resolution V. With the shares as weights it has the mass, the means and the covariances of N(0, I).
 */
export function compositeDesign(m: number): DesignPoint[] {
  const radius = RADIUS * Math.sqrt(m);
  const axes = Array.from({ length: 2 * m }, (_, k) =>
    Array.from({ length: m }, (__, j) => (j === k >> 1 ? (k % 2 === 0 ? radius : -radius) : 0)),
  );
  const corners = factorial(m).map((signs) => signs.map((sign) => RADIUS * sign));
  const sphere = [...axes, ...corners];
  const share = 1 / (RADIUS * RADIUS * sphere.length);
  return [{ z: new Array<number>(m).fill(0), share: 1 - 1 / (RADIUS * RADIUS) }, ...sphere.map((z) => ({ z, share }))];
}

/**
 * Signs of a two-level design in which no product of up to four columns is constant (resolution V): column j of run r is the parity of the
 * bits that r and the column's number share (a Walsh function), the numbers being the least that will do (Sanchez & Sanchez 2005).
 */
export function factorial(m: number): number[][] {
  const columns: number[] = [];
  for (let candidate = 1; columns.length < m; candidate++) if (isFree(candidate, columns)) columns.push(candidate);
  let runs = 1;
  while (runs <= columns[m - 1]) runs *= 2;
  return Array.from({ length: runs }, (_, run) => columns.map((column) => (parity(run & column) === 0 ? 1 : -1)));
}

/** Whether it is no product of up to three of the columns: of one, two or three numbers by exclusive or. */
function isFree(candidate: number, columns: readonly number[]): boolean {
  const known = new Set(columns);
  if (known.has(candidate)) return false;
  return columns.every((a) => [0, ...columns].every((b) => b === a || !known.has(candidate ^ a ^ b)));
}

function parity(bits: number): number {
  let rest = bits;
  let odd = 0;
  for (; rest !== 0; rest &= rest - 1) odd ^= 1;
  return odd;
}
