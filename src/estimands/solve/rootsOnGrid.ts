/** The roots of a function that is known at places 0, 1, ..., n. */
export interface RootsOnGrid {
  /** The place of the first; NaN where there is none. */
  readonly first: number;
  readonly count: number;
  /** Whether the function rises there. */
  readonly isRising: boolean;
}

/** The roots at the changes of sign of a function, each refined on the cubic through the four values about it. */
export function rootsOnGrid(f: ArrayLike<number>): RootsOnGrid {
  let [first, count, isRising] = [f[0] === 0 ? 0 : Number.NaN, f[0] === 0 ? 1 : 0, f[1] > f[0]];
  for (let k = 0; k + 1 < f.length; k++) {
    // A root at place k belongs to the interval before it.
    const changes = f[k] < 0 ? f[k + 1] >= 0 : f[k] > 0 && f[k + 1] <= 0;
    if (!changes) continue;
    count++;
    if (count > 1) continue;
    isRising = f[k] < 0;
    first = refined(f, k);
  }
  return { first, count, isRising };
}

/** The places of all roots, in order. */
export function allRootsOnGrid(f: ArrayLike<number>): number[] {
  const places: number[] = f[0] === 0 ? [0] : [];
  for (let k = 0; k + 1 < f.length; k++)
    if (f[k] < 0 ? f[k + 1] >= 0 : f[k] > 0 && f[k + 1] <= 0) places.push(refined(f, k));
  return places;
}

function refined(f: ArrayLike<number>, k: number): number {
  const start = Math.max(0, Math.min(k - 1, f.length - 4));
  const cubic = f.length < 4 ? line(f, k) : cubicThrough(f, start);
  const sign = f[k] < 0 ? 1 : -1;
  let [low, high] = [k, k + 1];
  for (let step = 0; step < 60; step++) {
    const middle = 0.5 * (low + high);
    if (sign * cubic(middle) < 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

function line(f: ArrayLike<number>, k: number) {
  return (place: number) => f[k] + (place - k) * (f[k + 1] - f[k]);
}

/** Newton's form of the cubic through places start to start + 3. */
function cubicThrough(f: ArrayLike<number>, start: number) {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => f[start + k]);
  const second = (c - 2 * b + a) / 2;
  const third = (d - 3 * c + 3 * b - a) / 6;
  return (place: number) => {
    const u = place - start;
    return a + u * (b - a + (u - 1) * (second + (u - 2) * third));
  };
}
