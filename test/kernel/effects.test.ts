import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/kernel/map/Arena.js";
import { EffectsKernel } from "../../src/kernel/map/EffectsKernel.js";
import type {
  Coupling,
  EffectsModel,
  FactorReference,
  GenerationReference,
} from "../../src/kernel/map/EffectsModel.js";
import { effectsBytes, layOutEffects } from "../../src/kernel/map/effectsLayout.js";
import { type PredictorMemory, predictorMemory } from "../../src/kernel/PredictorMemory.js";
import { definiteMatrix, expectClose, uniforms } from "../math/linalg/matrices.js";
import { makeEffects, type StructureShape, structures } from "./effectsModels.js";
import { type EffectsInputs, type EffectsOutputs, plainEffects } from "./effectsTwin.js";
import { guardZones } from "./guardZones.js";

const runs = { seed: 20261129, numRuns: 150 };
/** Of the largest entry, or of 1. */
const tolerance = 1e-12;

interface Loaded {
  readonly model: EffectsModel;
  readonly memory: PredictorMemory;
  readonly kernel: EffectsKernel;
}

function load(model: EffectsModel, columns: number): Loaded {
  const memory = predictorMemory({ columns, factors: model.factors }, effectsBytes(model, columns));
  return { model, memory, kernel: new EffectsKernel(model, memory) };
}

function inputsOf({ factors }: EffectsModel, columns: number, seed: number): EffectsInputs {
  const next = uniforms(seed);
  const vectors = () =>
    factors.map(({ levels, effects }) => Float64Array.from({ length: levels * effects }, () => 2 * next()));
  return {
    P: factors.map(({ effects }, f) => definiteMatrix(effects, seed + f)),
    z: vectors(),
    dBeta: Float64Array.from({ length: columns }, next),
    bAdjoint: vectors(),
  };
}

/** One evaluation and its adjoint, with the predictor's gradient in beta at 0. */
function evaluate({ model, memory, kernel }: Loaded, { P, z, dBeta, bAdjoint }: EffectsInputs): EffectsOutputs {
  P.forEach((values, f) => {
    kernel.P[f].set(values);
  });
  kernel.dBeta.set(dBeta);
  kernel.z.set(z.flatMap((values) => [...values]));
  const logRoots = kernel.place();
  memory.betaGradient.fill(0);
  bAdjoint.forEach((values, f) => {
    memory.effectsGradient[f].set(values);
  });
  kernel.chain();
  let at = 0;
  const zGradient = model.factors.map(({ levels, effects }) => {
    at += levels * effects;
    return kernel.zGradient.slice(at - levels * effects, at);
  });
  const copies = (arrays: readonly Float64Array[]) => arrays.map((array) => array.slice());
  return {
    b: copies(memory.effects),
    logRoots,
    squares: copies(kernel.squares),
    zGradient,
    PAdjoint: copies(kernel.PAdjoint),
    betaGradient: memory.betaGradient.slice(),
  };
}

const flat = ({ b, logRoots, squares, zGradient, PAdjoint, betaGradient }: EffectsOutputs) => [
  logRoots,
  ...[...b, ...squares, ...zGradient, ...PAdjoint, betaGradient].flatMap((values) => [...values]),
];

function expectTwin(shape: StructureShape): void {
  const model = makeEffects(shape);
  const loaded = load(model, shape.columns);
  for (const seed of [shape.seed, shape.seed + 1]) {
    const inputs = inputsOf(model, shape.columns, seed);
    const [actual, expected] = [evaluate(loaded, inputs), plainEffects(model, inputs)];
    expectClose([actual.logRoots], [expected.logRoots], tolerance);
    expectClose(actual.betaGradient, expected.betaGradient, tolerance);
    for (const part of ["b", "squares", "zGradient", "PAdjoint"] as const)
      actual[part].forEach((values, f) => {
        expectClose(values, expected[part][f], tolerance);
      });
  }
}

