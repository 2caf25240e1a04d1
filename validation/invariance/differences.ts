import type { MlFit } from "marginalia";
import type { Change, Structure } from "./members.js";

/** What two fits disagree in. */
export interface Difference {
  readonly what: string;
  /** Of estimates and ends of intervals in standard errors, of the log-likelihood in its own unit, of other numbers relative to their size. */
  readonly size: number;
}

/**
 * How a fit on x from another origin or in another unit differs from the first, in all that should be the same, largest first: the
 * log-likelihood; of what means the same the estimate, standard error, test, degrees of freedom and interval; the tests of such
 * terms; the linear predictors at the conditional modes, and the sds of the modes of such effects.
 */
export function differences(structure: Structure, change: Change, first: MlFit, second: MlFit): Difference[] {
  const isSame = (name: string) => structure.fixed === null || change.shift === 0 || structure.fixed.includes(name);
  const found: Difference[] = [];
  const compare = (what: string, a: number | null | undefined, b: number | null | undefined, unit?: number) => {
    if (a === null || a === undefined || b === null || b === undefined || Object.is(a, b)) {
      if (typeof a !== typeof b) found.push({ what, size: Infinity });
      return;
    }
    const size = Math.abs(a - b) / (unit ?? Math.max(Math.abs(a), 1e-3));
    found.push({ what, size: Number.isNaN(size) ? Infinity : size });
  };
  // A restricted likelihood has half the log determinant of X'V^-1 X in it, which knows the units of the columns.
  const { logLikelihood, reml } = second.ml;
  const expected = reml && logLikelihood !== null ? logLikelihood + logOfUnits(first, change.scale) : logLikelihood;
  compare("log-likelihood", first.ml.logLikelihood, expected, 1);
  first.ml.parameters.forEach((a, k) => {
    if (!isSame(a.name)) return;
    const b = second.ml.parameters[k];
    const factor = unitOf(a.name, change.scale);
    const unit = a.standardError > 0 ? a.standardError : Math.abs(a.estimate) || 1;
    for (const key of ["estimate", "lower", "upper"] as const)
      compare(`${key} of ${a.name}`, a[key], b[key] / factor, unit);
    compare(`standard error of ${a.name}`, a.standardError, b.standardError / factor);
    for (const key of ["statistic", "pValue", "degreesOfFreedom"] as const)
      compare(`${key} of ${a.name}`, a[key], b[key]);
  });
  first.ml.terms?.forEach((a, k) => {
    if (!isSame(`beta[${a.name}]`)) return;
    const b = second.ml.terms?.[k];
    compare(`statistic of term ${a.name}`, a.statistic, b?.statistic);
    compare(`p of term ${a.name}`, a.pValue, b?.pValue);
  });
  const [etas, others] = [linearPredictors(first), linearPredictors(second)];
  if (etas !== null && others !== null) {
    const apart = etas.values.map((eta, i) => eta - others.values[i]);
    compare("linear predictors", 0, Math.max(0, largest(apart) - others.rounding), 1);
  }
  return found.sort((a, b) => b.size - a.size);
}

/** The log of the factor by which a change of the unit of x multiplies the columns of X, all of them together. */
function logOfUnits({ ml }: MlFit, scale: number): number {
  const names = ml.parameters.map(({ name }) => name).filter((name) => name.startsWith("beta["));
  return names.reduce((sum, name) => sum - Math.log(unitOf(name, scale)), 0);
}

/** By what a parameter is multiplied if x is: 1 / scale for each x in the name of a coefficient, nothing for a correlation. */
function unitOf(name: string, scale: number): number {
  if (name.startsWith("cor") || name.includes("poly")) return 1;
  const power = name.includes("x^2") ? 2 : name.split(/[^a-z]/).filter((word) => word === "x").length;
  return scale ** -power;
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Of the rows at the conditional modes, and the digits that their sums may lose; null where the method has no modes. */
function linearPredictors({ ml, design }: MlFit): { readonly values: number[]; readonly rounding: number } | null {
  if (ml.effects === null) return null;
  const [{ X, columns, factors, randomTerms }] = design.predictors;
  const { modes } = ml.effects;
  const n = design.rows;
  const coefficient = (name: string) =>
    ml.parameters.find((parameter) => parameter.name === `beta[${name}]`)?.estimate ?? NaN;
  const beta = columns.map(coefficient);
  let most = 0;
  const values = Array.from({ length: n }, (_, i) => {
    most = Math.max(most, ...beta.map((value, k) => Math.abs(X[k * n + i] * value)));
    let eta = beta.reduce((sum, value, k) => sum + X[k * n + i] * value, 0);
    factors.forEach(({ levelIndex }, f) => {
      const terms = randomTerms.filter(({ factor }) => factor === f);
      const q = terms.reduce((sum, { coefficients }) => sum + coefficients.length, 0);
      let e = levelIndex[i] * q;
      for (const { Z, coefficients } of terms)
        for (let c = 0; c < coefficients.length; c++) eta += Z[c * n + i] * modes[f][e++];
    });
    return eta;
  });
  return { values, rounding: 10 * Number.EPSILON * most };
}
