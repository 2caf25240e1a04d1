import { describe, expect, it } from "vitest";
import { exportFit, outsideDraws, outsideTable, type Table } from "../../src/index.js";
import { contents, Fits, textOf, withPosterior } from "./fits.js";

// What is exported is read by the import of `compare --against`, under the names of the model.

const fits = new Fits();

const estimates = (table: Table | null) => {
  const name = table?.columns.get("name");
  const estimate = table?.columns.get("estimate");
  const error = table?.columns.get("standardError");
  if (name?.kind !== "text" || estimate?.kind !== "number" || error?.kind !== "number") return expect.fail();
  return new Map(Array.from(name.codes, (code, row) => [name.levels[code], [estimate.values[row], error.values[row]]]));
};

describe.each(withPosterior)("what is exported of %s", (engine) => {
  it.each(["arviz-json", "csv", "stan-csv"] as const)("as %s is imported with every mean and sd", async (to) => {
    const made = await fits.posterior(engine);
    const { files } = exportFit(made, to);
    const texts = [...(await contents(files)).values()].map((bytes) => bytes.toString("utf8"));
    const read = estimates(
      to === "arviz-json" ? outsideTable(JSON.parse(texts[0]), "fit.json") : outsideDraws(texts, to),
    );
    const names = [...made.posterior.parameters, ...made.posterior.randomEffects].map(({ name }) => name);
    expect([...read.keys()].sort()).toEqual([...names].sort());
    for (const name of names) {
      const draws = made.draws(name).flatMap((chain) => Array.from(chain));
      const mean = draws.reduce((total, draw) => total + draw, 0) / draws.length;
      const squares = draws.reduce((total, draw) => total + (draw - mean) ** 2, 0);
      const [estimate, error] = read.get(name) ?? [];
      expect(estimate).toBeCloseTo(mean, 12);
      expect(error).toBeCloseTo(Math.sqrt(squares / (draws.length - 1)), 12);
    }
  });
});

describe("Stan CSV", () => {
  it("has a file a chain with the sampler's columns, and says what each column is", async () => {
    const made = await fits.posterior("nuts");
    const files = await contents(exportFit(made, "stan-csv").files);
    expect([...files.keys()]).toEqual(["chain_1.csv", "chain_2.csv"]);
    const lines = files.get("chain_2.csv")?.toString("utf8").split("\n") ?? [];
    expect(lines).toContain("#     num_samples = 50");
    expect(lines).toContain("# sd_1.2 = sd[g, sd]");
    expect(lines).toContain('# beta_mu.3 = beta[kind.say "c"]');
    const rows = lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(","));
    expect(rows).toHaveLength(51);
    expect(rows[0].slice(0, 9)).toEqual([
      ...["lp__", "accept_stat__", "stepsize__", "treedepth__", "divergent__", "energy__"],
      ...["beta_mu.1", "beta_mu.2", "beta_mu.3"],
    ]);
    // Matrices stand column by column, as R reads them.
    expect(rows[0].filter((name) => name.startsWith("cor_1"))).toEqual([
      "cor_1.1.1",
      "cor_1.2.1",
      "cor_1.1.2",
      "cor_1.2.2",
    ]);
    expect(rows[0].filter((name) => name.startsWith("b_1")).slice(5, 8)).toEqual(["b_1.6.1", "b_1.1.2", "b_1.2.2"]);
    expect(Number(rows[4][6])).toBe(made.draws("beta[Intercept]")[1][3]);
  });

  it("has NaN for the log density of an engine without chains", async () => {
    const text = await textOf(exportFit(await fits.posterior("laplace"), "stan-csv").files);
    const [header, first] = text.split("\n").filter((line) => !line.startsWith("#"));
    expect(header.startsWith("lp__,beta_mu.1,")).toBe(true);
    expect(first.startsWith("NaN,")).toBe(true);
  });
});

describe("the import", () => {
  it("takes no table of estimates for draws", () => {
    expect(outsideDraws(["name,estimate\nbeta[x],1\n"], "tidy.csv")).toBeNull();
  });
});
