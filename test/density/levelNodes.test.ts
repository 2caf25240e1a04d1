import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian, LatentValues, LevelNodes } from "../../src/density/LatentGaussian.js";
import { groupedTable } from "../marginal/designs.js";
import { likelihoodCases } from "../marginal/likelihoods.js";
import { compiled, seeds, uniforms } from "./models.js";

/** Kernels use polynomials of their own for exp and log. */
const tolerance = 1e-12;

const randomParts = ["(1 | g)", "(1 + x1 | g)", "(1 + x1 + x2 | k)", "(1 | g) + (1 | k)"];

type Backend = "auto" | "plain";

function problem(name: string, random: string, backend: Backend, seed: number, rows = 60) {
  const { response, left, second, intercept, scale, dispersion } = likelihoodCases[name];
  const text = [response, `${left} = 1 + x1 + ${random}`, ...(second === undefined ? [] : [second])].join("\n");
  const latent = compiled(text, groupedTable(seed, rows)).model.latentGaussian(backend);
  if ("refusal" in latent) throw new Error(latent.refusal);
  const { view } = latent;
  const values = view.values();
  values.beta.set([intercept, 0.3 * scale]);
  values.dispersion.set(dispersion);
  return { view, values, scale };
}

/** What one evaluation of a level says, remainder apart. */
interface Evaluation {
  readonly value: number[];
  readonly effects: number[];
  readonly eta: number[];
  readonly psi: number;
}

/** Every level of a factor at the same K shifts; results kept side by side, as quadrature keeps those of a group. */
function evaluations(
  view: LatentGaussian,
  values: LatentValues,
  factor: number,
  K: number,
  scale: number,
  seed: number,
) {
  const { levels, effects: q } = view.factors[factor];
  const { start, rows } = view.rowsByLevel(factor);
  const nodes: LevelNodes = view.levelNodes(factor, { count: K, evaluations: levels, rows: view.rows });
  const next = uniforms(seed);
  const table = view.rowTable();
  const b = view.factors.map((other) => new Float64Array(other.levels * other.effects));
  view.evaluateRows(values, b, 1, table);
  const weights = Float64Array.from({ length: K + 1 }, () => 1 + next());
  const shifts = Float64Array.from({ length: K * q }, () => 0.5 * scale * next());
  for (let j = 0; j < levels; j++) {
    nodes.shifts.set(shifts);
    nodes.evaluate(j, table.eta, table.psi, j, start[j]);
  }
  const scores = { eta: new Float64Array(view.rows), psi: new Float64Array(view.rows) };
  const results = Array.from({ length: levels }, (_, j): Evaluation => {
    nodes.weighScores(j, j, start[j], weights, 1, scores);
    const members = rows.subarray(start[j], start[j + 1]);
    const at = j * nodes.stride;
    return {
      value: [...nodes.value.subarray(at, at + K)],
      effects: [...nodes.effects.subarray(at * q, (at + K) * q)],
      eta: Array.from(members, (i) => scores.eta[i]),
      psi: members.reduce((sum, i) => sum + scores.psi[i], 0),
    };
  });
  return { results, weights: weights.subarray(1), shifts, nodes, b };
}

const closeTo = (actual: number, expected: number, size: number, what: string) =>
  expect(Math.abs(actual - expected), what).toBeLessThan(tolerance * (1 + Math.abs(expected) + size));

