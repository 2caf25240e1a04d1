import { dependences } from "../math/linalg/dependentColumns.js";
import { triangularFactor } from "../math/linalg/triangularFactor.js";
import { type CodedMatrix, type CodedTerm, combinations } from "./codedMatrix.js";
import type { FixedTerm } from "./Design.js";
import { isContained } from "./fixedTerms.js";

/**
 * The terms with type III hypotheses where some columns are left out, in the positions of the columns that are kept. They are SAS's,
 * as lmerTest has them: the estimable functions that the coefficients of a term are, as weights of the parameters of the model with
 * an indicator of every level and cell, made orthogonal to those of the terms that contain it (SAS/STAT, "The four types of estimable
 * functions"). A term without a column left is left out.
 */
export function estimableTerms(coded: CodedMatrix, kept: readonly number[]): FixedTerm[] {
  const isAlone = coded.terms.every((term) => !coded.terms.some((other) => isContained(term, other)));
  const functions = isAlone ? [] : estimableFunctions(coded, kept);
  const positionsOf = ({ firstColumn, columnCount }: CodedTerm) =>
    kept.flatMap((column, k) => (column >= firstColumn && column < firstColumn + columnCount ? [k] : []));
  return coded.terms.flatMap((term) => {
    const own = positionsOf(term);
    if (own.length === 0) return [];
    const containing = coded.terms.filter((other) => isContained(term, other)).flatMap(positionsOf);
    const place = { name: term.name, firstColumn: own[0], columnCount: own.length };
    return [{ ...place, marginal: containing.length === 0 ? null : marginal(own, containing, functions) }];
  });
}

function marginal(
  own: readonly number[],
  containing: readonly number[],
  functions: readonly Float64Array[],
): NonNullable<FixedTerm["marginal"]> {
  const rows = own.map((k) => {
    const all = [...containing, k].map((c) => functions[c]);
    const norms = Float64Array.from(all, (f) => Math.sqrt(f.reduce((sum, weight) => sum + weight * weight, 0)));
    return { k, coefficients: projection(all.slice(0, -1), functions[k], norms) };
  });
  const weights = rows.flatMap(({ k, coefficients }) => [
    ...own.map((c) => (c === k ? 1 : 0)),
    ...Array.from(coefficients, (coefficient) => 0 - coefficient),
  ]);
  return { columns: [...own, ...containing], weights: Float64Array.from(weights) };
}

/** Coefficients of vectors in the orthogonal projection of another onto their span. */
function projection(vectors: readonly Float64Array[], target: Float64Array, norms: Float64Array): Float64Array {
  const length = target.length;
  const matrix = new Float64Array(length * (vectors.length + 1));
  [...vectors, target].forEach((vector, c) => {
    matrix.set(vector, c * length);
  });
  // A tolerance above 1 makes the target count as dependent, whatever is left of it.
  const tolerances = norms.map((norm, c) => (c < vectors.length ? 1e-10 * norm : 2 * norm));
  const { kept, dependent } = dependences(matrix, tolerances, 1);
  const coefficients = new Float64Array(vectors.length);
  dependent.at(-1)?.weights.forEach((weight, k) => {
    coefficients[kept[k]] = weight;
  });
  return coefficients;
}

/** Per kept column its coefficient as a function of the parameters of the model with an indicator of every level and cell. */
function estimableFunctions(
  { matrix, rows, terms, interceptColumn }: CodedMatrix,
  kept: readonly number[],
): Float64Array[] {
  const columns = kept.map((j) => matrix.subarray(j * rows, (j + 1) * rows));
  const complete = [
    ...(interceptColumn < 0 ? [] : [new Float64Array(rows).fill(1)]),
    ...terms.flatMap((term) => completeColumns(term, rows)),
  ];
  const all = [...columns, ...complete];
  const R = triangularFactor(rows, all.length, (start, count, block, stride) => {
    all.forEach((column, c) => {
      for (let i = 0; i < count; i++) block[c * stride + i] = column[start + i];
    });
  });
  const p = columns.length;
  const functions = columns.map(() => new Float64Array(complete.length));
  complete.forEach((_, c) => {
    for (let k = p - 1; k >= 0; k--) {
      let rest = R[(p + c) * all.length + k];
      for (let l = k + 1; l < p; l++) rest -= R[l * all.length + k] * functions[l][c];
      functions[k][c] = rest / R[k * all.length + k];
    }
  });
  return functions;
}

/** The products of a term with every level of its factors as an indicator. */
function completeColumns({ parts }: CodedTerm, rows: number): Float64Array[] {
  const tuples = combinations(
    parts.map((part) => (part.factor === null ? part : { ...part, names: part.factor.value.levels })),
  );
  return tuples.map((tuple) => {
    const product = new Float64Array(rows).fill(1);
    tuple.forEach((k, v) => {
      const { factor } = parts[v];
      if (factor === null) parts[v].multiplyBy(k, product);
      else for (let i = 0; i < rows; i++) if (factor.value.codes[i] !== k) product[i] = 0;
    });
    return product;
  });
}