describe("the kernel of the map of effects against its plain twin", () => {
  it("any tree with any crossed factors, one evaluation after another", () => {
    fc.assert(fc.property(structures, expectTwin), runs);
  });

  const long = { seed: 5, columns: 3, crossed: [], meeting: 0 };
  const trees: Readonly<Record<string, StructureShape["tree"]>> = {
    "one effect a level": [{ effects: 1, children: 501 }],
    "two effects a level": [{ effects: 2, children: 201 }],
    "levels of one parent": [
      { effects: 1, children: 301 },
      { effects: 3, children: 1 },
    ],
    "two generations of many levels": [
      { effects: 1, children: 3 },
      { effects: 1, children: 121 },
    ],
  };
  for (const [name, tree] of Object.entries(trees))
    it(`more levels than a chunk has: ${name}`, () => {
      expectTwin({ ...long, tree });
    });

  it("adds the derivatives of the effects' normal densities", () => {
    fc.assert(
      fc.property(structures, (shape) => {
        const loaded = load(makeEffects(shape), shape.columns);
        const inputs = inputsOf(loaded.model, shape.columns, shape.seed);
        evaluate(loaded, inputs);
        inputs.bAdjoint.forEach((values, f) => {
          loaded.memory.effectsGradient[f].set(values);
        });
        loaded.kernel.pull();
        loaded.model.factors.forEach(({ effects: q }, f) => {
          const b = loaded.memory.effects[f];
          const expected = inputs.bAdjoint[f].map((slope, k) => {
            let total = slope;
            for (let c = 0; c < q; c++) total -= inputs.P[f][(k % q) * q + c] * b[k - (k % q) + c];
            return total;
          });
          expectClose(loaded.memory.effectsGradient[f], expected, tolerance);
        });
      }),
      runs,
    );
  });

  it("has the log determinant of precisions from the smallest to the largest", () => {
    const levels = 5001;
    const curvature = Float64Array.from({ length: levels }, (_, j) => 10 ** (((j * 37) % 600) - 300));
    const none = new Float64Array(0);
    const r = new Float64Array(levels);
    const model: EffectsModel = {
      factors: [{ levels, effects: 1, mode: none, r, A: none, couplings: [] }],
      stages: [{ kind: "tree", generations: [{ factor: 0, ancestors: [], curvature }] }],
    };
    const { kernel } = load(model, 0);
    kernel.P[0][0] = 1e-305;
    const expected = curvature.reduce((total, value) => total + 0.5 * Math.log(value + 1e-305), 0);
    const scale = curvature.reduce((total, value) => total + 0.5 * Math.abs(Math.log(value)), 0);
    expect(Math.abs(kernel.place() - expected)).toBeLessThan(tolerance * scale);
  });
});

describe("the map of effects in memory", () => {
  it("writes nothing but its own and reads no guard zone", () => {
    fc.assert(
      fc.property(structures, (shape) => {
        const loaded = load(makeEffects(shape), shape.columns);
        const { model, memory } = loaded;
        const inputs = inputsOf(model, shape.columns, shape.seed);
        const before = flat(evaluate(loaded, inputs));
        const arena = new Arena(null, memory.room.start);
        layOutEffects(model, shape.columns, arena, memory);
        const bytes = new Uint8Array(memory.room.buffer);
        const views = [memory.beta, memory.betaGradient, ...memory.effects, ...memory.effectsGradient];
        const regions = [
          ...arena.regions,
          ...views.map((view) => ({ address: view.byteOffset, bytes: view.byteLength })),
        ];
        const zones = guardZones(regions, bytes.length);
        for (const { address, bytes: length } of zones) bytes.fill(0xff, address, address + length);
        expect(flat(evaluate(loaded, inputs))).toEqual(before);
        for (const { address, bytes: length } of zones)
          expect(bytes.subarray(address, address + length).every((byte) => byte === 0xff)).toBe(true);
      }),
      { ...runs, numRuns: 40 },
    );
  });

  it("is the same after a precision that is not positive definite, which is told by NaN", () => {
    fc.assert(
      fc.property(structures, fc.constantFrom(-1e6, Number.NaN, Infinity), (shape, bad) => {
        const loaded = load(makeEffects(shape), shape.columns);
        const inputs = inputsOf(loaded.model, shape.columns, shape.seed);
        const before = flat(evaluate(loaded, inputs));
        inputs.P.forEach((values, f) => {
          const broken = inputs.P.map((P, other) => (other === f ? P.map(() => bad) : P));
          if (Number.isNaN(bad) || values.length > 0)
            expect(evaluate(loaded, { ...inputs, P: broken }).logRoots).toBeNaN();
        });
        expect(flat(evaluate(loaded, inputs))).toEqual(before);
      }),
      { ...runs, numRuns: 40 },
    );
  });

  it("over 4 GiB is a RangeError", () => {
    expect(() => predictorMemory({ columns: 1, factors: [] }, 2 ** 32)).toThrow(RangeError);
    expect(() => predictorMemory({ columns: 1, factors: [] }, 2 ** 32)).toThrow("over the limit of 4 GiB");
  });
});

