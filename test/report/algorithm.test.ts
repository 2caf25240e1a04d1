import { expect, it } from "vitest";
import {
  compareEngines,
  fit,
  fitReport,
  jsonDocument,
  mlJsonDocument,
  mlReport,
  mlTextReport,
  textReport,
} from "../../src/index.js";

const counts = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const normal = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)";
const rows = Array.from({ length: 40 }, (_, i) => ({ y: (i % 8) + ((i * 5) % 3), x: (i % 7) / 7, g: i % 8 }));
const short = { chains: 1, warmup: 60, draws: 40, workers: 0 } as const;

it.each([
  [counts, {}, "HMC, transported coordinates"],
  [counts, { algorithm: "nuts", parametrization: "noncentred" }, "NUTS, noncentred parametrization"],
  [counts, { algorithm: "hmc", parametrization: "centred" }, "HMC, centred parametrization"],
  [normal, {}, "HMC, integrated coordinates"],
] as const)("of nuts says the sampler and what it moves in: %s %o", async (model, options, algorithm) => {
  const report = fitReport(await fit(model, rows, { ...short, ...options }));
  expect(jsonDocument(report).algorithm).toBe(algorithm);
  expect(textReport(report, { width: 100 })).toContain(`\nengine        nuts (${algorithm})\n`);
});

it.each([
  ["laplace", counts, /^effects by adaptive quadrature, \d+ points; importance weights$/],
  ["laplace", normal, /^effects by Laplace's approximation, exact for a normal response; importance weights$/],
  [
    "inla",
    counts,
    /^(grid|product|central composite).+; effects by adaptive quadrature, \d+ points; importance weights$/,
  ],
] as const)(
  "of %s says what is integrated out how, and by what hyperparameters are explored",
  async (engine, model, algorithm) => {
    const report = fitReport(await fit(model, rows, { engine }));
    expect(jsonDocument(report).algorithm).toMatch(algorithm);
    const text = textReport(report, { width: 200 });
    for (const part of jsonDocument(report).algorithm?.split("; ").slice(0, -1) ?? [])
      expect(text).toContain(part.replace("effects by ", ""));
  },
);

it.each([
  [counts, {}, /^aghq, \d+ points$/],
  [counts, { method: "laplace" }, /^laplace$/],
  [counts, { penalized: true }, /^aghq, penalised, \d+ points$/],
  [normal, { reml: true }, /^lmm, REML$/],
] as const)("of ml says the method, and its points: %s %o", async (model, options, algorithm) => {
  const report = mlReport(await fit(model, rows, { engine: "ml", ...options }));
  const found = mlJsonDocument(report).algorithm;
  expect(found).toMatch(algorithm);
  expect(mlTextReport(report)).toMatch(new RegExp(`^engine +ml \\(${found}\\)$`, "m"));
});

it("is told of each engine of a comparison", async () => {
  const { engines } = await compareEngines(counts, rows, {
    ...{ chains: 1, draws: 60, workers: 0 },
    engines: ["nuts", "laplace", "ml"],
  });
  expect(engines.map(({ method }) => method)).toEqual([
    expect.stringMatching(/^HMC, transported coordinates, 1 chain, \d+ draws$/),
    expect.stringMatching(/^aghq, \d+ points, \d+ weighted draws$/),
    expect.stringMatching(/^aghq, \d+ points$/),
  ]);
});
