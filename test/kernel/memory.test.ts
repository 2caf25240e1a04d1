import { describe, expect, it } from "vitest";
import { DESCRIPTOR, DISPERSION, FACTOR_BYTES, FACTOR_CURSOR, FACTOR_RECORDS } from "../../src/kernel/descriptor.js";
import { instantiate } from "../../src/kernel/instantiate.js";
import type { KernelModel } from "../../src/kernel/KernelModel.js";
import { chunkRowsOf, type Layout, layOut, type Region } from "../../src/kernel/layout.js";
import { kernelNames, loadKernel } from "../../src/kernel/loader.js";
import { levelRuns } from "../../src/kernel/runs.js";
import { guardZones } from "./guardZones.js";
import { type FactorShape, makeModel, moveTo } from "./models.js";

const canary = 0xa5;

const factors: FactorShape[] = [
  { effects: 1, arrangement: "blocks", nullZ: true },
  { effects: 3, arrangement: "blocks" },
  { effects: 2, arrangement: "random" },
  { effects: 1, arrangement: "singles" },
];

function layoutOf(model: KernelModel): Layout {
  const pairs = model.factors.map(({ levelIndex }) => levelRuns(levelIndex, chunkRowsOf(model)));
  return layOut(
    model,
    pairs.map((runs) => (runs === null ? null : runs.length / 2)),
  );
}

function regionsOf(layout: Layout): Region[] {
  const { descriptor, beta, betaGradient, eta, X, offset, response, trials } = layout;
  const ofFactors = layout.factors.flatMap(({ b, gradient, Z, levelIndex, runs }) => [
    b,
    gradient,
    Z,
    levelIndex,
    runs,
  ]);
  const all = [descriptor, beta, betaGradient, eta, X, offset, response, trials, ...ofFactors];
  return all.filter((region) => region !== null);
}

/** What an evaluation may write: outputs, the chunk's scratch, and the run cursors and dispersion in the descriptor. */
function writableOf({ descriptor, betaGradient, eta, factors }: Layout): Region[] {
  const cursors = factors.map((_, k) => ({
    address: DESCRIPTOR + FACTOR_RECORDS + k * FACTOR_BYTES + FACTOR_CURSOR,
    bytes: 4,
  }));
  const dispersion = { address: descriptor.address + DISPERSION, bytes: 24 };
  return [betaGradient, eta, dispersion, ...cursors, ...factors.map(({ gradient }) => gradient)];
}

function fill(bytes: Uint8Array, regions: readonly Region[], value: number): void {
  for (const { address, bytes: length } of regions) bytes.fill(value, address, address + length);
}

describe.each(kernelNames)("%s", (kernel) => {
  it.each([1, 2, 127, 128, 1025, 1026])(
    "with %d rows writes nothing but its outputs and reads no guard zone",
    (rows) => {
      for (const columns of [0, 1, 4, 7]) {
        const model = makeModel({ kernel, rows, columns, factors, offset: columns !== 4, seed: rows });
        const loaded = loadKernel(model);
        moveTo(loaded, rows);
        const layout = layoutOf(model);
        const memory = new Uint8Array(loaded.beta.buffer);
        const value = loaded.logLikelihoodGradient(1.3);
        const guarded = guardZones(regionsOf(layout), memory.length);
        fill(memory, guarded, canary);
        const before = memory.slice();
        expect(loaded.logLikelihoodGradient(1.3)).toBe(value);
        const after = memory.slice();
        for (const copy of [before, after]) fill(copy, writableOf(layout), 0);
        expect(Buffer.compare(before, after)).toBe(0);
      }
    },
  );
});

