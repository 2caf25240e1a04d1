import type { Ensemble } from "./Ensemble.js";

/** A random term's covariance matrix at each value of an ensemble: columns of length S. */
export interface TermColumns {
  /** Effects q. */
  readonly size: number;
  /** Of row r and column c <= r of Lambda, the Cholesky factor of G, at r (r + 1) / 2 + c. */
  readonly Lambda: readonly Float64Array[];
}

/** By the names of its sds and correlations: `sd[g, x]`, `cor[g, x, z]`. A correlation without a value, as beside an sd of 0, is 0. */
export function termColumns(
  ensemble: Ensemble,
  prefix: string,
  group: string,
  coefficients: readonly string[],
): TermColumns {
  const { size: S } = ensemble;
  const q = coefficients.length;
  const zero = new Float64Array(S);
  const sds = coefficients.map((name) => ensemble.parameter(`${prefix}sd[${group}, ${name}]`) ?? zero);
  const correlation = (r: number, c: number) =>
    ensemble.parameter(`${prefix}cor[${group}, ${coefficients[c]}, ${coefficients[r]}]`) ?? zero;
  const L: Float64Array[] = [];
  const at = (r: number, c: number) => L[(r * (r + 1)) / 2 + c];
  for (let r = 0; r < q; r++)
    for (let c = 0; c <= r; c++) {
      const entry =
        r === c ? new Float64Array(S).fill(1) : correlation(r, c).map((value) => (Number.isNaN(value) ? 0 : value));
      for (let k = 0; k < c; k++) subtractProduct(entry, at(r, k), at(c, k));
      L.push(r === c ? entry.map((rest) => Math.sqrt(Math.max(0, rest))) : quotient(entry, at(c, c)));
    }
  const Lambda = L.map((entry) => entry.slice());
  for (let r = 0; r < q; r++)
    for (let c = 0; c <= r; c++) {
      const entry = Lambda[(r * (r + 1)) / 2 + c];
      for (let s = 0; s < S; s++) entry[s] *= sds[r][s];
    }
  return { size: q, Lambda };
}

/** Adds the variance z' G z to each of the S numbers. */
export function addVariance(columns: TermColumns, z: ArrayLike<number>, out: Float64Array): void {
  for (let c = 0; c < columns.size; c++) {
    const along = alongEffect(columns, c, z, out.length);
    for (let s = 0; s < along.length; s++) out[s] += along[s] * along[s];
  }
}

/** Adds the covariance z' G w to each of the S numbers. */
export function addCovariance(
  columns: TermColumns,
  z: ArrayLike<number>,
  w: ArrayLike<number>,
  out: Float64Array,
): void {
  for (let c = 0; c < columns.size; c++) {
    const one = alongEffect(columns, c, z, out.length);
    const other = alongEffect(columns, c, w, out.length);
    for (let s = 0; s < out.length; s++) out[s] += one[s] * other[s];
  }
}

/** Entry c of Lambda' z, S times. */
function alongEffect({ size, Lambda }: TermColumns, c: number, z: ArrayLike<number>, values: number): Float64Array {
  const along = new Float64Array(values);
  for (let r = c; r < size; r++) {
    const entry = Lambda[(r * (r + 1)) / 2 + c];
    if (z[r] !== 0) for (let s = 0; s < along.length; s++) along[s] += z[r] * entry[s];
  }
  return along;
}

function subtractProduct(entry: Float64Array, one: Float64Array, other: Float64Array): void {
  for (let s = 0; s < entry.length; s++) entry[s] -= one[s] * other[s];
}

function quotient(entry: Float64Array, by: Float64Array): Float64Array {
  return entry.map((value, s) => (by[s] > 0 ? value / by[s] : 0));
}
