import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { load } from "../../../src/folder/load.js";
import { save } from "../../../src/folder/save.js";
import { bootstrap, fit, type MlFit, mlReport, withLevel } from "../../../src/index.js";
import { mlJsonDocument } from "../../../src/report/mlJsonDocument.js";
import { mlTextReport } from "../../../src/report/mlTextReport.js";

const rows = 30;
const y = Array.from({ length: rows }, (_, i) => ((13 * i) % 17) / 8 + (i % 6) / 2);
const data = {
  y,
  count: y.map((value) => Math.round(value)),
  z: y.map((value) => Number(value > 2.5)),
  x: Array.from({ length: rows }, (_, i) => (i % 5) - 2),
  g: Array.from({ length: rows }, (_, i) => i % 6),
};
const normal = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)";
const poisson = "count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const options = { engine: "ml", intervals: "bootstrap", replicates: 40, workers: 0 } as const;

describe("intervals of a fit by the bootstrap", { timeout: 120_000 }, () => {
  let mixed: MlFit;
  beforeAll(async () => {
    mixed = await fit(normal, data, options);
  });

  it("are those of the bootstrap of the fit, estimates and standard errors as by Wald", async () => {
    const wald = await fit(normal, data, { engine: "ml" });
    const { parameters } = await bootstrap(wald, { replicates: 40, workers: 0 });
    expect(mixed.ml.intervals).toBe("bootstrap");
    mixed.ml.parameters.forEach(({ name, estimate, standardError, lower, upper, pValue }, k) => {
      expect({ name, estimate, lower, upper }).toEqual({
        ...{ name: parameters[k].name, estimate: parameters[k].estimate },
        ...{ lower: parameters[k].lower, upper: parameters[k].upper },
      });
      expect({ standardError, pValue }).toEqual({
        standardError: wald.ml.parameters[k].standardError,
        pValue: wald.ml.parameters[k].pValue,
      });
    });
  });

  it("are the same by threads", async () => {
    const { ml } = await fit(normal, data, { ...options, workers: 2 });
    expect(ml.parameters).toEqual(mixed.ml.parameters);
  });

  it.each([
    ["lmm", normal, { reml: true }],
    ["laplace", poisson, { method: "laplace" }],
    ["aghq", poisson, { method: "aghq" }],
    ["pql", poisson, { method: "pql" }],
    ["em", poisson, { method: "em", replicates: 2, points: 5 }],
    ["laplace", poisson, { method: "laplace", penalized: true }],
    ["lmm", "y ~ normal(mu, sigma)\nmu = 1 + x", {}],
  ] as const)("are there by %s (%j %j)", async (method, model, own) => {
    const result = await fit(model, data, { ...options, replicates: 6, ...own });
    expect(result.ml).toMatchObject({ method, intervals: "bootstrap", bootstrap: { partial: false, failures: [] } });
    for (const { lower, upper } of result.ml.parameters.slice(0, 2)) expect(lower).toBeLessThan(upper);
  });

  it("come with bias and standard errors in text and JSON, and warnings", () => {
    const report = mlReport(mixed);
    const text = mlTextReport(report, { width: 80 });
    expect(text).toMatch(/\nBootstrap\n +bias +its error +se\n/);
    expect(text.replace(/\s+/g, " ")).toContain(
      "intervals: 95%, by the parametric bootstrap (percentile: between quantiles of the simulated estimates), 40 fits of responses simulated at the estimates",
    );
    expect(report.warnings.map(({ code }) => code)).toEqual(["bootstrap-few"]);
    const document = mlJsonDocument(report);
    expect(document).toMatchObject({ intervals: "bootstrap", bootstrap: { type: "percentile", failed: 0 } });
    expect(document.bootstrap?.parameters.map(({ name }) => name)).toEqual(mixed.ml.parameters.map(({ name }) => name));
  });

  it("have another level from the same replicates, after a folder too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "marginalia-bootstrap-"));
    await save(mixed, folder);
    const loaded = await load(folder);
    const narrow = withLevel(loaded, 0.5);
    if (!("ml" in narrow)) throw new Error("this is a fit by maximum likelihood");
    const [{ lower, upper }] = (await fit(normal, data, { ...options, level: 0.5 })).ml.parameters;
    expect(narrow.ml.parameters[0]).toMatchObject({ lower, upper });
    expect("ml" in loaded && loaded.ml.bootstrap).toEqual(mixed.ml.bootstrap);
  });

  it("are kept as far as they are done when the signal is aborted", async () => {
    const stop = new AbortController();
    const listening = (last: number) => (progress: { readonly evaluations: number; readonly stage: string }) => {
      if (progress.stage === "fitting simulated responses" && progress.evaluations === last)
        stop.abort(new Error("enough"));
    };
    const partial = await fit(normal, data, { ...options, signal: stop.signal, onProgress: listening(25) });
    expect(partial.ml.bootstrap).toMatchObject({ replicates: 25, partial: true });
    expect(mlReport(partial).warnings.map(({ code }) => code)).toContain("bootstrap-partial");
    const early = new AbortController();
    const onProgress = ({ stage }: { readonly stage: string }) => {
      if (stage === "fitting simulated responses") early.abort(new Error("at once"));
    };
    await expect(fit(normal, data, { ...options, signal: early.signal, onProgress })).rejects.toThrow("at once");
  });

  it("are refused where nothing can be simulated", async () => {
    const refused = (given: object) => fit(poisson, data, { ...options, ...given });
    await expect(refused({ method: "conditional" })).rejects.toThrow(
      'intervals is "bootstrap", but the method is "conditional", which estimates no intercept and no sd',
    );
    await expect(refused({ method: "pql", scale: "free" })).rejects.toThrow(
      'intervals is "bootstrap", but scale is "free", which is a variance and no distribution',
    );
    await expect(refused({ intervals: "wald", replicates: 40, workers: undefined })).rejects.toThrow(
      'replicates is 40, but intervals is "wald"; only "bootstrap" takes it',
    );
    await expect(refused({ intervals: "wald", replicates: 1000 })).rejects.toThrow(
      'workers is 0, but intervals is "wald"; only "bootstrap" takes worker threads',
    );
    await expect(refused({ intervals: "profile", replicates: 1000, bootstrapType: "bc" })).rejects.toThrow(
      'bootstrapType is bc, but intervals is "profile"; only "bootstrap" takes it',
    );
    const separated = { ...data, z: data.x.map((x, i) => Number(x > 1 || (x > 0 && i % 2 === 0))) };
    await expect(fit("z ~ bernoulli(p)\nlogit(p) = 1 + x", separated, options)).rejects.toThrow(
      /the fit has no finite estimate of beta\[.*\], which responses cannot be simulated without/,
    );
  });
});