describe("the layout", () => {
  it("leaves a cache line free round every buffer", () => {
    const model = makeModel({ kernel: "binomial-logit", rows: 33, columns: 3, factors, offset: true, seed: 1 });
    const layout = layoutOf(model);
    expect(regionsOf(layout)).toHaveLength(8 + 4 * 3 + 3);
    for (const { bytes } of guardZones(regionsOf(layout), layout.bytes).slice(1))
      expect(bytes).toBeGreaterThanOrEqual(64);
  });

  it("cuts chunks of 128 to 1024 rows, even, of 24 KB of X and Z", () => {
    const rows = (columns: number, effects: number) =>
      chunkRowsOf(
        makeModel({
          kernel: "poisson-log",
          rows: 1,
          columns,
          factors: [{ effects, arrangement: "blocks" }],
          offset: false,
          seed: 1,
        }),
      );
    expect([rows(0, 1), rows(5, 1), rows(6, 2), rows(7, 4), rows(60, 3)]).toEqual([1024, 512, 384, 278, 128]);
  });

  it("keeps runs where they are long, cut at the ends of chunks, and the level index where they are short", () => {
    const blocks = Int32Array.of(2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0);
    expect([...(levelRuns(blocks, 8) ?? [])]).toEqual([6, 2, 8, 0, 12, 0]);
    expect(levelRuns(Int32Array.of(0, 1, 1, 0, 0), 128)).toBeNull();
  });
});

describe("misuse", () => {
  const good = makeModel({
    kernel: "binomial-logit",
    rows: 5,
    columns: 2,
    factors: [{ effects: 2, arrangement: "blocks" }],
    offset: true,
    seed: 3,
  });
  const [factor] = good.factors;
  const bad: [string, Partial<KernelModel>, string][] = [
    ["an unknown kernel", { kernel: "gamma-log" }, 'no kernel "gamma-log"; there are normal-identity, bernoulli-logit'],
    ["no rows", { rows: 0 }, "rows must be an integer from 1, not 0"],
    ["a broken number of columns", { columns: 1.5 }, "columns must be an integer from 0, not 1.5"],
    ["a short X", { X: new Float64Array(9) }, "X must have length 10, not 9"],
    ["a long response", { response: new Float64Array(6) }, "response must have length 5, not 6"],
    ["a short offset", { offset: new Float64Array(4) }, "offset must have length 5, not 4"],
    ["no trials", { trials: null }, 'kernel "binomial-logit" takes an array of trials'],
    ["trials to spare", { kernel: "poisson-log" }, 'kernel "poisson-log" takes no trials'],
    ["short trials", { trials: new Float64Array(1) }, "trials must have length 5, not 1"],
    ["no levels", { factors: [{ ...factor, levels: 0 }] }, "levels of factor 0 must be an integer from 1, not 0"],
    ["no effects", { factors: [{ ...factor, effects: 0 }] }, "effects of factor 0 must be an integer from 1, not 0"],
    ["a short Z", { factors: [{ ...factor, Z: new Float64Array(5) }] }, "Z of factor 0 must have length 10, not 5"],
    ["a missing Z", { factors: [{ ...factor, Z: null }] }, "Z of factor 0 may be null for one effect only, not for 2"],
    [
      "a short level index",
      { factors: [factor, { ...factor, levelIndex: new Int32Array(1) }] },
      "levelIndex of factor 1 must have length 5, not 1",
    ],
    [
      "a level that does not exist",
      { factors: [{ ...factor, levelIndex: Int32Array.of(0, 0, 1, 0, 0) }] },
      "levelIndex of factor 0 is 1 in row 2, not below 1",
    ],
    [
      "a negative level",
      { factors: [{ ...factor, levelIndex: Int32Array.of(0, -1, 0, 0, 0) }] },
      "levelIndex of factor 0 is -1 in row 1, not below 1",
    ],
  ];

  it.each(bad)("%s is a RangeError", (_, change, message) => {
    const load = () => loadKernel({ ...good, ...change });
    expect(load).toThrow(RangeError);
    expect(load).toThrow(message);
  });

  it("a model over 4 GiB is a RangeError before any memory is taken", () => {
    expect(() => instantiate(2 ** 32 + 1)).toThrow("over the limit of 4 GiB");
  });
});
