import { describe, expect, it } from "vitest";
import { DISPERSION } from "../../src/kernel/descriptor.js";
import type { KernelModel } from "../../src/kernel/KernelModel.js";
import { kernelNames } from "../../src/kernel/loader.js";
import { layOutNodes, loadNodeKernel, type NodeKernel } from "../../src/kernel/NodeKernel.js";
import { guardZones } from "./guardZones.js";
import { makeModel, uniform } from "./models.js";
import { type Total, twin } from "./twin.js";

/** Relative to the sum of the absolute values of the terms. */
const tolerance = 1e-12;
/** Of a Bernoulli log-likelihood, a row: the log of a product of probabilities knows each of them only to an ulp of 1. */
const perRow = 2 ** -51;
/** What stands for 0 where a probability underflows. */
const negligible = 1e-290;
const dispersion = 1.7;

function expectTotal(what: string, actual: number, { value, scale }: Total, absolute: number): void {
  if (Number.isFinite(value)) expect(Math.abs(actual - value), what).toBeLessThanOrEqual(tolerance * scale + absolute);
  else expect(Number.isFinite(actual), what).toBe(false);
}

function loaded(model: KernelModel, nodes: number): NodeKernel {
  const [{ effects, Z }] = model.factors;
  return loadNodeKernel({ ...model, effects, Z, nodes, mostRows: model.rows });
}

/** The rows of a model whose one level is shifted, from a linear predictor; `at` one node. */
function twinAtNode(model: KernelModel, eta: Float64Array, kernel: NodeKernel, at: number) {
  const q = model.factors[0].effects;
  const shift = Float64Array.from({ length: q }, (_, e) => kernel.shifts[e * kernel.stride + at]);
  return twin({ ...model, offset: eta }, new Float64Array(0), [shift], dispersion);
}

