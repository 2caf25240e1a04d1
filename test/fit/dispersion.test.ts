import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { readTable } from "../../src/platform/node/readTable.js";

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const lme4 = JSON.parse(readFileSync(file("validation/fixtures/dispersion/pearson.fixture.json"), "utf8"));
const texts = {
  rcbd: "count ~ poisson(mu)\nlog(mu) = 1 + treatment + (1 | clinic)",
  epilepsy: "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
  cbpp: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
} as const;
const data = (name: string) => readTable(file(`models/${name}/data.csv`).pathname);

describe("Pearson's chi-square", () => {
  for (const [name, text] of Object.entries(texts))
    it(`of a maximum likelihood fit is lme4's: ${name}`, async () => {
      const { dispersion } = await fit(text, await data(name), { engine: "ml", method: "laplace" });
      expect(Math.abs((dispersion?.chiSquare ?? NaN) / lme4[name] - 1)).toBeLessThan(1e-3);
    });

  it("is large for the block design, and near it by every engine with a posterior", async () => {
    const table = await data("rcbd");
    const by = async (engine: "nuts" | "laplace" | "inla") =>
      (await fit(texts.rcbd, table, engine === "nuts" ? { engine, workers: 0 } : { engine })).dispersion();
    for (const engine of ["nuts", "laplace", "inla"] as const) {
      const check = await by(engine);
      expect(check?.isLarge, engine).toBe(true);
      expect(Math.abs((check?.chiSquare ?? NaN) / lme4.rcbd - 1), engine).toBeLessThan(0.1);
    }
  });

  it("is left out where the model has a dispersion or an effect a row, and for single 0/1 outcomes", async () => {
    const table = await data("rcbd");
    const dispersionOf = async (text: string) => (await fit(text, table, { engine: "ml" })).dispersion;
    expect(await dispersionOf("count ~ poisson(mu)\nlog(mu) = 1 + (1 | clinic) + (1 | clinic:treatment)")).toBeNull();
    expect(await dispersionOf("count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + (1 | clinic)")).toBeNull();
    expect(await dispersionOf("treatment ~ bernoulli(p)\nlogit(p) = 1 + count + (1 | clinic)")).toBeNull();
    expect((await dispersionOf("count ~ poisson(mu)\nlog(mu) = 1 + treatment"))?.degreesOfFreedom).toBe(14);
  });
});
