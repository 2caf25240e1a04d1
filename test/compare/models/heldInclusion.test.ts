import { describe, expect, it } from "vitest";
import { compare } from "../../../src/compare/models/compare.js";
import { inclusion } from "../../../src/compare/models/inclusion.js";
import { modelSpace } from "../../../src/compare/models/ModelSpace.js";
import { compiled, randomTable } from "../../density/models.js";

const table = randomTable(4, 60);
const text = (formula: string, priors: string) => `events ~ poisson(mu)\nlog(mu) = 1 + x2 + ${formula}\n${priors}`;
const inclusionOf = (smaller: [string, string], larger: [string, string]) => {
  const spaces = [smaller, larger].map(([formula, priors]) => {
    const { design, model } = compiled(text(formula, priors), table);
    return modelSpace(design, model.family);
  });
  const { restrictions, obstacles } = inclusion(spaces[0], spaces[1]);
  return {
    isObstructed: obstacles.length > 0,
    held: restrictions.map((r) => [r.freeDimensions, r.boundaryDimensions]),
  };
};

const valuesOf = (name: string): Float64Array => {
  const column = table.columns.get(name);
  return column?.kind === "number" ? column.values : new Float64Array(0);
};

describe("a model that holds an sd or a correlation", () => {
  const sd = "prior sd[g, Intercept] ~ constant(0.5)";
  const cor = "prior cor ~ constant(0.3)";
  const cases: readonly (readonly [[string, string], [string, string], number[][] | null])[] = [
    [["(1 | g)", sd], ["(1 | g)", ""], [[1, 0]]],
    [["(1 | g)", sd], ["(1 | g)", sd], []],
    [["(1 | g)", sd], ["(1 | g)", "prior sd ~ constant(0.4)"], null],
    [["(1 | g)", ""], ["(1 | g)", sd], null],
    [["1", ""], ["(1 | g)", sd], null],
    [["(1 + x1 | g)", cor], ["(1 + x1 | g)", ""], [[1, 0]]],
    [["(1 + x1 | g)", `${cor}\n${sd}`], ["(1 + x1 | g)", cor], [[1, 0]]],
    [["(1 + x1 | g)", `${cor}\n${sd}`], ["(1 + x1 | g)", ""], [[2, 0]]],
    [["(1 + x1 | g)", cor], ["(1 + x1 | g)", sd], null],
    [["(1 | h) + (1 | g)", sd], ["(1 | h) + (1 | g)", ""], [[1, 0]]],
    [["(1 | g)", sd], ["(1 | h) + (1 | g)", sd], [[0, 1]]],
  ];

  it.each(cases)("%j within %j", (smaller, larger, held) => {
    const found = inclusionOf(smaller, larger);
    expect(found.isObstructed).toBe(held === null);
    if (held !== null) expect(found.held).toEqual(held);
  });

  it("is tested against the one that estimates it", async () => {
    const one = "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)\n";
    const numbers = ["events", "x1"].map((name) => [name, [...valuesOf(name)]] as const);
    const data = { ...Object.fromEntries(numbers), g: valuesOf("x1").map((_, i) => i % 9) };
    const { relation, test } = await compare(
      `${one}prior sd ~ constant(0.8)\nprior intercept ~ constant(0)`,
      one,
      data,
    );
    expect(relation).toMatchObject({ kind: "nested", smaller: "A" });
    expect(test?.degreesOfFreedom).toBe(2);
  });
});
