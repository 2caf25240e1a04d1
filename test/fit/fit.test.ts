import { describe, expect, it } from "vitest";
import {
  ChainError,
  type ChainProgress,
  DataError,
  defineFamily,
  definePrior,
  EngineError,
  type Family,
  fit,
  fromFormula,
  glmm,
  ModelError,
  type NutsFitOptions,
  OptionsError,
  parseModel,
  parseTable,
  prepareModel,
  priors,
  ResultError,
  SamplingError,
} from "../../src/index.js";

const columns = { y: [1, 4, 0, 5, 1, 2], x: [0.5, 1.5, -2, 0, 1, 0.75], g: ["a", "a", "b", "b", "c", "c"] };
const records = columns.y.map((y, i) => ({ y, x: columns.x[i], g: columns.g[i] }));
const csv = ["y,x,g", ...records.map(({ y, x, g }) => `${y},${x},${g}`)].join("\n");
const model = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";

/** No threads: the sources run here. */
const quick = { workers: 0, chains: 2, warmup: 100, draws: 100, seed: 7 } satisfies NutsFitOptions;

/** What a promise ends in. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error("no error"),
    (error: unknown) => error,
  );
}

describe("fit", () => {
  it("gives the posterior with all that belongs to it", async () => {
    const result = await fit(model, columns, quick);
    const { parameters, randomEffects } = result.summary();
    expect(parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]"]);
    expect(randomEffects.map(({ factor, level }) => `${factor} ${level}`)).toEqual(["g a", "g b", "g c"]);
    expect(result.draws("b[g, c, Intercept]").map((chain) => chain.length)).toEqual([100, 100]);
    expect(result.summary()).toBe(result.summary());
    expect(result.warnings()).toBe(result.warnings());
    expect(result.posterior.record).toMatchObject({ partial: false, options: { seed: 7, chains: 2, draws: 100 } });
    expect(result.seconds.sampling).toBeGreaterThan(0);
  });

  it.each([
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a number", 5, "the number 5"],
    ["a list", [model], "an array"],
    ["an object", { model }, "an object"],
    ["a function", () => model, "a function"],
  ])("refuses as a model %s", async (_kind, given, name) => {
    // @ts-expect-error: no model
    const error = await failure(fit(given, columns, quick));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ problems: [{ code: "not-a-model", message: `${name} is not a model` }] });
  });

  it("takes a text, a tagged text, a formula or a tree, and any kind of table", async () => {
    const tagged = glmm`
      y ~ poisson(mu)
      log(mu) = 1 + x + (1 | g)`;
    const { source, ...tree } = parseModel(model);
    expect(source).toBeDefined();
    const fits = await Promise.all([
      fit(model, columns, quick),
      fit(tagged, records, quick),
      fit(fromFormula("y ~ x + (1 | g)", "poisson"), parseTable(csv, { name: "trial.csv" }), quick),
      fit(JSON.parse(JSON.stringify(tree)), { ...columns, x: Float64Array.from(columns.x) }, quick),
    ]);
    for (const other of fits.slice(1)) expect(other.draws("beta[x]")).toEqual(fits[0].draws("beta[x]"));
  });

  it("names what there is when asked for what there is not", async () => {
    const result = await fit(model, columns, quick);
    expect(() => result.draws("beta[z]")).toThrow(
      new ResultError(
        "unknown-quantity",
        'no quantity "beta[z]" in the posterior',
        "it has beta[Intercept], beta[x], sd[g, Intercept], b[g, a, Intercept], b[g, b, Intercept], b[g, c, Intercept]",
      ),
    );
  });

  it("tells how it gets on, and stops when it is told to", async () => {
    const seen: ChainProgress[] = [];
    const controller = new AbortController();
    const result = await fit(model, columns, {
      ...quick,
      signal: controller.signal,
      onProgress: (progress: ChainProgress) => {
        seen.push(progress);
        if (progress.chain === 2 && progress.logDensity.length > 0) controller.abort();
      },
    });
    expect(seen.length).toBeGreaterThan(10);
    expect(result.posterior.record.partial).toBe(true);
    const [first, second] = result.draws("beta[x]");
    expect(first.length).toBe(100);
    expect(second.length).toBeLessThan(50);
    expect(result.warnings().map(({ code }) => code)).toContain("partial-run");
  });
});

describe("fit by maximum likelihood", () => {
  const groups = Array.from({ length: 30 }, (_, i) => ({
    y: ((3 * i) % 7) * (1 + (Math.floor(i / 5) % 3)),
    x: (i % 5) - 2,
    g: Math.floor(i / 5),
  }));

  it("gives estimates with all that belongs to them", async () => {
    const result = await fit(model, groups, { engine: "ml", method: "laplace" });
    expect(result.ml.parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]"]);
    expect(result.ml).toMatchObject({ engine: "ml", method: "laplace", reml: false, convergence: { converged: true } });
    expect(result.criteria?.aic).toBeCloseTo(6 - 2 * (result.ml.logLikelihood ?? NaN), 10);
    expect(result.design.rows).toBe(30);
    expect(result.problems).toEqual([]);
    expect(result.seconds.fit).toBeGreaterThan(0);
  });

  it("does not depend on the priors, stated or not", async () => {
    const priorText = `${model}\nprior beta ~ uniform(-1e-3, 1e-3)\nprior intercept ~ normal(9, 1)\nprior sd ~ uniform(0, 0.1)`;
    for (const points of [5, "auto"] as const) {
      const [plain, stated] = await Promise.all(
        [model, priorText].map((text) => fit(text, groups, { engine: "ml", points })),
      );
      expect(stated.ml.logLikelihood).toBeCloseTo(plain.ml.logLikelihood ?? NaN, 8);
      stated.ml.parameters.forEach(({ estimate, standardError }, k) => {
        expect(estimate).toBeCloseTo(plain.ml.parameters[k].estimate, 4);
        expect(standardError).toBeCloseTo(plain.ml.parameters[k].standardError, 4);
      });
    }
  });

  it("throws what a prior would have made up for, as errors with a way out", async () => {
    const weak = groups.map((row, i) => ({ ...row, twice: 2 * row.x, all: 1, row: i, y: i % 2 }));
    const failed = await failure(
      fit("y ~ bernoulli(p)\nlogit(p) = 1 + x + twice + (1 | all) + (1 + x + twice | row)", weak, { engine: "ml" }),
    );
    if (!(failed instanceof ModelError)) throw failed;
    expect(failed.problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["rank-deficient", "warning"],
      ["one-group", "error"],
      ["weak-effects", "warning"],
      ["dependent-effects", "error"],
    ]);
    expect(failed.problems.map(({ hint }) => hint).join()).not.toMatch(/its prior|a proper prior/);
  });

  it("leaves out what depends on other columns, with a warning", async () => {
    const weak = groups.map((row) => ({ ...row, twice: 2 * row.x, all: 1 }));
    const deficient = await fit("y ~ poisson(mu)\nlog(mu) = 1 + x + twice + all + (1 | g)", weak, { engine: "ml" });
    const plain = await fit("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", weak, { engine: "ml" });
    expect(deficient.ml).toEqual(plain.ml);
    expect(deficient.criteria).toEqual(plain.criteria);
    expect(deficient.problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["constant-column", "warning"],
      ["rank-deficient", "warning"],
    ]);
    expect(deficient.problems[0].hint).toContain("maximum likelihood leaves it out, as R does");
  });

  it("refuses random effects on a dispersion, with the reason", async () => {
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x\nlog(sigma) = 1 + (1 | g)";
    const error = await failure(fit(text, groups, { engine: "ml" }));
    expect(error).toBeInstanceOf(EngineError);
    expect(String(error)).toMatch(/random effects on sigma .*; the engine nuts takes it$/);
  });

  it("throws an OptionsError with everything that is wrong with the options", async () => {
    const options = { engine: "ml" as const, points: 0, reml: true, method: "pql" as const, chains: 4, poins: 3 };
    const error = await failure(fit(model, groups, options));
    if (!(error instanceof OptionsError)) throw error;
    expect(error.problems.map(({ message }) => message)).toEqual([
      'points is 0; allowed: "auto" or a whole number from 1 to 100',
      'chains is no option of the engine "ml"; leave it out, or choose another engine',
      expect.stringMatching(/^unknown option "poins"; did you mean "points"\?/),
      'reml is true, but the method is "pql"; only lmm has a restricted likelihood',
    ]);
    expect(error.problems.map(({ option, code }) => `${option}: ${code}`)).toEqual([
      "points: not-allowed",
      "chains: other-engine",
      "poins: unknown-option",
      "reml: conflict",
    ]);
    const sampling = { ...quick, reml: true };
    expect(await failure(fit(model, groups, sampling))).toMatchObject({
      problems: [
        {
          option: "reml",
          code: "other-engine",
          message: 'reml is no option of the engine "nuts"; leave it out, or choose another engine',
        },
      ],
    });
  });
});

const geometric: Family = defineFamily({
  name: "geometric",
  slots: [{ kind: "mean", name: "mu", links: ["log"] }],
  checkResponse: (value) => (Number.isInteger(value) && value >= 0 ? null : "is not a count"),
  rowLikelihood: () => ({
    evaluate(y, _trials, eta, _phi, _order, out) {
      const share = 1 / (1 + Math.exp(-eta));
      out.value = y * eta - (y + 1) * Math.log1p(Math.exp(eta));
      out.dEta = y - (y + 1) * share;
      out.dEta2 = -(y + 1) * share * (1 - share);
      out.dEta3 = out.dEta2 * (1 - 2 * share);
    },
  }),
  mean: (mu) => mu,
  variance: (mu) => mu + mu * mu,
  simulate: (stream, mu) => Math.floor(Math.log(stream.uniform()) / Math.log(mu / (1 + mu))),
});

describe("what fit throws", () => {
  it("is a ModelError with all problems, in the order of the text", async () => {
    const error = await failure(fit("y ~ poisson(mu)\nlog(mu) = 1 + xx + (1 | gg)\nprior beta ~ norm(0)", columns));
    if (!(error instanceof ModelError)) throw error;
    expect(error.problems.map(({ code }) => code)).toEqual([
      "unknown-column",
      "unknown-column",
      "unknown-distribution",
    ]);
    const untold = prepareModelError("y ~ poisson(mu)\nlog(mu) = 1 + xx + (1 | t)", {
      ...columns,
      t: [1, 2, 1, 2, 1, 2],
    });
    expect(untold.problems.map(({ severity }) => severity)).toEqual(["error", "warning"]);
  });

  it("quotes a model that was never a text", () => {
    const { source: _, ...tree } = parseModel("y ~ poisson(mu)\nlog(mu) = 1 + xx");
    expect(prepareModelError(tree, columns).message).toMatch(/^model:2:15: unknown column "xx"/);
  });

  it("is a DataError for what is no table", async () => {
    const error = await failure(fit(model, { y: 3, x: "mg" }));
    expect(error).toBeInstanceOf(DataError);
  });

  it("is an OptionsError with all that is wrong", async () => {
    const options = { ...quick, chains: 0, draws: -1, engine: "stan", workers: 0.5, chain: 3 };
    const error = await failure(Reflect.apply(fit, undefined, [model, columns, options]));
    if (!(error instanceof OptionsError)) throw error;
    expect(error.problems.map(({ message }) => message.split(";")[0])).toEqual([
      "chains is 0",
      "draws is -1",
      "workers is 0.5",
      'engine is "stan"',
      'unknown option "chain"',
    ]);
    expect(error.problems.at(-1)?.message).toMatch(/did you mean "chains"\? options: /);
  });

  it("is the signal's reason when it was stopped before the first draw", async () => {
    const error = await failure(fit(model, columns, { ...quick, signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
  });

  it("is a ChainError with the fit of the chains that were done", async () => {
    let chain = 0;
    const onProgress = (progress: ChainProgress) => {
      chain = progress.chain;
    };
    const broken = {
      ...geometric,
      name: "broken",
      rowLikelihood: (data: Parameters<typeof geometric.rowLikelihood>[0]) => {
        const { evaluate } = geometric.rowLikelihood(data);
        return {
          evaluate: (...row: Parameters<typeof evaluate>) => {
            if (chain === 2) throw new Error("my family is broken");
            evaluate(...row);
          },
        };
      },
    };
    const options = { ...quick, families: [broken], onProgress };
    const error = await failure(fit(model.replace("poisson", "broken"), columns, options));
    if (!(error instanceof ChainError)) throw error;
    expect(error).toBeInstanceOf(SamplingError);
    expect(error.message).toMatch(/^chain 2 failed: my family is broken; this should not happen/);
    expect(error.finished?.draws("beta[x]").length).toBe(1);
    expect(error.finished?.posterior.record.partial).toBe(true);
    const atOnce = await failure(fit(model, columns, { ...quick, onProgress: fail }));
    expect(atOnce).toMatchObject({ message: "at once" });
  });
});

function fail(): never {
  throw new Error("at once");
}

function prepareModelError(...input: Parameters<typeof prepareModel>): ModelError {
  try {
    prepareModel(...input);
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("plug-ins", () => {
  /** Failures before a success: negative_binomial(mu, 1), written from its definition. */
  const gauss = definePrior({ ...priors.filter(({ name }) => name === "normal")[0], name: "gauss" });

  it("are families and priors like the built-in ones", () => {
    const own = prepareModel("y ~ geometric(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ gauss(0, 2)", columns, {
      families: [geometric],
      priors: [gauss],
    });
    const builtIn = prepareModel(
      "y ~ negative_binomial(mu, 1)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(0, 2)",
      columns,
    );
    const densities = [own, builtIn].map(({ compiled }) => compiled.logDensity("noncentred"));
    for (const shift of [-1, 0, 0.7]) {
      const position = Float64Array.from({ length: densities[0].dimension }, (_, k) => Math.cos(k) + shift);
      const gradients = densities.map(() => position.slice());
      const values = densities.map((density, k) => density.logDensityGradient(position, gradients[k]));
      expect(values[0]).toBeCloseTo(values[1], 10);
      gradients[0].forEach((slope, k) => {
        expect(slope).toBeCloseTo(gradients[1][k], 10);
      });
    }
  });

  it("run in this thread, whatever the number of workers", async () => {
    const options = { ...quick, workers: 4, families: [geometric] };
    const result = await fit("y ~ geometric(mu)\nlog(mu) = 1 + x + (1 | g)", columns, options);
    expect(result.posterior.record.chains.length).toBe(2);
  });

  it("cannot take the name of another", async () => {
    const own = { ...geometric, name: "poisson" };
    const error = await failure(fit(model, columns, { families: [own], priors: [gauss, { ...gauss }] }));
    if (!(error instanceof OptionsError)) throw error;
    expect(error.problems.map(({ message }) => message)).toEqual([
      'families has "poisson", a name that is taken; allowed: names of their own',
      'priors has "gauss", a name that is taken; allowed: names of their own',
    ]);
  });
});

it("warns of a flat prior where the data leave a coefficient open", () => {
  const twice = { ...columns, z: columns.x.map((x) => 2 * x) };
  const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + z + (1 | g)";
  const codes = (more: string) => prepareModel(text + more, twice).problems.map(({ code }) => code);
  expect(codes("")).toEqual(["rank-deficient"]);
  expect(codes("\nprior beta ~ flat()")).toEqual(["rank-deficient", "improper-posterior"]);
});
