import type { Term, Variable } from "../language/terms.js";
import type { FactorValue, Value } from "./Value.js";

/** A variable of one term as the columns it contributes to the term's products. */
export interface CodedVariable {
  /** "post", "trt.progabide", "poly(x, 2).1" */
  readonly names: readonly string[];
  /** Multiplies a design column of length n, in place, by this variable's column k. */
  multiplyBy(k: number, column: Float64Array): void;
  /** Null for numbers. */
  readonly factor: FactorCoding | null;
}

/** How the columns of a factor code its levels. */
export interface FactorCoding {
  readonly levels: number;
  readonly value: FactorValue;
  /** Column k at each level. */
  column(k: number): Float64Array;
  /** Weights of the levels in what the coefficient of column k is of a function of the level: its value at a level, or a difference. */
  contrast(k: number): Float64Array;
}

/**
 * For each term and each of its variables, whether a factor there is coded by the indicators of all its levels rather than by
 * contrasts. As R's `model.matrix` does: by indicators where the rest of the term is not marginal to an earlier term, and so
 * is the first factor of a formula without an intercept.
 */
export function indicatorCoded(intercept: boolean, terms: readonly Term[], isFactor: (variable: Variable) => boolean) {
  const names = terms.map((term) => new Set(term.variables.map((variable) => variable.name)));
  const flags = terms.map(({ variables }, t) =>
    variables.map((variable) => {
      const rest = variables.filter((other) => other !== variable);
      const isMarginal = (earlier: ReadonlySet<string>) => rest.every((other) => earlier.has(other.name));
      return rest.length > 0 && !names.slice(0, t).some(isMarginal);
    }),
  );
  const first = terms.findIndex((term) => term.variables.some(isFactor));
  if (!intercept && first >= 0) flags[first][terms[first].variables.findIndex(isFactor)] = true;
  return flags;
}

/** The columns of a variable; `indicators` is for factors. */
export function codeVariable(name: string, value: Value, indicators: boolean): CodedVariable {
  if (value.kind === "factor") return codeFactor(name, value, indicators);
  const columns = value.kind === "number" ? [value.values] : value.columns;
  const names = value.kind === "number" ? [name] : columns.map((_, k) => `${name}.${k + 1}`);
  return { names, multiplyBy: (k, column) => multiply(column, columns[k]), factor: null };
}

function codeFactor(name: string, value: FactorValue, indicators: boolean): CodedVariable {
  const { codes, levels, coding } = value;
  const last = levels.length - 1;
  const skipped = indicators ? -1 : coding === "treatment" ? 0 : last;
  const coded = levels.flatMap((_, level) => (level === skipped ? [] : [level]));
  const isSum = coding === "sum" && !indicators;
  const column = (k: number) => {
    const weights = new Float64Array(levels.length);
    weights[coded[k]] = 1;
    if (isSum) weights[last] = -1;
    return weights;
  };
  const contrast = (k: number) => {
    const weights = new Float64Array(levels.length).fill(isSum ? -1 / levels.length : 0);
    if (!isSum && skipped >= 0) weights[skipped] = -1;
    weights[coded[k]] += 1;
    return weights;
  };
  return {
    names: coded.map((level) => `${name}.${levels[level]}`),
    multiplyBy: (k, product) => {
      const weights = column(k);
      for (let i = 0; i < product.length; i++) product[i] = product[i] * weights[codes[i]] + 0;
    },
    factor: { levels: levels.length, value, column, contrast },
  };
}

/** Adds a zero so that no -0 comes of a negative number times an indicator. */
function multiply(column: Float64Array, factors: Float64Array): void {
  for (let i = 0; i < column.length; i++) column[i] = column[i] * factors[i] + 0;
}
