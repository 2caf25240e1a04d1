import { orthonormalPolynomials, polynomialsAt } from "../math/linalg/orthonormalPolynomials.js";

/** Which contrasts of the levels of a factor. */
export const contrastSchemes = ["pairwise", "reference", "mean", "consecutive", "polynomial"] as const;
export type ContrastScheme = (typeof contrastSchemes)[number];

/** A weighted sum of k cells. */
export interface CellContrast {
  readonly name: string;
  readonly weights: Float64Array;
}

const degrees = ["linear", "quadratic", "cubic", "quartic"];

/**
 * The contrasts of k cells by their labels: of each with each later one, with the cell at `reference`, with the mean of all, with the one before, or polynomial ones for
 * cells an equal step apart, as whole numbers where there are such. `sign` stands between two cells of a name, as "-" and "/".
 */
export function schemeContrasts(
  scheme: ContrastScheme,
  labels: readonly string[],
  reference: number,
  sign: string,
): CellContrast[] {
  const k = labels.length;
  const difference = (plus: number, minus: number): CellContrast => {
    const weights = new Float64Array(k);
    weights[plus] = 1;
    weights[minus] -= 1;
    return { name: `${labels[plus]} ${sign} ${labels[minus]}`, weights };
  };
  const all = labels.map((_, i) => i);
  switch (scheme) {
    case "pairwise":
      return all.flatMap((i) => all.slice(i + 1).map((j) => difference(i, j)));
    case "reference":
      return all.filter((i) => i !== reference).map((i) => difference(i, reference));
    case "consecutive":
      return all.slice(1).map((i) => difference(i, i - 1));
    case "mean":
      return all.map((i) => ({
        name: `${labels[i]} effect`,
        weights: Float64Array.from(all, (j) => Number(i === j) - 1 / k),
      }));
    case "polynomial":
      return polynomialContrasts(k);
  }
}

/** Orthogonal polynomial contrasts of k levels, of degrees up to k - 1. */
function polynomialContrasts(k: number): CellContrast[] {
  const at = Float64Array.from({ length: k }, (_, i) => i);
  const recurrence = orthonormalPolynomials(at, k - 1);
  if (recurrence === null) return [];
  return polynomialsAt(recurrence, at).map((column, d) => ({
    name: degrees[d] ?? `degree ${d + 1}`,
    weights: inWholeNumbers(column),
  }));
}

/** The largest whole number that a polynomial contrast is written with. */
const LARGEST = 1000;

/** A multiple of a column whose last entry is positive: the smallest of whole numbers, where there is one. */
function inWholeNumbers(column: Float64Array): Float64Array {
  const least = Math.min(...Array.from(column, Math.abs).filter((size) => size > 1e-9));
  const sign = column[column.length - 1] < 0 ? -1 : 1;
  for (let by = 1; by <= LARGEST; by++) {
    const scaled = column.map((value) => (sign * by * value) / least);
    if (scaled.every((value) => Math.abs(value - Math.round(value)) < 1e-6))
      return scaled.map((value) => Math.round(value) + 0);
  }
  return column.map((value) => sign * value);
}

/** The contrasts of contrasts: all products of one of each factor, whose cells vary in this order, the first fastest. */
export function interactions(factors: readonly (readonly CellContrast[])[]): CellContrast[] {
  return factors
    .reduce<readonly CellContrast[]>(
      (inner, outer) =>
        outer.flatMap((one) =>
          inner.map((other) => ({
            name: other.name === "" ? one.name : `(${other.name}) x (${one.name})`,
            weights: Float64Array.from(
              [...one.weights].flatMap((weight) => Array.from(other.weights, (each) => weight * each)),
            ),
          })),
        ),
      [{ name: "", weights: Float64Array.of(1) }],
    )
    .slice();
}
