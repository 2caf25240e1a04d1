import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TableInput, toTable } from "../../src/data/toTable.js";
import { applyDesign, type NewRows } from "../../src/design/applyDesign.js";
import { buildDesign } from "../../src/design/buildDesign.js";
import type { Design } from "../../src/design/Design.js";
import { families } from "../../src/family/families.js";
import { parseModel } from "../../src/language/parser.js";

const rows = 60;
const names = ["placebo", "low dose", "high"];
const data = {
  y: Array.from({ length: rows }, (_, i) => ((i * 7) % 5) + (i % 3)),
  n: Array.from({ length: rows }, (_, i) => 8 + (i % 4)),
  x: Array.from({ length: rows }, (_, i) => Math.sin(3 * i) * 4 + 30),
  z: Array.from({ length: rows }, (_, i) => ((i * 13) % 17) / 3),
  w: Array.from({ length: rows }, (_, i) => 1 + (i % 6)),
  trt: Array.from({ length: rows }, (_, i) => names[i % 3]),
  when: Array.from({ length: rows }, (_, i) => new Date(Date.UTC(2024, 1 + (i % 9), 1 + (i % 27)))),
  clinic: Array.from({ length: rows }, (_, i) => `c${i % 7}`),
  subject: Array.from({ length: rows }, (_, i) => i % 20),
};

const formulas = [
  "1 + x * trt",
  "0 + trt + z",
  "1 + center(x) + scale(z) + (1 | clinic)",
  "1 + poly(x, 3) + offset(log(w)) + (1 + z | subject)",
  '1 + relevel(trt, "low dose") * z + (1 + scale(z) || clinic)',
  "1 + sum(trt) + factor(w) + (1 | clinic) + (1 | subject)",
  "1 + factor(w, 2, 1, 3, 4, 5, 6) + when + (1 | trt/subject)",
  "1 + trt:z + I(x^2 / 100) + (0 + trt | clinic)",
  '1 + sum(relevel(trt, "high")) + offset(z) + offset(log(w)) + (1 | clinic:subject) + (1 + z | clinic)',
  "1 + scale(log(x)) + poly(scale(z), 2) + center(x):trt",
];
const constants = [
  "",
  "prior intercept ~ constant(0.5)",
  "prior beta[Intercept] ~ constant(0.5)",
  "prior sd ~ constant(0)",
  "prior cor ~ constant(0)",
];

function built(formula: string, prior = "", table: TableInput = data) {
  const ast = parseModel(`y ~ poisson(mu)\nlog(mu) = ${formula}\n${prior}`);
  const { design, problems } = buildDesign(ast, toTable(table), families);
  if (design === null) throw new Error(problems.map(({ message }) => message).join("\n"));
  return {
    ast,
    design,
    apply: (to: TableInput, groups = true) => applyDesign(ast, design, toTable(to), families, { groups }),
  };
}

const picked = (of: readonly number[]) =>
  Object.fromEntries(Object.entries(data).map(([name, column]) => [name, of.map((row) => column[row])]));

/** What a row is to a predictor: its covariates, offset, effects' covariates and levels by name. */
function rowOf({ predictors, rows }: Pick<Design, "predictors" | "rows"> | NewRows, i: number) {
  return predictors.map(({ X, columns, offset, factors, randomTerms }) => ({
    x: columns.map((_, j) => X[j * rows + i]),
    offset: offset?.[i] ?? 0,
    levels: factors.map(({ name, levels, levelIndex }) => `${name} ${levels[levelIndex[i]]}`),
    z: randomTerms.map(({ coefficients, Z }) => coefficients.map((_, c) => Z[c * rows + i])),
  }));
}

describe("a design applied to other rows", () => {
  it.each(formulas)("codes them as the fit did: %s", (formula) => {
    for (const prior of constants) {
      const isHeld =
        !prior.includes("constant") ||
        formula.includes(prior.includes("beta") || prior.includes("intercept") ? "1 +" : "|");
      if (
        !isHeld ||
        (prior.includes("cor") && !/\(1 \+ .* \| /.test(formula)) ||
        (formula.startsWith("0") && prior !== "")
      )
        continue;
      const { design, apply } = built(formula, prior);
      fc.assert(
        fc.property(fc.array(fc.nat(rows - 1), { minLength: 1, maxLength: 10 }), (of) => {
          const { rows: applied, problems } = apply(picked(of));
          expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
          if (applied === null) throw new Error("no rows");
          of.forEach((row, i) => {
            const [found, expected] = [rowOf(applied, i), rowOf(design, design.rowIndex.indexOf(row))];
            expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
          });
        }),
        { numRuns: 20 },
      );
    }
  });

  it("tells known levels from new ones, and needs no grouping factor where effects are not asked for", () => {
    const { apply } = built("1 + x + (1 | clinic/subject)");
    const { rows: known } = apply({ x: [1, 2, 3], clinic: ["c0", "c99", "c0"], subject: [0, 0, 77] });
    const [clinic, subject] = known?.predictors[0].factors ?? [];
    expect([...clinic.levelIndex].map((level) => level < clinic.known)).toEqual([true, false, true]);
    expect([...subject.levelIndex].map((level) => subject.levels[level])).toEqual(["c0:0", "c99:0", "c0:77"]);
    expect([...subject.levelIndex].map((level) => level < subject.known)).toEqual([true, false, false]);
    const { rows: without } = apply({ x: [1, 2, 3] }, false);
    expect(without?.predictors[0].factors.map(({ levelIndex }) => [...levelIndex])).toEqual([
      [-1, -1, -1],
      [-1, -1, -1],
    ]);
  });

  it("tells of levels that fixed effects have not, of columns that are missing, and of rows without a value", () => {
    const { apply } = built("1 + x + trt + (1 | clinic)");
    const unknown = apply({ x: [1, 2], trt: ["high", "hihg"], clinic: ["c0", "c1"] });
    expect(unknown.rows).toBe(null);
    expect(unknown.problems).toMatchObject([
      {
        code: "unknown-level",
        message: 'trt is "hihg" in row 2, a level that the fit has not',
        hint: expect.stringContaining('"high"'),
      },
    ]);
    expect(apply({ trt: ["high"] }).problems.map(({ message }) => message)).toEqual([
      'unknown column "x" in the model',
      'unknown column "clinic" in the model',
    ]);
    const some = apply({ x: [1, Number.NaN, 3], trt: ["high", "high", null], clinic: ["c0", "c1", "c1"] });
    expect([...(some.rows?.rowIndex ?? [])]).toEqual([0]);
    expect(some.problems).toMatchObject([
      { code: "dropped-rows", message: "2 rows of data left out for missing values, first row 2 (x)" },
    ]);
    expect(apply({ x: [Number.NaN], trt: ["high"], clinic: ["c0"] }).problems).toMatchObject([{ code: "no-rows" }]);
  });

  it("reads the trials of a binomial response where they are given", () => {
    const ast = parseModel("y ~ binomial(n, p)\nlogit(p) = 1 + z");
    const { design } = buildDesign(ast, toTable(data), families);
    if (design === null) throw new Error("no design");
    const apply = (table: TableInput) =>
      applyDesign(ast, design, toTable(table), families, { groups: true }).rows?.trials;
    expect(apply({ z: [1, 2], n: [5, 6] })).toEqual(Float64Array.of(5, 6));
    expect(apply({ z: [1, 2] })).toBe(null);
  });
});
