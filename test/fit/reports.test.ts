import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  drawsCsv,
  fit,
  fitReport,
  jsonDocument,
  mlJsonDocument,
  mlReport,
  mlTextReport,
  prepareModel,
  textReport,
  version,
} from "../../src/index.js";

const y = [3, 1, 4, 1, 5, null, 2, 6];
const x = [0, 1, 2, null, 4, 5, 6, 7];
const text = "y ~ poisson(mu)\nlog(mu) = 1 + x";

describe("rows that are dropped", () => {
  const dropped = {
    code: "dropped-rows",
    severity: "note",
    message: "2 rows of data dropped for missing values (y, x), first row 4",
    hint: 'missing: "error" refuses missing values',
  };

  const table = { y, x };
  const fits = {
    nuts: () => fit(text, table, { engine: "nuts", workers: 0, chains: 1, draws: 20 }),
    laplace: () => fit(text, table, { engine: "laplace" }),
    inla: () => fit(text, table, { engine: "inla" }),
    ml: () => fit(text, table, { engine: "ml" }),
  };

  it.each(["nuts", "laplace", "inla", "ml"] as const)(
    "are a problem with a code, and no warning, for %s",
    async (engine) => {
      const result = await fits[engine]();
      expect(result.problems).toContainEqual(expect.objectContaining(dropped));
      const { warnings } = "ml" in result ? mlReport(result) : fitReport(result);
      expect(warnings.map(({ code }) => code)).not.toContain("dropped-rows");
    },
  );

  it("are none where all are used, nor where subset() asks for others", () => {
    const codes = (model: string) => prepareModel(model, { y, x }).problems.map(({ code }) => code);
    expect(codes("y ~ poisson(mu)\nlog(mu) = 1")).toContain("dropped-rows");
    expect(codes("y | subset(y > 0 & x >= 0) ~ poisson(mu)\nlog(mu) = 1 + x")).not.toContain("dropped-rows");
  });

  it("are told with the levels that factor() leaves out", () => {
    const { problems } = prepareModel('y ~ poisson(mu)\nlog(mu) = 1 + factor(g, "a", "b")', {
      y: [1, 2, 3, 4, 5],
      g: ["a", "b", "c", "a", "b"],
    });
    expect(problems).toContainEqual(
      expect.objectContaining({ message: "1 row of data dropped for levels that factor() leaves out, first row 3" }),
    );
  });
});

describe("the writers of results", () => {
  it("write a posterior as text, JSON and CSV", async () => {
    const result = await fit(text, { y, x }, { engine: "laplace" });
    const report = fitReport(result, { covariance: true });
    expect(textReport(report, { width: 100 })).toContain("beta[x]");
    expect(jsonDocument(report)).toMatchObject({ schema: 1, engine: "laplace", droppedRows: 2, version });
    const [header] = drawsCsv(result.posterior);
    expect(header).toBe("chain,draw,beta[Intercept],beta[x]\n");
  });

  it("write estimates as text and JSON", async () => {
    const report = mlReport(await fit(text, { y, x }, { engine: "ml" }));
    expect(mlTextReport(report)).toContain("beta[x]");
    expect(mlJsonDocument(report)).toMatchObject({ engine: "ml", droppedRows: 2, version });
  });

  it("name the version of the package", () => {
    expect(version).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  });
});
