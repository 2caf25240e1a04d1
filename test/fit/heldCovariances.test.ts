import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { likelihoodAt } from "../../src/compare/engines/likelihoodAt.js";
import { minimizeBothSides } from "../../src/engine/ml/covarianceSearch.js";
import { negativeLogLikelihood } from "../../src/engine/ml/fitMarginal.js";
import { parameterVector } from "../../src/engine/ml/parameterVector.js";
import { penalizedMarginal, penalizedVector } from "../../src/engine/ml/penalized.js";
import { fit } from "../../src/fit/fit.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { laplaceMarginal } from "../../src/marginal/likelihoods/laplace.js";
import { runSync } from "../../src/math/steps.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { uniforms } from "../density/models.js";

const both = uniforms(5);
const next = () => 0.5 + 0.5 * both();
const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
const effects = Array.from({ length: 12 }, () => [0.5 * normal(), 0.3 * normal(), 0.3 * normal()]);
const data = Array.from({ length: 96 }, (_, i) => {
  const [x, z, b] = [normal(), normal(), effects[i % 12]];
  const eta = 0.8 + 0.3 * x + b[0] + b[1] * x + b[2] * z;
  return {
    x,
    z,
    g: `g${i % 12}`,
    h: `h${i % 7}`,
    y: eta + 0.6 * normal(),
    n: Math.floor(Math.exp(eta) + next()),
    a: Number(next() < 1 / (1 + Math.exp(-eta))),
  };
});

const families = {
  normal: "y ~ normal(mu, sigma)\nmu = ",
  poisson: "n ~ poisson(mu)\nlog(mu) = ",
  bernoulli: "a ~ bernoulli(p)\nlogit(p) = ",
};

/** Random effects, statements that hold some of their covariance, and what they hold. */
const structures: readonly (readonly [string, string, Readonly<Record<string, number>>])[] = [
  ["(1 | g)", "prior sd[g] ~ constant(0.5)", { "sd[g, Intercept]": 0.5 }],
  ["(1 | g)", "prior var[g] ~ constant(0.36)", { "sd[g, Intercept]": 0.6 }],
  ["(1 | g)", "prior precision ~ constant(4)", { "sd[g, Intercept]": 0.5 }],
  ["(1 + x | g)", "prior sd[g, Intercept] ~ constant(0.5)", { "sd[g, Intercept]": 0.5 }],
  ["(1 + x | g)", "prior sd[g, x] ~ constant(0.4)", { "sd[g, x]": 0.4 }],
  ["(1 + x | g)", "prior sd ~ constant(0.4)", { "sd[g, Intercept]": 0.4, "sd[g, x]": 0.4 }],
  ["(1 + x | g)", "prior cor ~ constant(-0.4)", { "cor[g, Intercept, x]": -0.4 }],
  [
    "(1 + x | g)",
    "prior cor[g] ~ constant(0.5)\nprior sd ~ constant(0.3)\nprior sd[g, Intercept] ~ exponential(1)",
    { "cor[g, Intercept, x]": 0.5, "sd[g, x]": 0.3 },
  ],
  [
    "(1 + x + z | g)",
    "prior sd[g, x] ~ constant(0.3)\nprior sd[g, z] ~ constant(0.2)",
    { "sd[g, x]": 0.3, "sd[g, z]": 0.2 },
  ],
  ["(1 + x || g)", "prior sd[g, x] ~ constant(0.3)", { "sd[g, x]": 0.3 }],
  ["(1 | h) + (1 + x | g)", "prior sd[g] ~ constant(0.4)", { "sd[g, Intercept]": 0.4, "sd[g, x]": 0.4 }],
  [
    "(1 | h) + (1 + x | g)",
    "prior sd[h] ~ constant(0.2)\nprior cor ~ constant(0.3)",
    { "sd[h, Intercept]": 0.2, "cor[g, Intercept, x]": 0.3 },
  ],
];
const members = structures.flatMap(([random, priors, held]) =>
  Object.entries(families).map(([family, start]) => ({
    name: `${family}: ${random}, ${priors.replaceAll("\n", "; ")}`,
    free: `${start}1 + x + ${random}`,
    text: `${start}1 + x + ${random}\n${priors}`,
    held,
  })),
);