describe("the bootstrap of a statistic", { timeout: 120_000 }, () => {
  it("is that of any number computed from the fits", async () => {
    const result = await fit(normal, data, { engine: "ml" });
    const { parameters, statistics } = await bootstrap(result, {
      replicates: 30,
      statistic: async ({ ml }) => ({ double: 2 * ml.parameters[1].estimate, constant: 1 }),
    });
    const [, slope] = parameters;
    const [double, constant] = statistics;
    expect(double).toMatchObject({ name: "double", estimate: 2 * slope.estimate, estimates: 30 });
    expect(double.lower).toBeCloseTo(2 * slope.lower, 10);
    expect(double.sd).toBeCloseTo(2 * slope.sd, 10);
    expect(constant).toMatchObject({ bias: 0, sd: 0, lower: 1, upper: 1 });
  });

  it("has names of its own where it is a number or a list, and its failures are counted", async () => {
    const result = await fit(normal, data, { engine: "ml" });
    const one = await bootstrap(result, { replicates: 4, statistic: ({ ml }) => ml.parameterCount });
    expect(one.statistics.map(({ name }) => name)).toEqual(["statistic"]);
    let calls = 0;
    const list = await bootstrap(result, {
      replicates: 4,
      statistic: () => {
        if (calls++ === 2) throw new Error("no such number");
        return [1, 2];
      },
    });
    expect(list.statistics.map(({ name }) => name)).toEqual(["statistic[1]", "statistic[2]"]);
    expect(list.failures).toEqual([{ reason: "no such number", count: 1 }]);
  });
});
