import { describe, expect, it } from "vitest";
import type { KernelModel } from "../../src/kernel/KernelModel.js";
import { chunkRowsOf } from "../../src/kernel/layout.js";
import { kernelNames, loadKernel } from "../../src/kernel/loader.js";
import { evaluate, type FactorShape, makeModel, moveTo } from "./models.js";
import { type Total, twin } from "./twin.js";

/** Of a sum, relative to the sum of the absolute values of its terms. */
const tolerance = 1e-12;
/** Of a Bernoulli log-likelihood, a row: the log of a product of probabilities knows each of them only to an ulp of 1. */
const perRow = 2 ** -51;
const dispersion = 1.7;

function expectTotal(what: string, actual: number, { value, scale }: Total, absolute = 0): void {
  expect(Math.abs(actual - value), what).toBeLessThanOrEqual(tolerance * scale + absolute);
}

function expectTwin(model: KernelModel, seed: number): void {
  const kernel = loadKernel(model);
  moveTo(kernel, seed);
  const actual = evaluate(kernel, dispersion);
  const expected = twin(model, kernel.beta, kernel.effects, dispersion);
  const absolute = model.kernel.startsWith("bernoulli") ? perRow * model.rows : 0;
  expectTotal("log-likelihood", actual.logLikelihood, expected.logLikelihood, absolute);
  expectTotal("dispersion", actual.dispersion, expected.dispersion);
  expected.beta.forEach((total, j) => {
    expectTotal(`beta ${j}`, actual.beta[j], total);
  });
  expected.effects.forEach((totals, factor) => {
    totals.forEach((total, k) => {
      expectTotal(`effect ${k} of factor ${factor}`, actual.effects[factor][k], total);
    });
  });
}

const factorSets: readonly (readonly FactorShape[])[] = [
  [],
  [{ effects: 1, arrangement: "blocks", nullZ: true }],
  [{ effects: 1, arrangement: "random", nullZ: true }],
  [{ effects: 1, arrangement: "blocks" }],
  [{ effects: 1, arrangement: "random" }],
  [{ effects: 2, arrangement: "blocks" }],
  [{ effects: 2, arrangement: "random" }],
  [{ effects: 3, arrangement: "blocks" }],
  [{ effects: 3, arrangement: "singles" }],
  [
    { effects: 2, arrangement: "blocks" },
    { effects: 1, arrangement: "random", nullZ: true },
  ],
  [
    { effects: 5, arrangement: "blocks" },
    { effects: 3, arrangement: "random" },
    { effects: 1, arrangement: "singles", nullZ: true },
  ],
];

describe.each(kernelNames)("%s", (kernel) => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    "equals the plain twin with %d columns, around the ends of chunks",
    (columns) => {
      for (const [k, factors] of factorSets.entries()) {
        const shape = { kernel, columns, factors, offset: k % 2 === 0, seed: 31 * columns + k };
        const chunk = chunkRowsOf(makeModel({ ...shape, rows: 1 }));
        const sizes = [1, 2, 3, chunk - 1, chunk, chunk + 1, 2 * chunk + 3];
        // Each set of factors meets one of the large sizes and one of the small ones.
        for (const rows of [sizes[k % 3], sizes[3 + ((k + columns) % 4)]]) expectTwin(makeModel({ ...shape, rows }), k);
      }
    },
  );

  it("has the derivatives of its value", () => {
    const factors: FactorShape[] = [{ effects: 2, arrangement: "blocks" }];
    const loaded = loadKernel(makeModel({ kernel, columns: 3, rows: 23, factors, offset: true, seed: 5 }));
    moveTo(loaded, 5);
    const gradient = evaluate(loaded, dispersion);
    const step = 1e-5;
    const difference = (move: (by: number) => number) => (move(step) - move(-step)) / (2 * step);
    const shift = (input: Float64Array, k: number) => (by: number) => {
      const here = input[k];
      input[k] = here + by;
      const value = loaded.logLikelihoodGradient(dispersion);
      input[k] = here;
      return value;
    };
    gradient.beta.forEach((slope, j) => {
      expect(difference(shift(loaded.beta, j)), `beta ${j}`).toBeCloseTo(slope, 6);
    });
    gradient.effects[0].forEach((slope, k) => {
      expect(difference(shift(loaded.effects[0], k)), `effect ${k}`).toBeCloseTo(slope, 6);
    });
    const inDispersion = difference((by) => loaded.logLikelihoodGradient(dispersion + by));
    expect(inDispersion, "dispersion").toBeCloseTo(gradient.dispersion, 6);
  });

  it("gives the same bits again, and from a second copy of the model", () => {
    const factors: FactorShape[] = [
      { effects: 2, arrangement: "blocks" },
      { effects: 1, arrangement: "random", nullZ: true },
    ];
    const model = makeModel({ kernel, columns: 4, rows: 1601, factors, offset: true, seed: 9 });
    const [one, other] = [loadKernel(model), loadKernel(model)];
    moveTo(one, 9);
    moveTo(other, 9);
    const first = evaluate(one, dispersion);
    expect(evaluate(one, dispersion)).toStrictEqual(first);
    expect(evaluate(other, dispersion)).toStrictEqual(first);
  });
});
