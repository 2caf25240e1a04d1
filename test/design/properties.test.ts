import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Design, GroupingFactor } from "../../src/design/Design.js";
import { ModelError } from "../../src/language/ModelError.js";
import { build, type Data, designOf } from "./build.js";

const seed = 20260401;
const rounding = 1e-9;
const formula = "1 + x * f + scale(x) + (1 + x | g) + (1 | h/k)";
const model = `y ~ negative_binomial(mu, phi)\nlog(mu) = ${formula}\nlog(phi) = 1 + x + (1 | k)`;

interface Row {
  y: number;
  x: number;
  f: string;
  g: number;
  h: string;
  k: number;
}

/** At least two levels of f and two values of x, so that there are no errors. */
const rowsOf: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      y: fc.nat(20),
      x: fc.integer({ min: -50, max: 50 }).map((value) => value / 8),
      f: fc.constantFrom("u", "v", "w"),
      g: fc.nat(6),
      h: fc.constantFrom("p", "q", "r"),
      k: fc.nat(3),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map(([first, second, ...rest]) => [{ ...first, f: "u", x: 0 }, { ...second, f: "v", x: 1 }, ...rest]);

const shuffledRows = rowsOf.chain((rows) =>
  fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows.keys()], { minLength: rows.length })),
);

/** What each row of the table has become, in the order of the table. */
function byTableRow(design: Design): unknown[] {
  const rows: unknown[] = [];
  design.rowIndex.forEach((row, i) => {
    rows[row] = [
      design.response.values[i],
      ...design.predictors.map(({ X, factors, randomTerms }) => [
        ...everyColumn(X, design.rows, i),
        ...factors.map(({ levels, levelIndex }) => levels[levelIndex[i]]),
        ...randomTerms.map(({ Z }) => everyColumn(Z, design.rows, i)),
      ]),
    ];
  });
  return rows;
}

function everyColumn(matrix: Float64Array, rows: number, i: number): number[] {
  return Array.from({ length: matrix.length / rows }, (_, j) => Math.round(matrix[i + j * rows] / rounding));
}

const levelsInOrder = ({ predictors, rows }: Design) =>
  Array.from({ length: rows }, (_, i) => predictors[0].factors.map(({ levelIndex }) => levelIndex[i]));