function viewOf(text: string) {
  const latent = prepareModel(text, data).compiled.latentGaussian();
  if ("refusal" in latent) throw new RangeError(latent.refusal);
  return latent.view;
}

describe("an sd or a correlation that is held", () => {
  it.each(members)("is no parameter, and the density of samplers has its exact gradient: $name", ({ text, held }) => {
    for (const parametrization of ["centred", "noncentred"] as const) {
      const density = prepareModel(text, data).compiled.logDensity(parametrization);
      for (const name of Object.keys(held)) expect(density.quantities.parameters).not.toContain(name);
      const at = Float64Array.from({ length: density.dimension }, (_, k) => 0.3 * Math.sin(k + 1));
      const value = (position: Float64Array) => density.logDensityGradient(position, new Float64Array(at.length));
      const gradient = new Float64Array(at.length);
      density.logDensityGradient(at, gradient);
      for (let k = 0; k < Math.min(at.length, 12); k++) {
        const by = (step: number) => value(at.map((x, i) => (i === k ? x + step : x)));
        const slope = (by(1e-5) - by(-1e-5)) / 2e-5;
        expect(Math.abs(gradient[k] - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
      }
    }
  });

  it.each(members)(
    "has a maximum of the free model's likelihood with it there: $name",
    async ({ free, text, held }) => {
      const { ml } = await fit(text, data, { engine: "ml", method: "laplace" });
      const whole = likelihoodAt(laplaceMarginal(viewOf(free)));
      // The free likelihood is not defined at a correlation of 1, only as near as one likes.
      const isSingular = ml.notes.some(({ code }) => code === "singular");
      const inside = (name: string, value: number) =>
        isSingular && name.startsWith("cor") ? (1 - 1e-7) * value : value;
      const estimates = ml.parameters.map(({ name, estimate }) => [name, inside(name, estimate)] as const);
      const at = (changed: Readonly<Record<string, number>>) =>
        whole(new Map([...estimates, ...Object.entries(held), ...Object.entries(changed)])) ?? Number.NEGATIVE_INFINITY;
      expect(ml.convergence.converged).toBe(true);
      expect(ml.parameterCount).toBe(ml.parameters.length);
      const logLikelihood = ml.logLikelihood ?? Number.NaN;
      expect(at({})).toBeCloseTo(logLikelihood, isSingular ? 4 : 6);
      for (const [name, estimate] of estimates)
        for (const step of [-0.02, 0.02]) expect(at({ [name]: estimate + step })).toBeLessThan(logLikelihood + 1e-6);
    },
  );
});

describe("maximum likelihood beside numbers that need not suit the data", () => {
  const settings = [
    ["(1 + x | g)", "prior sd ~ constant(1.2)"],
    ["(1 + x | g)", "prior sd[g, x] ~ constant(0.9)"],
    ["(1 + x | g)", "prior cor ~ constant(-0.6)"],
    ["(1 + x + z | g)", "prior sd[g, x] ~ constant(1)"],
  ] as const;
  const rowsOf = () => {
    const few = Array.from({ length: 7 }, () => [normal(), normal(), normal()]);
    return Array.from({ length: 35 }, (_, i) => {
      const [x, z, b] = [normal(), normal(), few[i % 7]];
      const eta = 0.5 + 0.3 * x + 0.5 * b[0] + 0.4 * b[1] * x + 0.3 * b[2] * z;
      return { x, z, g: i % 7, y: eta + 0.6 * normal(), n: Math.floor(Math.exp(Math.min(eta, 4)) + next()) };
    });
  };

  it.each([families.normal, families.poisson])("ends at the best of six starts: %s", async (family) => {
    for (let run = 0; run < 3; run++)
      for (const [random, prior] of settings) {
        const [rows, text] = [rowsOf(), `${family}1 + x + ${random}\n${prior}`];
        const { ml } = await fit(text, rows, { engine: "ml", method: "laplace" });
        const latent = runSync(prepareModel(text, rows).compiled.standardisedLatentGaussian());
        if ("refusal" in latent) throw new RangeError(latent.refusal);
        const vector = parameterVector(latent.view);
        const objective = negativeLogLikelihood(laplaceMarginal(latent.view), vector);
        const found = Array.from({ length: 6 }, () => {
          const place = (part: string, x: number) =>
            part === "correlation" ? 0.8 * both() : part === "sd" ? 0.1 + 2 * next() : x + 0.2 * both();
          const start = vector.start.map((x, i) => Math.max(vector.lower[i], place(vector.coordinates[i].part, x)));
          return runSync(minimizeBothSides({ objective, coordinates: vector.coordinates, box: vector }, start)).value;
        });
        expect(-(ml.logLikelihood ?? Number.NaN), `${text}, run ${run}`).toBeLessThan(Math.min(...found) + 1e-4);
        expect(ml.convergence.converged).toBe(true);
      }
  });
});

describe("fits with held covariances are those of glmmTMB's map and of lme4 at a given theta", () => {
  // Made by validation/fixtures/held/held.R.
  const root = join(import.meta.dirname, "../../validation");
  const reference: {
    readonly fits: Readonly<
      Record<string, { logLikelihood: number; df: number; beta: number | number[]; se: number | number[] }>
    >;
    readonly quadrature: { logLikelihood: number; beta: number[] };
  } = JSON.parse(readFileSync(join(root, "fixtures/held/held.json"), "utf8"));
  const table = (name: string) => readTable(join(root, `data/${name}.csv`));
  const counts = "count ~ poisson(mu)\nlog(mu) = 1 + post + trt + offset(log(weeks)) + ";
  const days = "Reaction ~ normal(mu, sigma)\nmu = 1 + Days + (1 + Days | Subject)\n";
  const models: readonly (readonly [string, string, string])[] = [
    ["sd", "epilepsy", `${counts}(1 | subject)\nprior sd ~ constant(0.7)`],
    ["slope", "epilepsy", `${counts}(1 + post | subject)\nprior sd[subject, post] ~ constant(0.3)`],
    ["correlation", "epilepsy", `${counts}(1 + post | subject)\nprior cor ~ constant(0.4)`],
    [
      "sds",
      "epilepsy",
      `${counts}(1 + post | subject)\nprior sd ~ constant(0.3)\nprior var[subject, Intercept] ~ constant(0.25)`,
    ],
    ["normal", "sleepstudy", `${days}prior sd[Subject, Intercept] ~ constant(30)`],
    ["rho", "sleepstudy", `${days}prior cor ~ constant(-0.3)`],
    [
      "crossed",
      "penicillin",
      "diameter ~ normal(mu, sigma)\nmu = 1 + (1 | plate) + (1 | sample)\nprior sd[plate] ~ constant(1.2)",
    ],
  ];

  it.each(models)("%s", async (name, file, text) => {
    const { ml } = await fit(text, await table(file), { engine: "ml", method: "laplace" });
    const { logLikelihood, df, beta, se } = reference.fits[name];
    // Theirs is no higher; an optimiser may stop short.
    expect(ml.logLikelihood).toBeGreaterThan(logLikelihood - 1e-6);
    expect(ml.logLikelihood).toBeCloseTo(logLikelihood, 4);
    // glmmTMB counts sigma too.
    expect(ml.parameterCount).toBe(df);
    [beta].flat().forEach((value, k) => {
      expect(ml.parameters[k].estimate / value).toBeCloseTo(1, 3);
    });
    [se].flat().forEach((value, k) => {
      expect(ml.parameters[k].standardError / value).toBeCloseTo(1, 2);
    });
  });

  it("by quadrature", async () => {
    const { ml } = await fit(models[0][2], await table("epilepsy"), { engine: "ml", points: 25 });
    expect(ml.logLikelihood).toBeCloseTo(reference.quadrature.logLikelihood, 5);
    expect(ml.parameters[0].estimate).toBeCloseTo(reference.quadrature.beta[0], 4);
  });
});

describe("posterior engines hold it too", () => {
  const priors = "prior intercept ~ normal(0, 2)\nprior beta ~ normal(0, 1)\n";
  const text = `${families.poisson}1 + x + (1 | g)\n${priors}`;

  it("the evidence of the free model is the mean over its prior of those with the sd held", async () => {
    const evidence = async (prior: string, engine: "inla" | "laplace") =>
      (await fit(text + prior, data, { engine })).posterior.record.approximation?.logMarginalLikelihood ?? Number.NaN;
    for (const engine of ["inla", "laplace"] as const) {
      const whole = await evidence("prior sd ~ uniform(0.1, 1.3)", engine);
      const logs: number[] = [];
      const steps = 16;
      for (let k = 0; k <= steps; k++)
        logs.push(await evidence(`prior sd ~ constant(${0.1 + (k * 1.2) / steps})`, engine));
      const simpson = logs.map((log, k) => (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(log - whole));
      expect(Math.log(simpson.reduce((sum, x) => sum + x, 0) / (3 * steps))).toBeCloseTo(0, 1);
    }
  });

  it.each(["(1 + x | g)", "(1 | h) + (1 + x | g)"])("and agree: %s", async (random) => {
    const model = `${families.poisson}1 + x + ${random}\n${priors}prior sd[g, Intercept] ~ constant(0.5)\nprior cor ~ constant(0.3)`;
    const rows = async (engine: "inla" | "laplace" | "nuts") =>
      (
        await fit(model, data, engine === "nuts" ? { engine, seed: 1, workers: 0, chains: 2 } : { engine, seed: 1 })
      ).summary().parameters;
    const [nuts, laplace, inla] = [await rows("nuts"), await rows("laplace"), await rows("inla")];
    expect(nuts.map(({ name }) => name)).not.toContain("sd[g, Intercept]");
    for (const other of [laplace, inla])
      other.forEach(({ name, mean }, k) => {
        expect(name).toBe(nuts[k].name);
        expect(Math.abs(mean - nuts[k].mean)).toBeLessThan(0.15 * nuts[k].sd);
      });
  });

  it("with no other hyperparameter", async () => {
    const held = `${text}prior sd ~ constant(0.4)`;
    const [nuts, inla] = [
      await fit(held, data, { engine: "nuts", seed: 1, workers: 0, chains: 2 }),
      await fit(held, data, { engine: "inla" }),
    ];
    expect(inla.summary().parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "beta[x]"]);
    inla.summary().parameters.forEach(({ mean, sd }, k) => {
      const row = nuts.summary().parameters[k];
      expect(Math.abs(mean - row.mean)).toBeLessThan(0.12 * row.sd);
      expect(sd / row.sd).toBeCloseTo(1, 1);
    });
  });
});

describe("where nothing but effects is unknown, or nothing at all", () => {
  const all = "prior intercept ~ constant(1)\nprior sigma ~ constant(0.6)";

  it("engines agree on the effects of a normal response, which are exact", async () => {
    const text = `${families.normal}1 + (1 | g)\n${all}\nprior sd ~ constant(0.5)`;
    const { ml } = await fit(text, data, { engine: "ml" });
    const modes = ml.effects?.modes[0] ?? new Float64Array();
    const sds = ml.effects?.sds[0] ?? new Float64Array();
    for (const engine of ["nuts", "laplace", "inla"] as const) {
      const result = await fit(text, data, engine === "nuts" ? { engine, workers: 0, chains: 2 } : { engine });
      expect(result.summary().parameters).toEqual([]);
      result.summary().randomEffects.forEach(({ mean, sd }, k) => {
        expect(Math.abs(mean - modes[k])).toBeLessThan(0.12 * sds[k]);
        expect(Math.abs(sd / sds[k] - 1)).toBeLessThan(0.1);
      });
    }
  });

  it("there is a likelihood, and nothing to sample", async () => {
    const text = `${families.normal}1\n${all}`;
    const { ml } = await fit(text, data, { engine: "ml" });
    const density = (y: number) => -0.5 * ((y - 1) / 0.6) ** 2 - Math.log(0.6) - 0.5 * Math.log(2 * Math.PI);
    const exact = data.reduce((sum, { y }) => sum + density(y), 0);
    expect(ml.logLikelihood).toBeCloseTo(exact, 8);
    for (const engine of ["laplace", "inla"] as const) {
      const { posterior } = await fit(text, data, { engine });
      expect(posterior.record.approximation?.logMarginalLikelihood).toBeCloseTo(exact, 6);
    }
    await expect(fit(text, data, { engine: "nuts", workers: 0 })).rejects.toThrow("there is nothing to sample");
  });
});

describe("what is said of it", () => {
  const base = `${families.poisson}1 + x + (1 + x | g)\n`;
  const notesOf = (text: string) => prepareModel(text, data).notes.map(({ message }) => message);

  it("in notes and among the priors", () => {
    const text = `${base}prior sd[g, x] ~ constant(0)\nprior var[g, Intercept] ~ constant(4)`;
    expect(notesOf(text)).toEqual([
      "sd[g, x] is held at 0 by every engine, as a part of the model, so that the effect is left out",
      "sd[g, Intercept] is held at 2 by every engine, as a part of the model",
    ]);
    expect(prepareModel(text, data).compiled.priors.slice(-1)).toMatchObject([
      { name: "sd[g, Intercept]", distribution: "constant(2)" },
    ]);
  });

  it("of two groups, which are enough for an sd that is not learned", () => {
    const two = data.map((row, i) => ({ ...row, t: `t${i % 2}` }));
    const codes = (prior: string) =>
      prepareModel(`${families.poisson}1 + x + (1 | t)${prior}`, two).problems.map(({ code }) => code);
    expect(codes("")).toContain("few-levels");
    expect(codes("\nprior sd ~ constant(0.5)")).not.toContain("few-levels");
  });

  it.each([
    [{ reml: true }, "which a restricted likelihood (reml) does not take; leave it out"],
    [
      { method: "lmm" },
      'which the method "lmm" does not take; take the method "laplace", which is exact for a normal response',
    ],
    [{ method: "em" }, 'which the method "em" does not take'],
  ] as const)("by %o, which does not take it", async (options, message) => {
    const text = `${families.normal}1 + x + (1 | g)\nprior sd ~ constant(0.5)`;
    await expect(async () => fit(text, data, { engine: "ml", ...options })).rejects.toThrow(message);
  });

  it("by the posterior mode", async () => {
    const text = `${base}prior sd[g, Intercept] ~ constant(0.5)\nprior sd[g, x] ~ uniform(0.05, 0.3)`;
    const { ml } = await fit(text, data, { engine: "ml", penalized: true, method: "laplace" });
    const sd = ml.parameters.find(({ name }) => name === "sd[g, x]")?.estimate ?? Number.NaN;
    expect(sd).toBeGreaterThanOrEqual(0.05);
    expect(sd).toBeLessThanOrEqual(0.3);
  });

  it.each(structures)("by the posterior mode, whose gradient is exact: %s, %s", async (random, priors) => {
    const text = `${families.poisson}1 + x + ${random}\n${priors}`;
    const { ml } = await fit(text, data, { engine: "ml", penalized: true, method: "laplace" });
    expect(ml.convergence.converged).toBe(true);
    expect(ml.logPrior).toBeGreaterThan(-100);
    const view = viewOf(text);
    const vector = penalizedVector(view);
    const objective = negativeLogLikelihood(penalizedMarginal(laplaceMarginal(view)), vector);
    const at = vector.start.map((x, i) => x + 0.1 * Math.cos(i + 1));
    const [gradient, scratch] = [new Float64Array(at.length), new Float64Array(at.length)];
    objective(at, gradient);
    gradient.forEach((slope, k) => {
      const by = (step: number) =>
        objective(
          at.map((x, i) => (i === k ? x + step : x)),
          scratch,
        );
      expect(Math.abs(slope - (by(1e-4) - by(-1e-4)) / 2e-4)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
    });
  });
});
