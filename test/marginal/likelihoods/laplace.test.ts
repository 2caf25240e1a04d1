import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { generalLaplace } from "../../../src/marginal/likelihoods/laplace.js";
import { cholesky, logDeterminant, solveLower } from "../../../src/math/linalg/cholesky.js";
import { uniforms } from "../../density/models.js";
import { expectClose } from "../../math/linalg/matrices.js";
import { denseZ, groupedTable, type LambdaKind, randomLambda, randomParts, viewOf } from "../designs.js";
import { differences, flattened, likelihoodCases, likelihoodProblem } from "../likelihoods.js";

const tolerance = 1e-6;
const rows = 60;
const kinds: readonly LambdaKind[] = ["regular", "zero", "singular"];

describe("the exact gradient of the Laplace marginal likelihood", () => {
  for (const [name, likelihood] of Object.entries(likelihoodCases))
    describe(name, () => {
      for (const [structure, { random }] of Object.entries(randomParts))
        it(structure, () => {
          for (const kind of kinds) {
            const { view, values } = likelihoodProblem(likelihood, random, groupedTable(3, rows), kind, 17);
            const marginal = generalLaplace(view);
            const gradients = view.values();
            expect(marginal.evaluate(values, gradients)).toBeGreaterThan(-Infinity);
            expectClose(
              flattened(gradients),
              differences((moved) => marginal.evaluate(moved, null), values),
              tolerance,
            );
          }
        });
    });
});

describe("the value of the Laplace marginal likelihood", () => {
  for (const [structure, { random }] of Object.entries(randomParts))
    it(`is log N(y; X beta, sigma^2 I + Z G Z') for normal responses: ${structure}`, () => {
      const table = groupedTable(9, rows);
      const { view, design } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, table);
      for (const kind of kinds) {
        const values = view.values();
        values.beta.set([1.1, -0.4]);
        values.dispersion[0] = 0.6;
        randomLambda(view, kind, 5).forEach((Lambda, f) => {
          values.Lambda[f].set(Lambda);
        });
        const marginal = generalLaplace(view);
        expect(marginal.evaluate(values, null)).toBeCloseTo(gaussianMarginal(view, denseZ(design), values), 9);
        expect(marginal.modes?.iterations).toBeLessThanOrEqual(1);
      }
    });

  it("approaches the integral as groups grow, with an error of 1 / size", () => {
    // The same rows over and over, so that the leading term of the error is exactly as 1 / size.
    const errors = [1, 4, 16, 64].map((times) => {
      const { view, values } = binaryGroups(4, 20, times);
      return Math.abs(generalLaplace(view).evaluate(values, null) - integrated(view, values));
    });
    for (let k = 1; k < errors.length; k++) expect(errors[k - 1] / errors[k]).toBeGreaterThan(3);
    expect(Math.abs(errors[2] / errors[3] - 4)).toBeLessThan(0.15);
    expect(errors[3]).toBeLessThan(1e-3);
  });

  it("comes with conditional modes and standard deviations of b", () => {
    const { view, values } = binaryGroups(4, 50, 1);
    const marginal = generalLaplace(view);
    expect(() => marginal.effects()).toThrow(RangeError);
    marginal.evaluate(values, null);
    const { modes, sds, means } = marginal.effects();
    expect(means).toBeNull();
    const lambda = values.Lambda[0][0];
    const { table } = marginal.modes ?? { table: view.rowTable() };
    for (let j = 0; j < 4; j++) {
      const inLevel = (x: Float64Array) =>
        x.reduce((total, v, i) => total + (view.factors[0].levelIndex[i] === j ? v : 0), 0);
      expect(modes[0][j] / (lambda * lambda)).toBeCloseTo(inLevel(table.dEta), 9);
      expect(sds[0][j]).toBeCloseTo(1 / Math.sqrt(1 / (lambda * lambda) - inLevel(table.dEta2)), 9);
    }
    values.beta[0] = Number.NaN;
    expect(marginal.evaluate(values, null)).toBe(-Infinity);
    expect(() => marginal.effects()).toThrow(RangeError);
  });
});