describe("a design does not depend on how the table is written", () => {
  test("rows in another order make the same design, rows of the same levels aside", () => {
    fc.assert(
      fc.property(shuffledRows, ([rows, order]) => {
        const design = designOf(model, rows);
        const other = designOf(
          model,
          order.map((row) => rows[row]),
        );
        expect(levelsInOrder(other)).toEqual(levelsInOrder(design));
        const expected = byTableRow(design);
        expect(byTableRow(other)).toEqual(order.map((row) => expected[row]));
        const nesting = ({ predictors }: Design) =>
          predictors.map(({ factors }) => factors.map(({ parent }) => parent));
        expect(nesting(other)).toEqual(nesting(design));
      }),
      { seed, numRuns: 100 },
    );
  });

  test("groups under other names are the same groups", () => {
    fc.assert(
      fc.property(rowsOf, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), (rows, names) => {
        const design = designOf(model, rows);
        const other = designOf(
          model,
          rows.map((row) => ({ ...row, g: 100 + names[row.g] })),
        );
        const inTable = ({ predictors, rowIndex }: Design) => {
          const [g] = predictors[0].factors;
          return Array.from(rowIndex.keys(), (i) => [rowIndex[i], g.levels[g.levelIndex[i]]] as const).sort(
            ([a], [b]) => a - b,
          );
        };
        expect(inTable(other)).toEqual(inTable(design).map(([row, name]) => [row, `${100 + names[Number(name)]}`]));
        const [g] = design.predictors[0].factors;
        const [renamed] = other.predictors[0].factors;
        expect(renamed.parent?.factor).toBe(g.parent?.factor);
      }),
      { seed, numRuns: 100 },
    );
  });

  test("rows stand in runs: no level of the finest factor or of its parents comes back", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const { factors } = designOf(model, rows).predictors[0];
        const sizes = factors.map(({ levels }) => levels.length);
        let next: number | undefined = sizes.indexOf(Math.max(...sizes));
        while (next !== undefined) {
          const { levelIndex, levels, parent }: GroupingFactor = factors[next];
          const runs = levelIndex.reduce(
            (count, level, i) => count + (i === 0 || level !== levelIndex[i - 1] ? 1 : 0),
            0,
          );
          expect(runs).toBe(levels.length);
          next = parent?.factor;
        }
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe("whatever the model and the table, there are problems or a design, and nothing is thrown", () => {
  const cell = fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(0, 1, 2, 3, 0.5, -1) },
    { weight: 1, arbitrary: fc.constantFrom(null, 1e300, -1e-300, 2 ** 53) },
  );
  const numbers = (rows: number) => fc.array(cell, { minLength: rows, maxLength: rows });
  const texts = (rows: number) =>
    fc.array(fc.constantFrom("a", "b", "c", "", "1:0", null), { minLength: rows, maxLength: rows });
  const bits = (rows: number) => fc.array(fc.nat(1), { minLength: rows, maxLength: rows });
  const tableOf: fc.Arbitrary<Data> = fc.integer({ min: 1, max: 20 }).chain((rows) =>
    fc.record({
      y: fc.oneof(numbers(rows), bits(rows), bits(rows), bits(rows), texts(rows)),
      n: fc.oneof(fc.constant(Array.from({ length: rows }, () => 3)), numbers(rows)),
      x: numbers(rows),
      z: numbers(rows),
      f: texts(rows),
      g: fc.oneof(texts(rows), numbers(rows)),
    }),
  );

  const name = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom("x", "z", "f", "g") },
    { weight: 1, arbitrary: fc.constantFrom("y", "w", "Intercept") },
  );
  const expression = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      { weight: 16, arbitrary: name },
      { weight: 1, arbitrary: fc.constantFrom("2", "0", "0.5", '"a"', '"1"') },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.constantFrom("log", "exp", "sqrt", "scale", "center", "I", "factor", "sum", "offset", "lg"),
            tie("any"),
          )
          .map(([callee, argument]) => `${callee}(${argument})`),
      },
      { weight: 1, arbitrary: tie("any").map((argument) => `poly(${argument}, 2)`) },
      { weight: 1, arbitrary: tie("any").map((argument) => `relevel(${argument}, "b")`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.constantFrom("I", "log", "poly"),
            tie("any"),
            fc.constantFrom("+", "-", "*", "/", "^", ":"),
            tie("any"),
          )
          .map(([callee, left, operator, right]) => `${callee}(${left} ${operator} ${right})`),
      },
    ),
  })).any;
  const sum = (part: fc.Arbitrary<string>, maxLength: number) =>
    fc
      .array(fc.tuple(fc.constantFrom(" + ", " + ", " * ", ":", " - "), part), { minLength: 1, maxLength })
      .map((parts) => parts.map(([operator, text], i) => (i === 0 ? text : operator + text)).join(""));
  const random = fc
    .tuple(sum(fc.oneof(fc.constantFrom("1", "1", "0"), expression), 2), fc.constantFrom("|", "||"), sum(expression, 2))
    .map(([effects, bar, group]) => ` + (${effects} ${bar} ${group.replace(/ [-+*] /g, "/")})`);
  const formulaOf = fc
    .tuple(fc.constantFrom("", "0 + ", "1 + "), sum(expression, 3), fc.oneof(fc.constant(""), random))
    .map((parts) => parts.join(""));
  const families = fc.constantFrom(
    "y ~ normal(mu, sigma)\nmu",
    "y ~ normal(mu, sigma)\nlog(sigma) = 1 + x\nmu",
    "y ~ poisson(mu)\nlog(mu)",
    "y ~ bernoulli(p)\nlogit(p)",
    "y ~ binomial(n, p)\nprobit(p)",
    "y ~ binomial(p, size = n)\nlogit(p)",
    "y ~ negative_binomial(mu, 2)\nlog(mu)",
    "y ~ gamma(mu)\nlog(mu)",
    "f ~ bernoulli(p)\ncloglog(p)",
  );

  test("a fuzz over both", () => {
    let designs = 0;
    fc.assert(
      fc.property(
        families,
        formulaOf,
        tableOf,
        fc.constantFrom("drop", "drop", "drop", "error"),
        (head, text, data, missing) => {
          const result = parsed(() => build(`${head} = ${text}`, data, { missing }));
          if (result === null) return;
          const { design, problems } = result;
          expect(design === null).toBe(problems.some(({ severity }) => severity === "error"));
          for (const { message, span } of problems) expect([message, span]).not.toContain(undefined);
          if (design === null) return;
          designs++;
          checkShape(design, data);
        },
      ),
      { seed, numRuns: 3000 },
    );
    expect(designs).toBeGreaterThan(300);
  });

  function parsed<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (error instanceof ModelError) return null;
      throw error;
    }
  }

  function checkShape(design: Design, data: Data): void {
    const { rows, rowIndex, droppedRows, predictors } = design;
    expect([...rowIndex, ...droppedRows].sort((a, b) => a - b)).toEqual([...data.y.keys()]);
    expect(rowIndex.length).toBe(rows);
    for (const { X, columns, columnMeans, offset, factors, randomTerms } of predictors) {
      expect(new Set(columns).size).toBe(columns.length);
      expect([X.length, columnMeans.length]).toEqual([rows * columns.length, columns.length]);
      for (const { coefficients, Z } of randomTerms) expect(Z.length).toBe(rows * coefficients.length);
      for (const values of [X, offset ?? [], ...randomTerms.map(({ Z }) => Z)]) {
        expect(Array.from(values).every(Number.isFinite)).toBe(true);
      }
      for (const { levels, levelIndex, parent } of factors) {
        expect(new Set(levelIndex).size).toBe(levels.length);
        expect(parent === null || parent.levelIndex.length === levels.length).toBe(true);
      }
    }
  }
});