describe.each(kernelNames)("%s at nodes", (name) => {
  const absolute = (rows: number) => (name.startsWith("bernoulli") ? perRow * rows : negligible);

  it.each([1, 2, 7, 999, 1000, 1001, 2003])("equals the plain twin with %d rows", (rows) => {
    for (const [effects, nullZ] of [
      [1, true],
      [1, false],
      [2, false],
      [5, false],
    ] as const) {
      const factor = { effects, nullZ, arrangement: "blocks" } as const;
      const made = makeModel({ kernel: name, rows, columns: 0, offset: true, factors: [factor], seed: rows + effects });
      const model = { ...made, factors: [{ ...made.factors[0], levels: 1, levelIndex: new Int32Array(rows) }] };
      for (const nodes of rows > 10 ? [3] : [1, 2, 5, 8]) {
        const kernel = loaded(model, nodes);
        const next = uniform(nodes);
        kernel.eta.set(model.offset ?? []);
        kernel.shifts.forEach((_, k) => {
          kernel.shifts[k] = (2 * next() - 1) / Math.sqrt(rows);
        });
        const logWeights = Float64Array.from({ length: nodes }, next);
        kernel.weights.set(logWeights);
        const value = kernel.integrate(0, rows, dispersion, true);
        const expected = Array.from(logWeights, (_, k) => twinAtNode(model, kernel.eta, kernel, k));
        expectIntegral(kernel, logWeights, value, expected, absolute(rows));
        const again = kernel.weights.slice(0, nodes);
        kernel.weights.set(logWeights);
        expect(kernel.integrate(0, rows, dispersion, false)).toBe(value);
        expect(kernel.weights.slice(0, nodes)).toEqual(again);
      }
    }
  });

  it("takes the rows of a level out of many", () => {
    const factor = { effects: 2, arrangement: "blocks" } as const;
    const model = makeModel({ kernel: name, rows: 21, columns: 0, offset: true, factors: [factor], seed: 3 });
    const whole = loaded(model, 3);
    whole.eta.set(model.offset ?? []);
    whole.shifts.fill(0.3);
    whole.weights.fill(0);
    const [first, end] = [7, 12];
    const value = whole.integrate(first, end, dispersion, true);
    const cut = (column: Float64Array) => column.slice(first, end);
    const Z = model.factors[0].Z ?? new Float64Array(0);
    const part = loadNodeKernel({
      kernel: name,
      rows: end - first,
      response: cut(model.response),
      trials: model.trials && cut(model.trials),
      effects: 2,
      Z: Float64Array.of(...cut(Z), ...Z.slice(21 + first, 21 + end)),
      nodes: 3,
      mostRows: 5,
    });
    part.eta.set(cut(whole.eta));
    part.shifts.fill(0.3);
    part.weights.fill(0);
    expect(part.integrate(0, 5, dispersion, true)).toBe(value);
    expect(cut(whole.scores)).toEqual(part.scores);
    expect(whole.scores.filter((_, r) => r < first || r >= end).every((score) => score === 0)).toBe(true);
  });

  it.each([1, 2, 5])("writes nothing but its outputs and reads no guard zone at %d nodes", (nodes) => {
    const factor = { effects: 2, arrangement: "blocks" } as const;
    const made = makeModel({ kernel: name, rows: 21, columns: 0, offset: false, factors: [factor], seed: nodes });
    const model = { ...made, effects: 2, Z: made.factors[0].Z, nodes, mostRows: 8 };
    const kernel = loadNodeKernel(model);
    const integrate = () => {
      kernel.weights.fill(0);
      return kernel.integrate(7, 15, dispersion, true);
    };
    const value = integrate();
    const { regions } = layOutNodes(model);
    const all = Object.values(regions).filter((region) => region !== null);
    const memory = new Uint8Array(kernel.eta.buffer);
    for (const { address, bytes } of guardZones(all, memory.length)) memory.fill(0xa5, address, address + bytes);
    const before = memory.slice();
    expect(integrate()).toBe(value);
    const after = memory.slice();
    const { cross, weights, dispersionGradient, scratch, descriptor } = regions;
    const dispersions = { address: descriptor.address + DISPERSION, bytes: 24 };
    const scores = { address: regions.scores.address + 8 * 7, bytes: 8 * 8 };
    for (const { address, bytes } of [cross, weights, dispersionGradient, scratch, dispersions, scores])
      for (const copy of [before, after]) copy.fill(0, address, address + bytes);
    expect(Buffer.compare(before, after)).toBe(0);
  });

  it("is right at every eta, however far out", () => {
    const trials = name.startsWith("binomial") ? Float64Array.of(5) : null;
    for (const y of name.startsWith("bernoulli") ? [0, 1] : [0, 2, 5])
      for (const eta of [0, -0, 1e-12, 3, -3, 36.9, -36.9, 40, -40, 750, -750, 1e6, -1e6]) {
        const factors = [{ levels: 1, effects: 1, levelIndex: new Int32Array(1), Z: null }];
        const row = { kernel: name, rows: 1, columns: 0, X: new Float64Array(0), offset: null, trials, factors };
        const model = { ...row, response: Float64Array.of(y) };
        const kernel = loaded(model, 1);
        kernel.shifts[0] = eta;
        kernel.weights[0] = 0;
        const value = kernel.integrate(0, 1, dispersion, true);
        const expected = twinAtNode(model, kernel.eta, kernel, 0);
        expectTotal(`value of ${y} at ${eta}`, value, expected.logLikelihood, absolute(1));
        if (Number.isFinite(expected.logLikelihood.value))
          expectTotal(`score of ${y} at ${eta}`, kernel.scores[0], expected.effects[0][0], negligible);
      }
  });

  it("answers NaN or -Infinity to a linear predictor that is no number at a node", () => {
    const factor = { effects: 1, nullZ: true, arrangement: "blocks" } as const;
    const model = makeModel({ kernel: name, rows: 6, columns: 0, offset: false, factors: [factor], seed: 2 });
    const kernel = loaded({ ...model, trials: model.trials && new Float64Array(6).fill(5) }, 4);
    kernel.shifts[2] = Number.NaN;
    kernel.weights.fill(0);
    const value = kernel.integrate(0, 6, dispersion, true);
    expect(Number.isNaN(value) || value === -Infinity).toBe(true);
  });
});

/** The log of the sum of e^(log weight + value) and means under its shares, of what the twin says at each node. */
function expectIntegral(
  kernel: NodeKernel,
  logWeights: Float64Array,
  value: number,
  expected: readonly ReturnType<typeof twin>[],
  absolute: number,
): void {
  const logs = expected.map(({ logLikelihood }, k) => logWeights[k] + logLikelihood.value);
  const most = Math.max(...logs);
  const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
  const scale = 1 + Math.max(...expected.map(({ logLikelihood }) => logLikelihood.scale));
  expectTotal("log integral", value, { value: most + Math.log(total), scale }, absolute);
  expected.forEach((at, k) => {
    expectTotal(`share ${k}`, kernel.weights[k], { value: Math.exp(logs[k] - most) / total, scale }, absolute);
    expectTotal(`dispersion at ${k}`, kernel.dispersionGradient[k], at.dispersion, absolute);
    at.effects[0].forEach((effect, e) => {
      expectTotal(`effect ${e} at ${k}`, kernel.cross[e * kernel.stride + k], effect, absolute);
    });
  });
}