function gaussianMarginal(view: LatentGaussian, Z: readonly number[][], values: LatentValues): number {
  const n = view.rows;
  const table = view.rowTable();
  view.evaluateRows(
    values,
    view.factors.map(({ levels, effects }) => new Float64Array(levels * effects)),
    1,
    table,
  );
  const sigma = values.dispersion[0];
  const residual = table.dEta.map((score) => score * sigma * sigma);
  const covariance = new Float64Array(n * n);
  const scaled = Z.map((z) => lambdaTransposed(view, values, z));
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++)
      covariance[i * n + k] =
        scaled[i].reduce((total, value, e) => total + value * scaled[k][e], 0) + (i === k ? sigma * sigma : 0);
  expect(cholesky(covariance, n)).toBe(true);
  solveLower(covariance, n, residual);
  const quadratic = residual.reduce((total, x) => total + x * x, 0);
  return -0.5 * (quadratic + logDeterminant(covariance, n) + n * Math.log(2 * Math.PI));
}

/** Lambda' z of one row, over all effects. */
function lambdaTransposed(view: LatentGaussian, { Lambda }: LatentValues, z: readonly number[]): number[] {
  let start = 0;
  return view.factors.flatMap(({ levels, effects: q }, f) => {
    const from = start;
    start += levels * q;
    return Array.from({ length: levels * q }, (_, k) => {
      const c = k % q;
      let total = 0;
      for (let r = c; r < q; r++) total += Lambda[f][r * q + c] * z[from + k - c + r];
      return total;
    });
  });
}

/** No group is all 0 or all 1: its posterior would be a tail, and the approximation no better with more rows. */
function binaryGroups(groups: number, size: number, times: number): { view: LatentGaussian; values: LatentValues } {
  const next = uniforms(12);
  const n = groups * size;
  const repeated = (of: (i: number) => number) => {
    const once = Float64Array.from({ length: n }, (_, i) => of(i));
    return Float64Array.from({ length: n * times }, (_, i) => once[i % n]);
  };
  const table = toTable({
    x: repeated(next),
    g: repeated((i) => i % groups),
    y: repeated((i) => (next() < 0.2 * ((i % groups) - 1.5) ? 1 : 0)),
  });
  const { view } = viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", table);
  const values = view.values();
  values.beta.set([0.2, -0.5]);
  values.Lambda[0][0] = 1.3;
  return { view, values };
}

/** Group by group, the trapezoidal rule over 16 conditional sds about the mode, which is exact to rounding for such integrands. */
function integrated(view: LatentGaussian, values: LatentValues): number {
  const marginal = generalLaplace(view);
  marginal.evaluate(values, null);
  const u = marginal.modes?.u[0].slice() ?? new Float64Array(0);
  const sds = marginal.effects().sds[0].map((sd) => sd / values.Lambda[0][0]);
  const table = view.rowTable();
  const points = 400;
  const terms = Array.from(u, () => new Float64Array(points));
  for (let k = 0; k < points; k++) {
    const at = u.map((mode, j) => mode + sds[j] * ((16 * (k + 0.5)) / points - 8));
    view.evaluateRows(values, [at.map((x) => values.Lambda[0][0] * x)], 0, table);
    at.forEach((x, j) => {
      terms[j][k] = -0.5 * (x * x + Math.log(2 * Math.PI));
    });
    view.factors[0].levelIndex.forEach((j, i) => {
      terms[j][k] += table.value[i];
    });
  }
  return terms.reduce((total, logs, j) => {
    const largest = Math.max(...logs);
    const sum = logs.reduce((s, x) => s + Math.exp(x - largest), 0);
    return total + largest + Math.log((sum * sds[j] * 16) / points);
  }, 0);
}
