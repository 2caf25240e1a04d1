import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type CompareEnginesOptions, compareEngines, toTable } from "../../../src/index.js";
import { readTable } from "../../../src/node.js";
import { dataFile } from "../../../validation/files.js";

const root = resolve(import.meta.dirname, "../../..");
const outside = (name: string) => readTable(resolve(root, `validation/fixtures/outside/${name}.csv`));

async function compareModel(name: string, options: CompareEnginesOptions) {
  const text = await readFile(resolve(root, `models/${name}/model.glmm`), "utf8");
  return compareEngines(text, await readTable(resolve(root, `models/${name}/data.csv`)), options);
}

const quick = { chains: 2, draws: 500, workers: 0, seed: 1 } as const;

describe("one model through several engines", () => {
  it("ends with no disagreement where there is none", async () => {
    const { reference, agreements, refused, logLikelihoods, engines } = await compareModel("epilepsy", {
      ...quick,
      engines: ["nuts", "laplace", "inla", "ml", "ml:laplace"],
    });
    expect({ reference, refused }).toEqual({ reference: "nuts", refused: [] });
    expect(agreements.map(({ engine, cause }) => [engine, cause])).toEqual([
      ["laplace", null],
      ["inla", null],
      ["ml", null],
      ["ml:laplace", null],
    ]);
    const [, laplace, inla, { logLikelihood: ml }] = engines.map((engine) => ({
      ...engine,
      logLikelihood: engine.logLikelihood ?? Number.NaN,
      logMarginalLikelihood: engine.logMarginalLikelihood ?? Number.NaN,
    }));
    expect(laplace.paretoK).toBeLessThan(0.7);
    expect(laplace.logMarginalLikelihood).toBeCloseTo(inla.logMarginalLikelihood, 1);
    expect(logLikelihoods[3].value).toBeCloseTo(ml, 6);
    for (const { value } of logLikelihoods) expect(value).toBeLessThanOrEqual(ml + 1e-6);
    for (const { effects } of agreements) expect(effects?.typical).toBeLessThan(0.1);
  });

  it("goes on where one does not serve, and tells why", async () => {
    const { refused, engines } = await compareModel("cbpp", { engines: ["ml:lmm", "ml", "ml:conditional"] });
    expect(engines.map(({ engine }) => engine)).toEqual(["ml", "ml:conditional"]);
    expect(refused).toEqual([{ engine: "ml:lmm", reason: expect.stringMatching(/normal response/), isDefect: false }]);
  });

  it("refuses where none serves, with every reason", async () => {
    await expect(compareModel("cbpp", { engines: ["ml:lmm", "ml:reml"] })).rejects.toThrow(
      /^no engine serves: ml:lmm: .*; ml:reml: /,
    );
  });

  it("keeps what has ended where it is stopped, and says what has not", async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    const comparison = await compareModel("cbpp", {
      engines: ["ml", "ml:laplace", "ml:pql"],
      signal: controller.signal,
      onEngine(engine, soFar) {
        seen.push([engine, soFar?.engines.map((column) => column.engine) ?? null]);
        if (engine === "ml:laplace") controller.abort();
      },
    });
    expect(seen).toEqual([
      ["ml", null],
      ["ml:laplace", ["ml"]],
    ]);
    expect(comparison.engines.map(({ engine }) => engine)).toEqual(["ml"]);
    expect(comparison.stopped).toEqual(["ml:laplace", "ml:pql"]);
    await expect(compareModel("cbpp", { signal: AbortSignal.abort("not now") })).rejects.toBe("not now");
  });

  it("tells why approximations do not serve random effects on a dispersion", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ g: i % 5, y: (7 * i) % 11 }));
    const { refused } = await compareEngines("y ~ normal(mu, sigma)\nmu = 1\nlog(sigma) = 1 + (1 | g)", rows, {
      ...quick,
      draws: 50,
    });
    expect(refused.map(({ engine }) => engine)).toEqual(["laplace", "inla", "ml"]);
    for (const { reason } of refused) expect(reason).toMatch(/random effects on sigma are not Gaussian effects/);
  });

  it("knows a maximum at the boundary", async () => {
    const rows = Array.from({ length: 48 }, (_, i) => ({ g: i % 8, y: [0, 1, 1, 2, 3, 1][Math.floor(i / 8)] }));
    const { agreements } = await compareEngines("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", rows, {
      ...quick,
      engines: ["nuts", "ml"],
    });
    expect(agreements).toMatchObject([{ engine: "ml", cause: "boundary", off: [{ name: "sd[g, Intercept]" }] }]);
  });

  it("knows the restricted likelihood for another one", async () => {
    const { agreements } = await compareModel("sleepstudy", { engines: ["ml", "ml:reml"] });
    expect(agreements).toMatchObject([{ engine: "ml:reml", cause: "restricted" }]);
  });

  it("blames no approximation for what may be the likelihood's shape, where no exact maximum tells", async () => {
    const rows = Array.from({ length: 36 }, (_, i) => ({
      g: i % 3,
      h: Math.floor(i / 12),
      y: ((5 * i) % 7) * (1 + (i % 3)) + Math.floor(i / 12),
    }));
    const { agreements, reference } = await compareEngines("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)", rows, {
      engines: ["inla", "ml"],
    });
    expect(reference).toBe("inla");
    expect(agreements).toMatchObject([{ engine: "ml", cause: "approximation-or-shape" }]);
  });

  it("knows a prior that draws the posterior away", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ x: (i % 5) - 2, y: ((7 * i) % 11) + 3 * (i % 5) }));
    const { agreements } = await compareEngines(
      "y ~ normal(mu, sigma)\nmu = 1 + x\nprior beta[x] ~ normal(0, 0.5)",
      rows,
      { ...quick, engines: ["nuts", "ml"] },
    );
    expect(agreements[0].cause).toBe("prior-conflict");
    expect(agreements[0].off.map(({ name }) => name)).toContain("beta[x]");
  });

  it("rejects unknown engines and options before anything runs", async () => {
    await expect(compareModel("cbpp", { engines: ["nutz"] })).rejects.toThrow(
      /engines has "nutz"; did you mean "nuts"\?/,
    );
    await expect(compareModel("cbpp", { engines: [] })).rejects.toThrow(/engines is \[\]/);
    await expect(compareModel("cbpp", { chains: 0 })).rejects.toThrow(/chains is 0/);
  });
});

