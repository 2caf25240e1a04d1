import type { Design } from "../design/Design.js";
import { predictorPrefix } from "../design/predictorName.js";
import type { PriorStatement } from "../language/ast.js";
import { log } from "../math/special/elementary.js";
import { lkj } from "../prior/lkj.js";
import type { PriorParameter } from "../prior/Prior.js";
import type { CorrelationPrior, ModelPriors, PredictorPriors, ScalarPrior, UsedPrior } from "./resolvePriors.js";

/** One prior of a model as a function of draws as they are reported. */
export interface PriorAtDraws {
  readonly used: UsedPrior;
  /** The statement of the model that it comes from; null of a default. Several priors may share one. */
  readonly statement: PriorStatement | null;
  /** What its numbers are called, with their checks; and the numbers. */
  readonly parameters: readonly PriorParameter[];
  readonly numbers: readonly number[];
  /** What the density depends on at each of S draws: the number that the prior is on, as results report it; of a correlation matrix the log of its determinant. */
  statistic(read: ReadDraws): Float64Array;
  /**
   * Log density at a statistic, on the scale that the prior is stated on, of these numbers in place of its own; constants included. Throws RangeError
   * for numbers that it cannot have.
   */
  logDensity(statistic: Float64Array, numbers?: readonly number[]): Float64Array;
  /** Adds the log Jacobian that makes `logDensity` the density of the reported number: that of an sd whose variance or precision has the prior. */
  addLogJacobian(statistic: Float64Array, to: Float64Array): void;
  /** Where these numbers put the density, on the scale that it is stated on. Throws RangeError for numbers that it cannot have. */
  support(numbers?: readonly number[]): readonly [lower: number, upper: number];
  /** The distance between the quartiles of the prior, on the scale that it is stated on; 1 of an improper one and of correlations. */
  spread(): number;
  /** The numbers of the same distribution with its scale multiplied; null where it has none. */
  rescaled(factor: number): readonly number[] | null;
}

/** Length S: a parameter by its name; null where it has no draws. */
export type ReadDraws = (name: string) => Float64Array | null;

/** The priors of a model one by one, in the order in which they are printed; what is held at a number has none. */
export function priorsAtDraws(design: Design, priors: ModelPriors): PriorAtDraws[] {
  const thresholds = design.scalars.filter(({ threshold }) => threshold !== undefined).length;
  return [
    ...priors.predictors.flatMap((own, k) => predictorPriors(design, own, k)),
    ...priors.scalars.map((prior, k) =>
      scalarPrior(prior, (read) =>
        k < thresholds ? atMeansOf(design, read, prior.used.name) : needed(read, prior.used.name),
      ),
    ),
  ];
}

/** A threshold at the covariates' means, where its prior is. */
function atMeansOf({ predictors: [mean] }: Design, read: ReadDraws, name: string): Float64Array {
  const total = needed(read, name).slice();
  mean.columns.forEach((column, k) => {
    const values = needed(read, `beta[${column}]`);
    for (let s = 0; s < total.length; s++) total[s] -= mean.columnMeans[k] * values[s];
  });
  return total;
}

function predictorPriors(
  design: Design,
  { intercept, coefficients, terms }: PredictorPriors,
  k: number,
): PriorAtDraws[] {
  const { columns, columnMeans, interceptColumn, factors, randomTerms } = design.predictors[k];
  const prefix = predictorPrefix(design, k);
  const beta = (read: ReadDraws, column: number) => needed(read, `${prefix}beta[${columns[column]}]`);
  const atMeans = (read: ReadDraws) => {
    const total = beta(read, interceptColumn).slice();
    columns.forEach((_, column) => {
      if (column === interceptColumn) return;
      const values = beta(read, column);
      for (let s = 0; s < total.length; s++) total[s] += columnMeans[column] * values[s];
    });
    return total;
  };
  const ofIntercept =
    intercept === null
      ? []
      : [scalarPrior(intercept.prior, intercept.centred ? atMeans : (read) => beta(read, interceptColumn))];
  const fixed = coefficients.flatMap((prior, column) =>
    prior === null ? [] : [scalarPrior(prior, (read) => beta(read, column))],
  );
  const random = terms.flatMap(({ sds, cor }, t) => {
    const { factor, coefficients: names } = randomTerms[t];
    const group = factors[factor].name;
    const ofSds = sds.flatMap((prior, c) =>
      prior === null ? [] : [scalarPrior(prior, (read) => needed(read, `${prefix}sd[${group}, ${names[c]}]`))],
    );
    return cor === null ? ofSds : [...ofSds, correlationPrior(cor, `${prefix}cor[${group}`, names)];
  });
  return [...ofIntercept, ...fixed, ...random];
}