describe("misuse", () => {
  const shape: StructureShape = {
    seed: 3,
    columns: 2,
    tree: [
      { effects: 1, children: 2 },
      { effects: 2, children: 3 },
    ],
    crossed: [
      { kind: "dense", levels: 2, effects: 2 },
      { kind: "spectral", levels: 4, effects: 1 },
    ],
    meeting: 1,
  };
  const good = makeEffects(shape);
  const [tree, dense, spectral] = good.stages;
  if (tree.kind !== "tree" || dense.kind !== "dense" || spectral.kind !== "spectral") throw new Error("other stages");
  const [finest, coarsest] = tree.generations;
  const ancestor = finest.ancestors[0];
  const none = new Float64Array(0);
  const withFactor = (f: number, change: Partial<FactorReference>): EffectsModel => ({
    ...good,
    factors: good.factors.map((factor, other) => (other === f ? { ...factor, ...change } : factor)),
  });
  const withCoupling = (change: Partial<Coupling>) =>
    withFactor(1, { couplings: [{ ...good.factors[1].couplings[0], ...change }] });
  const withFinest = (change: Partial<GenerationReference>): EffectsModel => ({
    ...good,
    stages: [{ ...tree, generations: [{ ...finest, ...change }, coarsest] }, dense, spectral],
  });
  const withAncestor = (levelIndex: Int32Array) => withFinest({ ancestors: [{ ...ancestor, levelIndex }] });
  const bad: [string, EffectsModel, string][] = [
    ["a short r", withFactor(0, { r: none }), "r of factor 0 must have length 4, not 0"],
    ["a short A", withFactor(3, { A: none }), "A of factor 3 must have length 12, not 0"],
    ["a short mode", withFactor(0, { mode: none }), "mode of factor 0 must have length 4, not 0"],
    ["short starts", withCoupling({ start: new Int32Array(2) }), "must have length 3, not 2"],
    ["starts beyond the levels", withCoupling({ start: Int32Array.of(0, 4, 9) }), "must go from 0 up to 8"],
    ["a level that is not there", withCoupling({ levels: new Int32Array(8).fill(4) }), "have 4, not below 4"],
    ["short blocks", withCoupling({ blocks: none }), "must have length 16, not 0"],
    ["short curvature", withFinest({ curvature: none }), "curvature of factor 3 must have length 54, not 0"],
    ["a short index", withAncestor(new Int32Array(5)), "levels of ancestor 0 of factor 3 must have length 6, not 5"],
    ["a parent that is not there", withAncestor(new Int32Array(6).fill(-1)), "have -1, not below 3"],
    ["an ancestor of another stage", withFinest({ ancestors: [{ ...ancestor, factor: 1 }] }), "all that follow it"],
    ["a missing generation", { ...good, stages: [{ ...tree, generations: [finest] }] }, "all that follow it"],
    ["stages in the wrong order", { ...good, stages: [dense, tree, spectral] }, "which no later stage has"],
    ["short eigenvalues", { ...good, stages: [{ ...spectral, eigenvalues: none }] }, "must have length 4, not 0"],
    ["short eigenvectors", { ...good, stages: [{ ...spectral, eigenvectors: none }] }, "must have length 16, not 0"],
    ["short dense curvature", { ...good, stages: [{ ...dense, curvature: none }] }, "must have length 16, not 0"],
  ];

  it.each(bad)("%s is a RangeError", (_, model, message) => {
    const memory = predictorMemory(
      { columns: shape.columns, factors: good.factors },
      effectsBytes(good, shape.columns),
    );
    const make = () => new EffectsKernel(model, memory);
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it("so is a predictor of other factors", () => {
    const memory = predictorMemory({ columns: 2, factors: good.factors.slice(1) }, 0);
    expect(() => new EffectsKernel(good, memory)).toThrow("a predictor of 3 factors has no room for 4");
  });
});
