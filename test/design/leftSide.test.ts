import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTable } from "../../src/data/toTable.js";
import { buildDesign } from "../../src/design/buildDesign.js";
import type { Design } from "../../src/design/Design.js";
import { families } from "../../src/family/families.js";
import { parseModel } from "../../src/language/parser.js";
import { build, type Data, designOf } from "./build.js";

const data: Data = {
  ill: [2, 0, 3, 1, 4, 2],
  well: [3, 4, 1, 1, 0, 6],
  n: [5, 4, 4, 2, 4, 8],
  prop: [0.4, 0, 0.75, 0.5, 1, 0.25],
  rounded: [0.4, 0, 0.75, 0.5, 1, 0.2501],
  x: [1, 2, 3, 4, 5, 6],
  w: [1, 0, 2, 1, Number.NaN, 3],
  arm: ["a", "b", "b", "a", "c", "b"],
  time: [1, 10, 100, 1, 10, 100],
};

const binomial = (left: string, family = "binomial(p)") => `${left} ~ ${family}\nlogit(p) = 1 + x`;

function inOrder(design: Design, values: Float64Array | null): number[] {
  const sorted: number[] = [];
  design.rowIndex.forEach((row, i) => {
    sorted[row] = values?.[i] ?? Number.NaN;
  });
  return sorted.filter((value) => value !== undefined);
}

describe("a binomial response", () => {
  it.each([
    "ill | trials(n)",
    "ill | trials(ill + well)",
    "cbind(ill, well)",
    "cbind(ill, n - ill)",
    "prop | trials(n)",
    "prop | weights(n)",
    "rounded | trials(n)",
    "prop * n | trials(n)",
    "round(rounded * n) | trials(n)",
  ])("is counts and trials, however it is written: %s", (left) => {
    const design = designOf(binomial(left), data);
    expect(inOrder(design, design.response.values)).toEqual(data.ill);
    expect(inOrder(design, design.response.trials)).toEqual(data.n);
    expect(design.response.weights).toBeNull();
  });

  it("has likelihood weights beside trials, where both are written", () => {
    const design = designOf(binomial("ill | trials(n) + weights(x)"), data);
    expect(inOrder(design, design.response.weights)).toEqual(data.x);
    expect(design.response.weighting).toBe("likelihood");
    expect(designOf(binomial("ill | weights(x)", "binomial(n, p)"), data).response.weighting).toBe("likelihood");
  });

  it("of proportions is every random table's counts again", () => {
    const row = fc.nat({ max: 40 }).chain((n) => fc.record({ n: fc.constant(n + 1), ill: fc.nat({ max: n + 1 }) }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 30 }), (rows) => {
        const columns = {
          n: rows.map(({ n }) => n),
          prop: rows.map(({ ill, n }) => ill / n),
          x: rows.map((_, i) => i),
        };
        const { design } = build("prop | weights(n) ~ binomial(p)\nlogit(p) = 1 + x", columns);
        if (design !== null) expect(inOrder(design, design.response.values)).toEqual(rows.map(({ ill }) => ill));
      }),
      { seed: 20261129, numRuns: 100 },
    );
  });
});

describe("a response", () => {
  it.each([
    ["log(time) / log(10)", [0, 1, 2, 0, 1, 2]],
    ["-x", [-1, -2, -3, -4, -5, -6]],
    ["ill / n", data.prop],
    ["I(x > 2 & !(arm == 'b')) + 0 * x", [0, 0, 0, 1, 1, 0]],
    ["I(arm == 'a' | x >= 5)", [1, 0, 0, 1, 1, 1]],
    ["I(not x < 3 and x != 5)", [0, 0, 1, 1, 0, 1]],
  ])("is arithmetic of columns: %s", (left, expected) => {
    const design = designOf(`${left} ~ normal(mu, sigma)\nmu = 1 + w0`, { ...data, w0: [0, 1, 0, 1, 1, 0] });
    inOrder(design, design.response.values).forEach((value, i) => {
      expect(value).toBeCloseTo(Number(expected[i]), 12);
    });
  });
});

describe("a condition on dates", () => {
  const day = ["2024-01-05", "2024-02-01", "2024-02-10", "2024-03-01"].map((text) => new Date(`${text}T00:00:00Z`));
  const table = { day, y: [1, 2, 3, 5], x: [2, 1, 4, 3] };
  const rowsOf = (condition: string) =>
    buildDesign(parseModel(`y | subset(${condition}) ~ normal(mu, sigma)\nmu = x`), toTable(table), families);

  it.each([
    ["day >= '2024-02-10'", [2, 3]],
    ["day == '2024-02-01' | '2024-02-20' < day", [1, 3]],
  ])("%s", (condition, expected) => {
    expect([...(rowsOf(condition).design?.rowIndex ?? [])].sort()).toEqual(expected);
  });

  it("takes a date as year, month and day", () => {
    expect(rowsOf("day >= '10/02/2024'").problems.map(({ code, hint }) => [code, hint])).toContainEqual([
      "not-a-date",
      'write a date as year, month and day: "2024-03-31"',
    ]);
  });
});

describe("the rows used", () => {
  const rowsOf = (left: string) => {
    const design = designOf(`${left} ~ normal(mu, sigma)\nmu = 1`, data);
    return { rows: [...design.rowIndex].sort(), dropped: [...design.droppedRows], excluded: design.excluded };
  };

  it("are those of the subset that miss nothing and have a weight", () => {
    expect(rowsOf("x | subset(arm != 'a')").rows).toEqual([1, 2, 4, 5]);
    expect(rowsOf("x | weights(w)")).toEqual({
      rows: [0, 2, 3, 5],
      dropped: [4],
      excluded: { bySubset: 0, byWeight: 1 },
    });
    expect(rowsOf("x | weights(w) + subset(x < 6)")).toEqual({
      rows: [0, 2, 3],
      dropped: [4],
      excluded: { bySubset: 1, byWeight: 1 },
    });
  });

  it("have no condition that misses a value", () => {
    expect(rowsOf("x | subset(w >= 0)").rows).toEqual([0, 1, 2, 3, 5]);
    expect(rowsOf("x | subset(!(w >= 2))").rows).toEqual([0, 1, 3]);
  });

  it("have the levels that are left", () => {
    const design = designOf("x | subset(arm != 'c') ~ normal(mu, sigma)\nmu = arm", data);
    expect(design.predictors[0].columns).toEqual(["Intercept", "arm.b"]);
  });
});

it("known errors without sigma are weights to a sigma of 1, which is no parameter", () => {
  const design = designOf("x | se(time) ~ normal(mu)\nmu = 1", data);
  expect(inOrder(design, design.response.weights)[2]).toBeCloseTo(1e-4, 15);
  expect(design.scalars).toEqual([]);
  const added = designOf("x | se(time, sigma) ~ normal(mu, sigma)\nmu = 1", data);
  expect(added.response.weights).toBeNull();
  expect(inOrder(added, added.response.errors)).toEqual(data.time);
});
