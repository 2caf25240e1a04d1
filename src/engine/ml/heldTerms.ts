import type { HeldTerm, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import type { Coordinate } from "./Coordinate.js";
import type { VectorPart } from "./VectorPart.js";

/**
 * Random terms of which an sd or a correlation is held at a number, as parts of a parameter vector. An sd that is free is unit x, x >= 0. Row r
 * of the correlation's Cholesky factor is a point of a sphere, (sin a_0, cos a_0 sin a_1, ..., cos a_0 ... cos a_(r-1)), whose sines are the
 * canonical partial correlations (Lewandowski, Kurowicka & Joe 2009); the coordinate of each is tan(a / 2), so that a correlation of 1 is at 1,
 * a point like any other.
 */
export function heldTermParts(view: LatentGaussian): VectorPart[] {
  const values = view.values();
  view.read(new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion), values);
  return view.factors.flatMap(({ effects, terms, held }, factor) => {
    let first = 0;
    return terms.flatMap((size, t) => {
      const place = { factor, effects, first, size };
      first += size;
      const own = held[t];
      return own === null ? [] : [new HeldTermPart(place, own, rowNorms(values.Lambda[factor], place))];
    });
  });
}

/** Whether an sd or a correlation of random effects is held at a number. */
export function holdsCovariance({ factors }: LatentGaussian): boolean {
  return factors.some(({ held }) => held.some((part) => part !== null));
}

/** Where the block of a term stands in its factor's Lambda. */
interface Place {
  readonly factor: number;
  /** Effects of the factor, the width of Lambda. */
  readonly effects: number;
  /** The first of the term's, and how many it has. */
  readonly first: number;
  readonly size: number;
}

class HeldTermPart implements VectorPart {
  readonly coordinates: readonly Coordinate[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  private readonly place: Place;
  private readonly held: HeldTerm;
  /** Of the sds. */
  private readonly units: readonly number[];
  /** The effects whose sds are coordinates, and the pairs whose correlations are, after them. */
  private readonly free: readonly number[];
  private readonly pairs: readonly (readonly [number, number])[];

  constructor(place: Place, held: HeldTerm, units: readonly number[]) {
    const { factor, first, size } = place;
    this.place = place;
    this.held = held;
    this.units = units;
    this.free = held.sds.flatMap((sd, r) => (sd === null ? [r] : []));
    this.pairs = held.correlation === null ? pairsOf(size) : [];
    this.coordinates = [
      ...this.free.map((r) => ({ part: "sd" as const, factor, first, row: first + r })),
      ...this.pairs.map(([r, c]) => ({
        part: "correlation" as const,
        factor,
        first,
        row: first + r,
        column: first + c,
      })),
    ];
    this.lower = this.coordinates.map(({ part }) => (part === "sd" ? 0 : -Infinity));
    this.upper = this.coordinates.map(() => Infinity);
    this.start = this.coordinates.map(({ part }) => (part === "sd" ? 1 : 0));
  }

  unpack(position: Float64Array, from: number, { Lambda }: LatentValues): void {
    const { sds, tangents } = this.read(position, from);
    tangents.forEach((own, r) => {
      const row = this.rowOf(Lambda, r);
      row.set(spherePoint(own, -1));
      for (let c = 0; c <= r; c++) row[c] *= sds[r];
    });
  }

  pack({ Lambda }: LatentValues, position: Float64Array, from: number): void {
    this.free.forEach((r, k) => {
      position[from + k] = length(this.rowOf(Lambda, r)) / this.units[r];
    });
    this.pairs.forEach(([r, c], k) => {
      const rest = this.rowOf(Lambda, r).subarray(c);
      position[from + this.free.length + k] = halfTangent(rest[0], length(rest.subarray(1)));
    });
  }

  adjoint(position: Float64Array, from: number, { Lambda }: LatentValues, gradient: Float64Array): void {
    const { sds, tangents } = this.read(position, from);
    const along = (r: number, d: number) => dot(spherePoint(tangents[r], d), this.rowOf(Lambda, r));
    this.free.forEach((r, k) => {
      gradient[from + k] = this.units[r] * along(r, -1);
    });
    this.pairs.forEach(([r, c], k) => {
      gradient[from + this.free.length + k] = sds[r] * along(r, c);
    });
  }

  /** The sds, and per row the tangents of its half angles. */
  private read(position: Float64Array, from: number) {
    const { sds, correlation } = this.held;
    const all = sds.map((sd) => sd ?? 0);
    this.free.forEach((r, k) => {
      all[r] = this.units[r] * position[from + k];
    });
    const tangents = sds.map((_, r) => new Float64Array(r));
    this.pairs.forEach(([r, c], k) => {
      tangents[r][c] = position[from + this.free.length + k];
    });
    if (correlation !== null) tangents[1][0] = halfTangent(correlation, Math.sqrt(1 - correlation * correlation));
    return { sds: all, tangents };
  }

  private rowOf(Lambda: readonly Float64Array[], r: number): Float64Array {
    return rowOf(Lambda[this.place.factor], this.place, r);
  }
}

/** Row and column of the entries below the diagonal. */
function pairsOf(size: number): (readonly [number, number])[] {
  return Array.from({ length: size }, (_, r) => Array.from({ length: r }, (__, c) => [r, c] as const)).flat();
}

/** The entries of a block's row, up to the diagonal. */
function rowOf(Lambda: Float64Array, { effects, first }: Place, r: number): Float64Array {
  const start = (first + r) * effects + first;
  return Lambda.subarray(start, start + r + 1);
}

function rowNorms(Lambda: Float64Array, place: Place): number[] {
  return Array.from({ length: place.size }, (_, r) => length(rowOf(Lambda, place, r)));
}

function length(row: Float64Array): number {
  return Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
}

/** tan(a / 2) of the angle whose sine and cosine are in this ratio; 0 where both are 0. */
export function halfTangent(sine: number, cosine: number): number {
  const radius = Math.sqrt(sine * sine + cosine * cosine);
  return radius === 0 ? 0 : sine / (radius + cosine);
}

/** The point of a sphere at these half angles, or its derivative in that of number `d`. */
function spherePoint(tangents: Float64Array, d: number): Float64Array {
  const point = new Float64Array(tangents.length + 1);
  let rest = d < 0 ? 1 : 0;
  let before = 1;
  tangents.forEach((t, c) => {
    const square = 1 + t * t;
    const [sine, cosine] = [(2 * t) / square, (1 - t * t) / square];
    if (c === d) {
      point[c] = (before * 2 * (1 - t * t)) / (square * square);
      rest = (-before * 4 * t) / (square * square);
    } else {
      point[c] = rest * sine;
      rest *= cosine;
    }
    before *= cosine;
  });
  point[tangents.length] = rest;
  return point;
}
