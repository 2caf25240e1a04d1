import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { refitted } from "../../src/fit/refitted.js";
import { type Fit, fit } from "../../src/index.js";

const rows = 48;
const g = Array.from({ length: rows }, (_, i) => `g${i % 8}`);
const x = Array.from({ length: rows }, (_, i) => ((7 * i) % 11) / 5 - 1);
const y = x.map((value, i) => Math.max(0, Math.round(2 + 2 * value + ((5 * (i % 8)) % 7) - 2 + ((3 * i) % 4))));
const data = { g, x, y };
const counts = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const linear = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)";

describe("a fit that is made anew under its own priors", () => {
  it.each([
    ["nuts", counts, {}],
    ["nuts", linear, {}],
    ["nuts", linear, { draws: 300, parametrization: "centred" }],
    ["laplace", counts, {}],
    ["inla", counts, {}],
  ] as const)("is the same: %s, %s", async (engine, model, options) => {
    const given: object = { engine, seed: 3, ...options };
    const made: Fit = await fit<"nuts">(model, data, given);
    const again = await refitted(made, made, { workers: 0 });
    expect(again.posterior.record.options).toEqual(made.posterior.record.options);
    for (const name of ["beta[x]", "sd[g, Intercept]"]) expect(again.draws(name)).toEqual(made.draws(name));
  });
});

// Threads are those of the build: the worker is plain JavaScript.
const inThreads = `
  import { fit, loo, tippingPoints, varyPriors } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
  const data = ${JSON.stringify(data)};
  const found = [];
  for (const engine of ["nuts", "inla"]) {
    const made = await fit(${JSON.stringify(counts)}, data, { engine });
    const all = [];
    for (const workers of [0, 2]) {
      const { variants } = await varyPriors(made, ["beta ~ normal(0, {0.2, 1, 2})"], { refit: true, workers });
      const asked = { refit: true, workers, quantities: ["b[g, g3, Intercept]"] };
      const others = await varyPriors(made, ["beta ~ normal(0, {0.2, 1})"], asked);
      const { statements } = await tippingPoints(made, "beta[x] > 0.6 with probability 0.9", { workers, range: 8 });
      const { pointwise } = await loo(made, { folds: 3, workers });
      all.push(JSON.stringify([...pointwise.elpd]) + JSON.stringify([variants, others.variants, statements].map((part) => part.map((one) => ({ ...one, mean: Array.from(one.mean ?? []) })))));
    }
    const controller = new AbortController();
    const started = performance.now();
    setTimeout(() => controller.abort(new Error("enough")), 50);
    const ended = await varyPriors(made, ["beta ~ normal(0, 0.01:1:200)"], { refit: true, workers: 2, signal: controller.signal }).catch((error) => error.message);
    found.push({ engine, isSame: all[0] === all[1], ended });
  }
  console.log(JSON.stringify(found));
`;

describe("new fits in threads", () => {
  it("are those in this thread, and end where they are aborted", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", inThreads]);
    expect(JSON.parse(stdout)).toEqual([
      { engine: "nuts", isSame: true, ended: "enough" },
      { engine: "inla", isSame: true, ended: "enough" },
    ]);
  }, 60_000);
});
