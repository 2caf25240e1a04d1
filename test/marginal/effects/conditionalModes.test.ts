import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { clusters } from "../../../src/marginal/effects/clusters.js";
import { type ConditionalModes, conditionalModes } from "../../../src/marginal/effects/conditionalModes.js";
import { effectsVectors } from "../../../src/marginal/factorisations/BlockCholesky.js";
import { effectsHessian } from "../../../src/marginal/factorisations/EffectsHessian.js";
import { generalLaplace } from "../../../src/marginal/likelihoods/laplace.js";
import { seeds, uniforms } from "../../density/models.js";
import { expectClose } from "../../math/linalg/matrices.js";
import { groupedTable, type LambdaKind, randomParts, viewOf } from "../designs.js";
import { copied, likelihoodCases, likelihoodProblem } from "../likelihoods.js";

const gradientTolerance = 1e-10;
const modeTolerance = 1e-8;
const rows = 60;
const kinds: readonly LambdaKind[] = ["regular", "zero", "singular"];
const zeros = (view: LatentGaussian) => effectsVectors(view);

/** |Lambda' Z's - u| over the size of its terms, written out from the view's operations. */
function scaledGradient(view: LatentGaussian, values: LatentValues, { u, b, table }: ConditionalModes): number {
  const fresh = view.rowTable();
  view.evaluateRows(values, b, 1, fresh);
  expect(table.dEta).toEqual(fresh.dEta);
  const absolute = fresh.dEta.map(Math.abs);
  return view.factors.reduce((worst, { levels, effects: q }, f) => {
    const [score, size] = [fresh.dEta, absolute].map((s) => {
      const out = new Float64Array(levels * q);
      view.crossEffects(f, s, out);
      return out;
    });
    return u[f].reduce((most, value, k) => {
      const [j, c] = [Math.floor(k / q), k % q];
      let [slope, scale] = [-value, 1 + Math.abs(value)];
      for (let r = c; r < q; r++) {
        slope += values.Lambda[f][r * q + c] * score[j * q + r];
        scale += Math.abs(values.Lambda[f][r * q + c] * size[j * q + r]);
      }
      return Math.max(most, Math.abs(slope) / scale);
    }, worst);
  }, 0);
}

