import { describe, expect, it } from "vitest";
import { atOnce, covariatePatterns } from "../../src/kernel/covariatePatterns.js";
import { FactorKernel, factorKernelNames } from "../../src/kernel/FactorKernel.js";
import { layOutFactor } from "../../src/kernel/factorLayout.js";
import type { KernelModel } from "../../src/kernel/KernelModel.js";
import { kernelNames } from "../../src/kernel/loader.js";
import { hermiteNodes } from "../../src/marginal/likelihoods/standardNodes.js";
import { guardZones } from "./guardZones.js";
import { makeModel } from "./models.js";

const canary = 0xa5;
const shapes = [
  { effects: 1, nullZ: true },
  { effects: 1, nullZ: false },
  { effects: 3, nullZ: false },
];

function modelOf(kernel: string, shape: (typeof shapes)[number], rows: number): KernelModel {
  return makeModel({
    kernel,
    rows,
    columns: 3,
    factors: [{ ...shape, arrangement: "random" }],
    offset: true,
    seed: rows,
  });
}

function evaluate(loaded: FactorKernel, q: number): number {
  return loaded.integrate(...argumentsOf(q));
}

function argumentsOf(q: number): Parameters<FactorKernel["integrate"]> {
  const Lambda = Float64Array.from({ length: q * q }, (_, k) => (k % (q + 1) === 0 ? 0.7 : 0.2));
  return [Float64Array.of(0.3, -0.2, 0.1), Lambda, hermiteNodes(3, q), { derivatives: true, moments: true }];
}

describe.each(factorKernelNames)("%s with a factor integrated out", (kernel) => {
  it.each([1, 2, 15, 60])("with %d rows writes to no guard zone and reads none", (rows) => {
    for (const shape of shapes) {
      const model = modelOf(kernel, shape, rows);
      const loaded = new FactorKernel(model, 3 ** shape.effects);
      const memory = new Uint8Array(loaded.modes.buffer);
      evaluate(loaded, shape.effects);
      const value = evaluate(loaded, shape.effects);
      const { at } = layOutFactor(model, covariatePatterns(model.factors[0]), loaded.mostNodes);
      const [lowest] = [...at.values()].map(({ address }) => address).sort((a, b) => a - b);
      const zones = guardZones([...at.values()], memory.length).filter(({ address }) => address > lowest);
      for (const { address, bytes } of zones) memory.fill(canary, address, address + bytes);
      expect(evaluate(loaded, shape.effects)).toBeCloseTo(value, 10);
      expect(Number.isFinite(value)).toBe(true);
      for (const { address, bytes } of zones) {
        expect(bytes).toBeGreaterThanOrEqual(64);
        expect(memory.subarray(address, address + bytes).every((byte) => byte === canary)).toBe(true);
      }
    }
  });
});

describe.each(factorKernelNames)("%s with a factor integrated out in parts", (kernel) => {
  it("has the value and all derivatives, modes and moments of the integral at once, to the last bit", () => {
    for (const shape of shapes) {
      // Levels of one row each are searched two at a time, across the ends of parts too.
      for (const rows of [1, 60, 20_001]) {
        const model = modelOf(kernel, shape, rows);
        const [whole, split] = [0, 1].map(() => new FactorKernel(model, 3 ** shape.effects));
        const parts = split.integrateInParts(...argumentsOf(shape.effects));
        let [pauses, step] = [0, parts.next()];
        for (; !step.done; step = parts.next()) pauses++;
        expect(step.value).toBe(evaluate(whole, shape.effects));
        for (const output of ["modes", "factors", "moments", "betaGradient", "LambdaGradient"] as const)
          expect(split[output]).toEqual(whole[output]);
        expect(pauses).toBeGreaterThan(rows > 20_000 ? 3 : 0);
      }
    }
  });
});

describe("misuse of the kernel of a single factor", () => {
  const good = modelOf("poisson-log", shapes[0], 15);

  it.each(kernelNames.filter((name) => !factorKernelNames.includes(name)))("%s is a RangeError", (kernel) => {
    expect(() => new FactorKernel(modelOf(kernel, shapes[0], 15), 3)).toThrow("does not integrate");
  });

  it("so are two factors, none, and arrays of a wrong length", () => {
    const { factors } = good;
    for (const change of [{ factors: [...factors, ...factors] }, { factors: [] }, { X: new Float64Array(1) }])
      expect(() => new FactorKernel({ ...good, ...change }, 3)).toThrow(RangeError);
  });

  it("and more nodes than 4 GiB hold", () => {
    expect(() => new FactorKernel(modelOf("poisson-log", shapes[2], 60), 2 ** 28)).toThrow("over the limit of 4 GiB");
  });
});

describe("a kernel of a single factor loaded in parts", () => {
  it("is the kernel loaded at once, with pauses where the rows are many, and anew for more nodes by the same patterns", () => {
    const model = modelOf("bernoulli-logit", shapes[1], 40_001);
    const whole = new FactorKernel(model, 3);
    const loading = FactorKernel.inParts(model, 3);
    let [pauses, step] = [0, loading.next()];
    for (; !step.done; step = loading.next()) pauses++;
    expect(pauses).toBeGreaterThan(5);
    const memory = ({ modes }: FactorKernel) => new Uint8Array(modes.buffer);
    expect(Buffer.compare(memory(step.value), memory(whole))).toBe(0);
    const more = atOnce(FactorKernel.inParts(model, 9, step.value.patterns));
    expect(evaluate(more, 1)).toBe(evaluate(whole, 1));
  });
});
