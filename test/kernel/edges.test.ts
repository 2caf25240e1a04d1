import { describe, expect, it } from "vitest";
import { kernelNames, loadKernel } from "../../src/kernel/loader.js";
import { evaluate } from "./models.js";
import { twin } from "./twin.js";

const tolerance = 1e-12;
/** What stands for 0 where a probability underflows, and the ulp of 1 of a Bernoulli row's probability. */
const negligible = 1e-290;
const ulp = 2 ** -51;

const etas = [
  0, -0, 1e-12, -1e-12, 0.69, -0.69, 3, -3, 6, -6, 20, -20, 36.9, -36.9, 40, -40, 690, -690, 750, -750, 1e6, -1e6,
];

/** A model of one row whose linear predictor is `eta`: its factor's gradient is the score. */
function row(kernel: string, y: number, size: number, eta: number) {
  return {
    kernel,
    rows: 1,
    columns: 0,
    X: new Float64Array(0),
    offset: Float64Array.of(eta),
    response: Float64Array.of(y),
    trials: kernel.startsWith("binomial") ? Float64Array.of(size) : null,
    factors: [{ levels: 1, effects: 1, levelIndex: Int32Array.of(0), Z: null }],
  };
}

/** Pairs of response and trials. */
function responses(kernel: string): [number, number][] {
  if (kernel.startsWith("bernoulli"))
    return [
      [0, 1],
      [1, 1],
    ];
  if (kernel.startsWith("binomial"))
    return [
      [0, 0],
      [0, 5],
      [2, 5],
      [5, 5],
      [3e5, 1e6],
    ];
  return [
    [0, 1],
    [1, 1],
    [17, 1],
    [1e6, 1],
  ];
}

function close(actual: number, { value, scale }: { value: number; scale: number }, absolute: number): boolean {
  if (!Number.isFinite(value)) return !Number.isFinite(actual);
  return Math.abs(actual - value) <= tolerance * scale + absolute;
}

describe.each(kernelNames)("%s", (kernel) => {
  const dispersions = kernel === "negative_binomial-log" ? [1e-3, 1, 250, 1e8] : [0.3, 4];

  it("is right at every eta, however far out", () => {
    const absolute = kernel.startsWith("bernoulli") ? ulp : negligible;
    const wrong: object[] = [];
    for (const [y, size] of responses(kernel))
      for (const eta of etas)
        for (const dispersion of dispersions) {
          const model = row(kernel, y, size, eta);
          const loaded = loadKernel(model);
          const actual = evaluate(loaded, dispersion);
          const expected = twin(model, loaded.beta, loaded.effects, dispersion);
          const right =
            close(actual.logLikelihood, expected.logLikelihood, absolute) &&
            close(actual.effects[0][0], expected.effects[0][0], negligible) &&
            close(actual.dispersion, expected.dispersion, negligible);
          if (!right) wrong.push({ y, size, eta, dispersion, actual, expected });
        }
    expect(wrong).toEqual([]);
  });

  it("answers NaN or -Infinity to a linear predictor that is no number", () => {
    for (const [y, size] of responses(kernel).filter(([, trials]) => trials > 0)) {
      const value = loadKernel(row(kernel, y, size, Number.NaN)).logLikelihoodGradient(1);
      expect(Number.isNaN(value) || value === -Infinity, `y = ${y}`).toBe(true);
    }
  });

  it("answers NaN or -Infinity when one of many rows is no number, whichever half of a pair it stands in", () => {
    for (const bad of [0, 5, 6]) {
      const [y, size] = responses(kernel)[1];
      const offset = new Float64Array(7);
      offset[bad] = Number.NaN;
      const same = (value: number) => new Float64Array(7).fill(value);
      const trials = kernel.startsWith("binomial") ? same(size) : null;
      const model = {
        kernel,
        rows: 7,
        columns: 0,
        X: new Float64Array(0),
        offset,
        response: same(y),
        trials,
        factors: [],
      };
      const value = loadKernel(model).logLikelihoodGradient(1);
      expect(Number.isNaN(value) || value === -Infinity, `row ${bad}`).toBe(true);
    }
  });
});

describe("the dispersion", () => {
  it.each(["normal-identity", "negative_binomial-log"])("of %s that is no number gives none", (kernel) => {
    expect(loadKernel(row(kernel, 1, 1, 0.5)).logLikelihoodGradient(Number.NaN)).toBeNaN();
  });

  it.each([0, -1])("of a negative binomial at %d gives no number", (phi) => {
    expect(loadKernel(row("negative_binomial-log", 1, 1, 0.5)).logLikelihoodGradient(phi)).toBeNaN();
  });
});
