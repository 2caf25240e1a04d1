import { cholesky, solveLower } from "../../math/linalg/cholesky.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { chiSquareTail } from "../../math/special/tailProbability.js";
import { transformed } from "./inference.js";
import type { MaximumLikelihood, TermHypothesis, TermTest } from "./MaximumLikelihood.js";

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
  result: Pick<MaximumLikelihood, "parameters" | "covariance">,
  names: readonly string[],
): TermTest[] {
  const positions = names.map((name) => result.parameters.findIndex((parameter) => parameter.name === name));
  return hypotheses.flatMap((hypothesis) => {
    const rows = hypothesisRows(hypothesis).filter((row) =>
      row.every((weight, j) => weight === 0 || positions[hypothesis.parameters[j]] >= 0),
    );
    const directions = rows.map((row) => {
      const direction = new Float64Array(result.parameters.length);
      row.forEach((weight, j) => {
        if (weight !== 0) direction[positions[hypothesis.parameters[j]]] = weight;
      });
      return direction;
    });
    return directions.length === 0 ? [] : [waldTest(hypothesis.name, directions, result)];
  });
}

function waldTest(
  name: string,
  directions: readonly Float64Array[],
  { parameters, covariance }: Pick<MaximumLikelihood, "parameters" | "covariance">,
): TermTest {
  const hasNoError = (direction: Float64Array) =>
    direction.some((weight, k) => weight !== 0 && Number.isNaN(parameters[k].standardError));
  if (covariance === null || directions.some(hasNoError)) return untested(name, "chi-square");
  const m = directions.length;
  const estimates = Float64Array.from(parameters, ({ estimate }) => estimate);
  const known = covariance.map((entry) => (Number.isNaN(entry) ? 0 : entry));
  const L = transformed(known, directions);
  if (!cholesky(L, m)) return untested(name, "chi-square");
  const whitened = Float64Array.from(directions, (direction) => dot(direction, estimates));
  solveLower(L, m, whitened);
  const statistic = dot(whitened, whitened);
  const pValue = chiSquareTail(statistic, m);
  return { name, test: "chi-square", statistic, degreesOfFreedom: m, denominatorDegreesOfFreedom: null, pValue };
}
