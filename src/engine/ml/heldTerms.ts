import type { HeldTerm, LatentGaussian } from "../../density/LatentGaussian.js";
import type { Coordinate, VectorPart } from "./parameters.js";

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
      return own === null ? [] : [heldTermPart(place, own, rowNorms(values.Lambda[factor], place))];
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

/** `units` are those of the sds. */
function heldTermPart(place: Place, { sds, correlation }: HeldTerm, units: readonly number[]): VectorPart {
  const { factor, first, size } = place;
  const free = sds.flatMap((sd, r) => (sd === null ? [r] : []));
  const pairs = correlation === null ? pairsOf(size) : [];
  const coordinates: Coordinate[] = [
    ...free.map((r) => ({ part: "sd" as const, factor, first, row: first + r })),
    ...pairs.map(([r, c]) => ({ part: "correlation" as const, factor, first, row: first + r, column: first + c })),
  ];
  /** The sds, and per row the tangents of its half angles, at a position. */
  const read = (position: Float64Array, from: number) => {
    const all = sds.map((sd) => sd ?? 0);
    free.forEach((r, k) => {
      all[r] = units[r] * position[from + k];
    });
    const tangents = sds.map((_, r) => new Float64Array(r));
    pairs.forEach(([r, c], k) => {
      tangents[r][c] = position[from + free.length + k];
    });
    if (correlation !== null) tangents[1][0] = halfTangent(correlation, Math.sqrt(1 - correlation * correlation));
    return { sds: all, tangents };
  };
  return {
    coordinates,
    lower: coordinates.map(({ part }) => (part === "sd" ? 0 : -Infinity)),
    upper: coordinates.map(() => Infinity),
    start: coordinates.map(({ part }) => (part === "sd" ? 1 : 0)),
    unpack(position, from, values) {
      const at = read(position, from);
      at.tangents.forEach((tangents, r) => {
        const row = rowOf(values.Lambda[factor], place, r);
        row.set(spherePoint(tangents, -1));
        for (let c = 0; c <= r; c++) row[c] *= at.sds[r];
      });
    },
    pack(values, position, from) {
      const norms = rowNorms(values.Lambda[factor], place);
      free.forEach((r, k) => {
        position[from + k] = norms[r] / units[r];
      });
      pairs.forEach(([r, c], k) => {
        const rest = rowOf(values.Lambda[factor], place, r).subarray(c);
        position[from + free.length + k] = halfTangent(rest[0], length(rest.subarray(1)));
      });
    },
    adjoint(position, from, gradients, gradient) {
      const at = read(position, from);
      const along = (r: number, d: number) =>
        spherePoint(at.tangents[r], d).reduce((sum, x, c) => sum + x * rowOf(gradients.Lambda[factor], place, r)[c], 0);
      free.forEach((r, k) => {
        gradient[from + k] = units[r] * along(r, -1);
      });
      pairs.forEach(([r, c], k) => {
        gradient[from + free.length + k] = at.sds[r] * along(r, c);
      });
    },
  };
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