describe("conditional modes", () => {
  for (const [name, likelihood] of Object.entries(likelihoodCases))
    it(`${name}: the gradient vanishes, from any start, in every structure`, () => {
      for (const { random } of Object.values(randomParts))
        for (const kind of kinds) {
          const { view, values } = likelihoodProblem(likelihood, random, groupedTable(3, rows), kind, 17);
          const hessian = effectsHessian(view);
          const found = conditionalModes(view, hessian, values, zeros(view));
          expect(found.converged).toBe(true);
          expect(scaledGradient(view, values, found)).toBeLessThan(gradientTolerance);
          const next = uniforms(5);
          const wild = zeros(view).map((part) => part.map(() => 6 * next()));
          const again = conditionalModes(view, hessian, values, wild, 3);
          expect(again.converged).toBe(true);
          expect(scaledGradient(view, values, again)).toBeLessThan(gradientTolerance);
          expect(Math.abs(again.value - found.value)).toBeLessThan(modeTolerance);
          again.u.forEach((part, f) => {
            expectClose(part, found.u[f], modeTolerance);
          });
          expect(again.logDeterminant).toBeCloseTo(found.logDeterminant, 8);
        }
    });

  it("are a maximum: every other u has a lower value", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...Object.values(likelihoodCases)), (seed, likelihood) => {
        const { view, values } = likelihoodProblem(
          likelihood,
          "(1 + x1 | g) + (1 | h)",
          groupedTable(seed, rows),
          "regular",
          seed,
        );
        const found = conditionalModes(view, effectsHessian(view), values, zeros(view));
        fc.pre(found.converged);
        const next = uniforms(seed);
        const other = found.u.map((part) => part.map((x) => x + 0.05 * next()));
        expect(valueAt(view, values, found.u)).toBeCloseTo(found.value, 9);
        expect(valueAt(view, values, other)).toBeLessThan(found.value);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  it("are found from far away, where the full step overshoots or the likelihood is not concave", () => {
    const far = [
      { likelihood: likelihoodCases["poisson log"], intercept: -12, Lambda: 6 },
      { likelihood: likelihoodCases["poisson log"], intercept: 25, Lambda: 3 },
      { likelihood: likelihoodCases["bernoulli logit"], intercept: 30, Lambda: 8 },
      { likelihood: likelihoodCases["bernoulli probit"], intercept: -12, Lambda: 8 },
      { likelihood: likelihoodCases["binomial cloglog"], intercept: 4, Lambda: 6 },
      { likelihood: likelihoodCases["negative binomial log"], intercept: -15, Lambda: 10 },
      { likelihood: likelihoodCases["normal log"], intercept: -5, Lambda: 4 },
      { likelihood: likelihoodCases["normal log"], intercept: 4, Lambda: 4 },
    ];
    for (const { likelihood, intercept, Lambda } of far)
      for (const random of ["(1 | g)", "(1 | g) + (1 | k)", "(1 | g) + (1 | h)"]) {
        const { view, values } = likelihoodProblem(likelihood, random, groupedTable(3, rows), "regular", 17);
        values.beta[0] = intercept;
        for (const matrix of values.Lambda) matrix[0] = Lambda;
        for (const start of [0, 5, -5]) {
          const found = conditionalModes(
            view,
            effectsHessian(view),
            values,
            zeros(view).map((part) => part.fill(start)),
          );
          expect(found.converged, `${likelihood.left} ${intercept} ${random} ${start}`).toBe(true);
          expect(scaledGradient(view, values, found)).toBeLessThan(gradientTolerance);
        }
      }
  });

  it("start from zero where the start given is outside of the likelihood's range", () => {
    const { view, values } = likelihoodProblem(
      likelihoodCases["poisson identity"],
      "(1 | g) + (1 | h)",
      groupedTable(3, rows),
      "regular",
      17,
    );
    const start = zeros(view).map((part) => part.fill(-1e3));
    const found = conditionalModes(view, effectsHessian(view), values, start);
    expect(found.converged).toBe(true);
  });

  it("say so where the likelihood cannot be computed", () => {
    const { view, values } = likelihoodProblem(
      likelihoodCases["poisson identity"],
      "(1 | g)",
      groupedTable(3, rows),
      "regular",
      17,
    );
    values.beta[0] = -5;
    const found = conditionalModes(view, effectsHessian(view), values, zeros(view));
    expect([found.converged, found.value]).toEqual([false, -Infinity]);
    expect(found.logDeterminant).toBeNaN();
  });

  it("need no step where there are no random effects", () => {
    const { view, values } = likelihoodProblem(likelihoodCases["poisson log"], "", groupedTable(3, rows), "regular", 1);
    expect(view.structure).toBe("none");
    const found = conditionalModes(view, effectsHessian(view), values, []);
    expect([found.converged, found.iterations, found.logDeterminant]).toEqual([true, 0, 0]);
    expect(found.value).toBe(view.evaluateRows(values, [], 0, view.rowTable()));
  });
});

function valueAt(view: LatentGaussian, values: LatentValues, u: readonly Float64Array[]): number {
  const b = view.factors.map(({ levels, effects: q }, f) =>
    Float64Array.from({ length: levels * q }, (_, k) => {
      const r = k % q;
      let total = 0;
      for (let c = 0; c <= r; c++) total += values.Lambda[f][r * q + c] * u[f][k - r + c];
      return total;
    }),
  );
  const penalty = u.reduce((total, part) => part.reduce((sum, x) => sum + x * x, total), 0);
  return view.evaluateRows(values, b, 0, view.rowTable()) - 0.5 * penalty;
}

describe("clusters", () => {
  const countOf = (random: string) => {
    const { view } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + ${random}`, groupedTable(3, rows));
    return clusters(view).count;
  };

  it("are the levels of one factor, of the coarsest of nested ones, and one of crossed ones", () => {
    expect(countOf("(1 + x1 | k)")).toBe(8);
    expect(countOf("(1 | k) + (1 | g) + (1 | m)")).toBe(2);
    expect(countOf("(1 | k) + (1 | l)")).toBe(1);
  });

  it("are the islands of partly crossed factors", () => {
    const [a, b] = [
      [0, 0, 1, 1, 2, 2, 3],
      [0, 1, 0, 1, 2, 3, 2],
    ];
    const table = toTable({ y: a.map((_, i) => 0.1 * i), a, b });
    const { view } = viewOf("y ~ normal(mu, 1)\nmu = 1 + (1 | a) + (1 | b)", table);
    const { count, rows: ofRow, levels } = clusters(view);
    expect(count).toBe(2);
    expect(levels.map((part) => [...part])).toEqual([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]);
    expect([...ofRow].sort()).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });
});

describe("the Laplace marginal as an object", () => {
  const { view, values } = likelihoodProblem(
    likelihoodCases["poisson identity"],
    "(1 | g) + (1 | h)",
    groupedTable(3, rows),
    "regular",
    17,
  );

  it("is -Infinity where it cannot be computed, keeps its modes, and leaves the gradients alone", () => {
    const marginal = generalLaplace(view);
    const value = marginal.evaluate(values, null);
    const steps = marginal.modes?.iterations ?? 0;
    const outside = copied(values);
    outside.beta[0] = -5;
    const gradients = view.values();
    gradients.beta.fill(7);
    expect(marginal.evaluate(outside, gradients)).toBe(-Infinity);
    expect([...gradients.beta]).toEqual([7, 7]);
    expect(marginal.modes?.converged).toBe(false);
    expect(marginal.evaluate(values, null)).toBeCloseTo(value, 12);
    expect(steps).toBeGreaterThan(1);
    // It starts where the last success ended.
    expect(marginal.modes?.iterations).toBeLessThanOrEqual(1);
  });
});
