import { cholesky, solveLower } from "../../math/linalg/cholesky.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { chiSquareTail } from "../../math/special/tailProbability.js";
import type { Estimates, TermHypothesis, TermTest } from "./Estimates.js";
import { transformed } from "./inference.js";

/** The combinations of a hypothesis, one of weights each. */
export function hypothesisRows({ parameters, weights }: TermHypothesis): Float64Array[] {
  const m = parameters.length;
  if (weights === null) return parameters.map((_, k) => Float64Array.from(parameters, (__, j) => (j === k ? 1 : 0)));
  return Array.from({ length: weights.length / m }, (_, r) => weights.subarray(r * m, (r + 1) * m));
}

/** A test that cannot be made. */
export function untested(name: string, test: TermTest["test"]): TermTest {
  const denominatorDegreesOfFreedom = test === "F" ? NaN : null;
  return { name, test, statistic: NaN, degreesOfFreedom: 0, denominatorDegreesOfFreedom, pValue: NaN };
}

/** Wald's chi-square tests; `names` are the model's parameters, of which a method may have left some out. */
export function waldTests(
  hypotheses: readonly TermHypothesis[],
  result: Pick<Estimates, "parameters" | "covariance">,
  names: readonly string[],
): TermTest[] {
  const positions = names.map((name) => result.parameters.findIndex((parameter) => parameter.name === name));
  return hypotheses.flatMap((hypothesis) => {
    const combinations = hypothesisRows(hypothesis).flatMap((row, r) => {
      if (row.some((weight, j) => weight !== 0 && !(positions[hypothesis.parameters[j]] >= 0))) return [];
      const direction = new Float64Array(result.parameters.length);
      row.forEach((weight, j) => {
        if (weight !== 0) direction[positions[hypothesis.parameters[j]]] = weight;
      });
      return [{ direction, constant: hypothesis.constants?.[r] ?? 0 }];
    });
    return combinations.length === 0 ? [] : [waldTest(hypothesis.name, combinations, result)];
  });
}

function waldTest(
  name: string,
  combinations: readonly { readonly direction: Float64Array; readonly constant: number }[],
  { parameters, covariance }: Pick<Estimates, "parameters" | "covariance">,
): TermTest {
  const directions = combinations.map(({ direction }) => direction);
  const hasNoError = (direction: Float64Array) =>
    direction.some((weight, k) => weight !== 0 && Number.isNaN(parameters[k].standardError));
  if (covariance === null || directions.some(hasNoError)) return untested(name, "chi-square");
  const m = directions.length;
  const estimates = Float64Array.from(parameters, ({ estimate }) => estimate);
  const known = covariance.map((entry) => (Number.isNaN(entry) ? 0 : entry));
  const L = transformed(known, directions);
  if (!cholesky(L, m)) return untested(name, "chi-square");
  const whitened = Float64Array.from(combinations, ({ direction, constant }) => dot(direction, estimates) + constant);
  solveLower(L, m, whitened);
  const statistic = dot(whitened, whitened);
  const pValue = chiSquareTail(statistic, m);
  return { name, test: "chi-square", statistic, degreesOfFreedom: m, denominatorDegreesOfFreedom: null, pValue };
}