describe("a fit made elsewhere", () => {
  const engines = ["ml"];

  it("stands at our optimum where it is of the same model", async () => {
    const { outside: standings } = await compareModel("sleepstudy", { engines, against: [await outside("glmmTMB")] });
    expect(standings).toMatchObject([
      { optimum: "ml", judgement: { kind: "same-optimum" }, absent: [], unmatched: [] },
    ]);
    expect(Math.abs(standings[0].shortfall ?? 1)).toBeLessThan(1e-4);
    const days = standings[0].estimates.find(({ name }) => name === "beta[Days]");
    expect(days?.optimum?.errorRatio).toBeCloseTo(1, 2);
  });

  it("may have the means of our posterior", async () => {
    const { engines: columns } = await compareModel("cbpp", { engines: ["laplace"] });
    const means = columns[0].parameters.map(({ name, estimate }) => ({ name, estimate }));
    const { outside: standings } = await compareModel("cbpp", { engines: ["inla"], against: [toTable(means, "brms")] });
    expect(standings).toMatchObject([{ judgement: { kind: "other-method", engine: "inla" } }]);
  });

  it("has its place in the posterior", async () => {
    const { outside: standings } = await compareModel("epilepsy", {
      ...quick,
      engines: ["nuts"],
      against: [await outside("glmer")],
    });
    const [{ estimates, judgement, optimum }] = standings;
    expect({ judgement, optimum }).toEqual({ judgement: { kind: "same-optimum" }, optimum: "ml" });
    const sd = estimates.find(({ name }) => name === "sd[subject, post]");
    expect(sd?.posterior?.sds).toBeCloseTo(-0.48, 0);
    expect(sd?.posterior?.probability).toBeGreaterThan(0.15);
    expect(sd?.posterior?.probability).toBeLessThan(0.5);
  });

  it("is not the same where its estimates are others, and the likelihood tells by how much", async () => {
    const names = [
      "(Intercept)",
      "Days",
      "sd_Subject__Intercept",
      "sd_Subject__Days",
      "cor_Subject__Intercept__Days",
      "sigma",
    ];
    const against = [toTable({ name: names, estimate: [251.4, 14, 23.8, 5.7, 0.08, 25.6] }, "typed.csv")];
    const { outside: standings } = await compareModel("sleepstudy", { engines, against });
    expect(standings).toMatchObject([{ name: "typed.csv", judgement: { kind: "different" } }]);
    // Near its maximum a log-likelihood is quadratic: it falls at least by half the square of one coefficient's distance.
    const days = standings[0].estimates.find(({ name }) => name === "beta[Days]")?.optimum?.difference ?? 0;
    expect(days).toBeGreaterThan(2);
    expect(standings[0].shortfall).toBeGreaterThan(0.4 * days ** 2);
  });

  it("may be at the maximum of another method", async () => {
    const table = await readTable(dataFile("toenail.csv"));
    const model = "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)";
    const against = [await outside("glmmPQL")];
    const { outside: standings } = await compareEngines(model, table, { engines: ["ml:laplace"], against });
    expect(standings).toMatchObject([
      { optimum: "ml", judgement: { kind: "other-method", engine: "ml:pql-free" }, unmatched: [{}] },
    ]);
    expect(standings[0].shortfall).toBeGreaterThan(15);
  });
});