function needed(read: ReadDraws, name: string): Float64Array {
  const values = read(name);
  if (values === null) throw new RangeError(`${name} has no draws`);
  return values;
}

function scalarPrior({ used, stated }: ScalarPrior, statistic: PriorAtDraws["statistic"]): PriorAtDraws {
  const { statement, scale, distribution, arguments: own } = stated;
  const density = (numbers: readonly number[]) => stated.density(numbers);
  const toScale =
    scale === "var" ? (sd: number) => sd * sd : scale === "precision" ? (sd: number) => 1 / sd / sd : (x: number) => x;
  return {
    used,
    statement,
    parameters: distribution.parameters,
    numbers: own,
    statistic,
    logDensity(values, numbers = own) {
      const { logDensity } = density(numbers);
      return values.map((value) => logDensity(toScale(value)));
    },
    addLogJacobian(values, to) {
      const power = scale === "var" ? 1 : -3;
      if (scale !== null) for (let s = 0; s < to.length; s++) to[s] += Math.LN2 + power * log(values[s]);
    },
    support(numbers = own) {
      const { lower, upper } = density(numbers);
      return [lower, upper];
    },
    spread() {
      const { quantile, proper } = density(own);
      return proper ? quantile(0.75) - quantile(0.25) : 1;
    },
    rescaled: (factor) => distribution.rescaled?.(own, factor) ?? null,
  };
}

const shape: PriorParameter = {
  name: "eta",
  check: (value) => (value > 0 && value < Infinity ? null : "must be positive"),
};

/** lkj(eta) as a density of correlation matrices, proportional to det(R)^(eta - 1). */
function correlationPrior(
  { used, statement, eta }: CorrelationPrior,
  prefix: string,
  names: readonly string[],
): PriorAtDraws {
  const q = names.length;
  const identity = new Float64Array(q * q);
  for (let r = 0; r < q; r++) identity[r * (q + 1)] = 1;
  return {
    used,
    statement,
    parameters: [shape],
    numbers: [eta],
    statistic(read) {
      const correlations = names.map((one, r) =>
        names.slice(0, r).map((other) => needed(read, `${prefix}, ${other}, ${one}]`)),
      );
      return logDeterminants(correlations);
    },
    logDensity(logDeterminant, [own] = [eta]) {
      const atIdentity = lkj(q, own).matrix.logDensity(identity);
      return logDeterminant.map((value) => atIdentity + (own === 1 ? 0 : (own - 1) * value));
    },
    addLogJacobian: () => {},
    support: () => [-1, 1],
    spread: () => 1,
    rescaled: () => null,
  };
}

/** log det R of each of S correlation matrices, `lower[r][c]` their entries of row r and column c < r; -Infinity where rounding has made one singular. */
function logDeterminants(lower: readonly (readonly Float64Array[])[]): Float64Array {
  const q = lower.length;
  const L = new Float64Array(q * q);
  return Float64Array.from(lower[1][0], (_, s) => {
    let total = 0;
    for (let r = 0; r < q; r++) {
      let rest = 1;
      for (let c = 0; c < r; c++) {
        let value = lower[r][c][s];
        for (let k = 0; k < c; k++) value -= L[r * q + k] * L[c * q + k];
        L[r * q + c] = value / L[c * q + c];
        rest -= L[r * q + c] * L[r * q + c];
      }
      if (!(rest > 0)) return -Infinity;
      L[r * q + r] = Math.sqrt(rest);
      total += log(rest);
    }
    return total;
  });
}