describe("the rows of a level at nodes of its effect", () => {
  for (const name of Object.keys(likelihoodCases))
    for (const backend of ["auto", "plain"] as const)
      it(`are the rows with the effect moved: ${name}, ${backend}`, () => {
        for (const random of randomParts)
          for (const K of [1, 2, 5]) {
            const { view, values, scale } = problem(name, random, backend, 3);
            view.factors.forEach(({ levels, effects: q }, f) => {
              const { results, weights, shifts, nodes, b } = evaluations(view, values, f, K, scale, 7 + f);
              const { start, rows } = view.rowsByLevel(f);
              const table = view.rowTable();
              const remainder = nodes.remainder(values.dispersion, null);
              const eta = new Float64Array(view.rows);
              const psi = new Float64Array(levels);
              let total = 0;
              for (let k = 0; k < K; k++) {
                for (let j = 0; j < levels; j++) b[f].set(shifts.subarray(k * q, (k + 1) * q), j * q);
                const value = view.evaluateRows(values, b, 1, table);
                const size = table.value.reduce((sum, x) => sum + Math.abs(x), 0);
                closeTo(
                  results.reduce((sum, { value: each }) => sum + each[k], remainder),
                  value,
                  size,
                  "value",
                );
                total += value;
                const crossed = new Float64Array(levels * q);
                view.crossEffects(f, table.dEta, crossed);
                for (let i = 0; i < view.rows; i++) eta[i] += weights[k] * table.dEta[i];
                for (let j = 0; j < levels; j++) {
                  for (let e = 0; e < q; e++) closeTo(results[j].effects[k * q + e], crossed[j * q + e], size, "Z's");
                  for (let r = start[j]; r < start[j + 1]; r++) psi[j] += weights[k] * table.dPsi[rows[r]];
                }
              }
              for (let j = 0; j < levels; j++)
                results[j].eta.forEach((score, r) => {
                  closeTo(score, eta[rows[start[j] + r]], Math.abs(total), "weighed scores");
                });
              const gradients = view.values();
              nodes.remainder(values.dispersion, gradients.dispersion);
              if (values.dispersion.length !== 1) return;
              // The remainder is that of all rows at one node; scores are weighed sums over the nodes.
              const sumOfWeights = weights.reduce((a, b) => a + b, 0);
              const found = results.reduce((sum, { psi: each }) => sum + each, sumOfWeights * gradients.dispersion[0]);
              const expected = psi.reduce((a, b) => a + b, 0);
              closeTo(found, expected, 100 * Math.abs(total), "weighed derivatives in the dispersion");
            });
          }
      });

  it("does not depend on the backend, however many rows a level has", () => {
    for (const name of ["bernoulli logit", "bernoulli probit", "bernoulli cloglog", "poisson log"]) {
      const [auto, plain] = (["auto", "plain"] as const).map((backend) => {
        const { view, values, scale } = problem(name, "(1 | h)", backend, 3, 4000);
        return evaluations(view, values, 0, 3, scale, 5);
      });
      const remainder = (of: typeof auto) => of.nodes.remainder(new Float64Array(0), null);
      const sums = [auto, plain].map((of) =>
        [0, 1, 2].map((k) => of.results.reduce((sum, { value }) => sum + value[k], remainder(of))),
      );
      sums[0].forEach((value, k) => {
        closeTo(value, sums[1][k], Math.abs(value), name);
      });
    }
  });

  it("keeps evaluations apart, in whatever order they are made", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, K) => {
        const { view, values, scale } = problem("binomial logit", "(1 + x1 | g)", "auto", 3);
        const whole = evaluations(view, values, 0, K, scale, seed);
        const { start } = view.rowsByLevel(0);
        const table = view.rowTable();
        view.evaluateRows(values, whole.b, 1, table);
        const { levels, effects: q } = view.factors[0];
        const nodes = view.levelNodes(0, { count: K, evaluations: levels, rows: view.rows });
        for (let j = levels - 1; j >= 0; j--) {
          nodes.shifts.set(whole.shifts);
          nodes.evaluate(j, table.eta, table.psi, j, start[j]);
        }
        for (let j = 0; j < levels; j++) {
          const at = j * nodes.stride;
          expect([...nodes.value.subarray(at, at + K)]).toEqual(whole.results[j].value);
          expect([...nodes.effects.subarray(at * q, (at + K) * q)]).toEqual(whole.results[j].effects);
        }
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it("refuses what no memory holds", () => {
    const { view } = problem("poisson log", "(1 | g)", "auto", 3);
    expect(() => view.levelNodes(0, { count: 2 ** 20, evaluations: 2 ** 12, rows: 60 })).toThrow(RangeError);
  });
});
