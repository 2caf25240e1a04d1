import { describe, expect, it } from "vitest";
import {
  engines,
  fit,
  fitFromJSON,
  fitToJSON,
  predict,
  simulate,
  simulateModel,
  simulationSummary,
} from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";

const rows = 60;
const columns = {
  x: Array.from({ length: rows }, (_, i) => (i % 5) - 2),
  g: Array.from({ length: rows }, (_, i) => `g${Math.floor(i / 5)}`),
  w: Array.from({ length: rows }, (_, i) => 1 + (i % 3)),
  count: Array.from({ length: rows }, (_, i) => (7 * i) % 9),
  y: Array.from({ length: rows }, (_, i) => ((13 * i) % 17) / 4),
  n: Array.from({ length: rows }, (_, i) => 4 + (i % 4)),
  s: Array.from({ length: rows }, (_, i) => (3 * i) % 5),
};
const poisson = "count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const normal = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)";

const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const varianceOf = (values: ArrayLike<number>) => {
  const centre = meanOf(values);
  return Array.from(values).reduce((a, b) => a + (b - centre) ** 2, 0) / (values.length - 1);
};
const at = (data: readonly Float64Array[], row: number) => data.map((values) => values[row]);
const covarianceOf = (a: readonly number[], b: readonly number[]) =>
  meanOf(a.map((value, k) => (value - meanOf(a)) * (b[k] - meanOf(b))));
/** Standard errors of a fixed seed. */
const FAR = 4;

describe("responses of a model that is not fitted", () => {
  // y = a + 0.5 x + b + e with a ~ N(2, 1), b ~ N(0, 1.5^2), e ~ N(0, 0.8^2): each row is normal with mean 2 + 0.5 x and variance 1 + 2.25 + 0.64.
  const model = `${normal}\nprior intercept ~ normal(2, 1)`;
  const draws = 4000;
  const simulated = simulateModel(model, columns, {
    prior: true,
    draws,
    at: "beta[x] = 0.5, sd[g] = 1.5, sigma = 0.8",
  });

  it("have the distribution that the priors and stated values give", async () => {
    const { values, from, effects, row } = await simulated;
    expect({ from, effects, rows: row.length }).toEqual({ from: "prior", effects: "marginal", rows });
    const variance = 1 + 2.25 + 0.64;
    for (const i of [0, 7, 59]) {
      expect(Math.abs(meanOf(at(values, i)) - (2 + 0.5 * columns.x[i]))).toBeLessThan(
        FAR * Math.sqrt(variance / draws),
      );
      expect(Math.abs(varianceOf(at(values, i)) / variance - 1)).toBeLessThan(FAR * Math.sqrt(2 / draws));
    }
  });

  it("share the effects of their level", async () => {
    const { values } = await simulated;
    const [within, between] = [covarianceOf(at(values, 0), at(values, 1)), covarianceOf(at(values, 0), at(values, 6))];
    const error = (FAR * 3.89) / Math.sqrt(draws);
    expect(Math.abs(within - (1 + 2.25))).toBeLessThan(error * 1.3);
    expect(Math.abs(between - 1)).toBeLessThan(error);
  });

  it("have the means and parameters that they were simulated at", async () => {
    const { means, values, parameters } = await simulated;
    expect(parameters.names).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]", "sigma"]);
    for (const draw of parameters.values) expect([...draw].slice(1)).toEqual([0.5, 1.5, 0.8]);
    const errors = values.flatMap((drawn, s) => Array.from(drawn, (value, i) => value - means[s][i]));
    expect(Math.abs(Math.sqrt(varianceOf(errors)) / 0.8 - 1)).toBeLessThan(FAR / Math.sqrt(2 * errors.length));
  });

  it("need no prior where all is stated, and stated covariances are those of the effects", async () => {
    const slopes = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)\nprior beta ~ flat()";
    const stated = { beta: 0, "beta[Intercept]": 1, sd: 2, "sd[g, x]": 0.5, cor: -0.6, sigma: 0.001 };
    const { means, from } = await simulateModel(slopes, columns, { at: stated, draws: 4000 });
    expect(from).toBe("stated");
    const [low, middle] = [at(means, 0), at(means, 2)];
    expect([columns.x[0], columns.x[2]]).toEqual([-2, 0]);
    const slope = middle.map((value, k) => (value - low[k]) / 2);
    expect(Math.sqrt(varianceOf(middle))).toBeCloseTo(2, 0);
    expect(Math.abs(varianceOf(slope) - 0.25)).toBeLessThan(0.03);
    expect(Math.abs(covarianceOf(middle, slope) + 0.6)).toBeLessThan(0.08);
  });

  it("have no effects where their sd is 0, with covariates far from 0 too", async () => {
    const far = { ...columns, x: columns.x.map((value) => value + 500) };
    const slopes = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)";
    const { means } = await simulateModel(slopes, far, {
      at: "beta=0.5, beta[Intercept]=1, sd=0, cor=0.5, sigma=1",
      draws: 2,
    });
    expect([...means[1]]).toEqual(far.x.map((value) => 1 + 0.5 * value));
  });

  it("are the same for a seed, and others for another", async () => {
    const of = (seed: number | string) => simulateModel(poisson, columns, { prior: true, seed, draws: 3 });
    expect(await of(5)).toEqual(await of("5"));
    expect((await of(5)).values).not.toEqual((await of(6)).values);
  });

  it("are counted against plausible limits", async () => {
    const wide = await simulateModel(`${poisson}\nprior intercept ~ normal(0, 20)`, columns, {
      prior: true,
      draws: 2000,
    });
    const { plausible, zeros, impossible, statistics } = simulationSummary(wide);
    expect(plausible?.limits).toEqual([0, 80]);
    // A log mean that is nearly N(0, 20^2) lies above log 80 with probability 0.413.
    expect(Math.abs((plausible?.above ?? 0) - 0.413)).toBeLessThan(0.04);
    expect(zeros).toBeGreaterThan(0.4);
    expect(impossible).toBeLessThan(0.01);
    expect(statistics.map(({ name }) => name)).toEqual(["mean", "sd", "smallest", "largest", "share of 0"]);
    expect(statistics[3].observed).toBe(8);
    expect(simulationSummary(wide, [1, 2]).plausible).toMatchObject({ limits: [1, 2], origin: "as stated" });
  });

  it.each([
    {
      at: undefined,
      prior: false,
      message: "no values of beta[Intercept], beta[x], sd[g, Intercept]; state them (option",
    },
    { at: "beta[x]=1", prior: false, message: "beta[Intercept], sd[g, Intercept] are not stated; state them" },
    { at: "beta[z]=1", prior: true, message: 'unknown parameter "beta[z]"; did you mean "beta[x]"?' },
    { at: "beta[x]", prior: true, message: '"beta[x]" states no value of a parameter; write it as beta[x] = 0.5' },
    { at: "beta[x]=", prior: true, message: '"beta[x]=" states no value of a parameter' },
    { at: "sd[g]=-1", prior: true, message: "sd[g] is -1, and a standard deviation is not negative" },
    { at: "beta[x]=1, beta=2, beta[x]=3", prior: true, message: "beta[x] is stated twice" },
    { at: "intercept=1", prior: true, message: "the intercept is stated where covariates are 0, as beta[Intercept]" },
    { at: { "beta[x]": Number.POSITIVE_INFINITY }, prior: true, message: "a value is a finite number" },
  ])("are refused: $message", async ({ at: stated, prior, message }) => {
    await expect(simulateModel(poisson, columns, { at: stated, prior })).rejects.toThrow(message);
    await expect(simulateModel(poisson, columns, { at: stated, prior })).rejects.toMatchObject({
      name: "SimulationError",
    });
  });

  it("are refused for improper priors, all of them at once, unless the values are stated", async () => {
    const flat = `${poisson}\nprior beta ~ flat()\nprior intercept ~ flat()`;
    await expect(simulateModel(flat, columns, { prior: true })).rejects.toThrow(
      'the prior on intercept is improper: flat()\nthe prior on beta[x] is improper: flat(); there is nothing to draw from: give a proper prior, as in prior intercept ~ normal(0, 2.5), or state the value (option "at"), as in beta[Intercept] = 0.5',
    );
    await expect(simulateModel(flat, columns, { prior: true, at: "beta=0, beta[Intercept]=1" })).resolves.toBeDefined();
  });

  it("are refused for correlations that make no matrix, or that are stated in part", async () => {
    const three = "y ~ normal(mu, sigma)\nmu = 1 + (1 + x + w | g)";
    const cor = (a: number, b: number, c: number) =>
      `cor[g, Intercept, x]=${a}, cor[g, Intercept, w]=${b}, cor[g, x, w]=${c}`;
    await expect(simulateModel(three, columns, { prior: true, at: cor(0.9, 0.9, -0.9) })).rejects.toThrow(
      "make no positive definite matrix",
    );
    await expect(simulateModel(three, columns, { prior: true, at: "cor[g, x, w]=0.1" })).rejects.toThrow(
      "are stated together or not at all, and cor[g, Intercept, x] is not",
    );
    const { means } = await simulateModel(three, columns, {
      prior: true,
      at: `${cor(0.5, -0.3, 0.2)}, sd=1`,
      draws: 2,
    });
    expect(means[0].every(Number.isFinite)).toBe(true);
  });

  it("are refused for unknown options and more than memory takes", async () => {
    await expect(simulateModel(poisson, columns, { prior: true, draws: 0, ...{ drows: 3 } })).rejects.toThrow(
      /draws is 0; allowed: a whole number.*\nunknown option "drows"; did you mean "draws"\?/s,
    );
    const long = { count: new Float64Array(2000).map((_, i) => i % 3), x: new Float64Array(2000).map((_, i) => i % 7) };
    await expect(
      simulateModel("count ~ poisson(mu)\nlog(mu) = 1 + x", long, { prior: true, draws: 1_000_000 }),
    ).rejects.toThrow("draws is 1000000, which for 2000 rows is more than memory takes; ask for 33554 at most");
  });

  it("end where they are told to", async () => {
    const stop = new AbortController();
    const run = simulateModel(poisson, columns, {
      prior: true,
      draws: 200_000,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    await expect(run).rejects.toThrow("enough");
  });
});

const names = engines.map(({ name }) => name);

describe("responses of a fit", () => {
  it.each(names)("have the means of its predictions: %s", async (engine) => {
    const found = await fit(poisson, columns, { engine, seed: 4 });
    const { values, means, row, observed, effects } = await simulate(found, null, { draws: 2000 });
    expect([...row]).toEqual(columns.x.map((_, i) => i));
    expect([...(observed ?? [])]).toEqual(columns.count);
    expect(effects).toBe("conditional");
    const { estimate, sd } = await predict(found, null, { effects: "conditional" });
    for (const i of [0, 11, 42]) {
      const error = Math.sqrt((sd[i] ** 2 + estimate[i]) / 1000);
      expect(Math.abs(meanOf(at(means, i)) - estimate[i]), `row ${i}`).toBeLessThan(0.15 * sd[i] + 1e-9);
      expect(Math.abs(meanOf(at(values, i)) - meanOf(at(means, i))), `row ${i}`).toBeLessThan(FAR * error);
    }
  });

  it.each(names)("of new rows are those of the fit's rows where they are the same: %s", async (engine) => {
    const found = await fit(normal, columns, { engine, seed: 4 });
    const own = await simulate(found, null, { draws: 50 });
    const again = await simulate(found, columns, { draws: 50 });
    again.means.forEach((means, s) => {
      means.forEach((mean, i) => {
        expect(mean).toBeCloseTo(own.means[s][i], 10);
      });
    });
    expect(again.observed).toBeNull();
  });

  it.each(names)("have effects drawn anew, the same in all rows of a level, or none: %s", async (engine) => {
    const found = await fit(normal, columns, { engine, seed: 4 });
    const at0 = { at: "beta=0, beta[Intercept]=0, sd=2, sigma=1", draws: 3000 };
    for (const data of [null, columns]) {
      const { means } = await simulate(found, data, { ...at0, effects: "marginal" });
      expect(at(means, 0)).toEqual(at(means, 1));
      expect(Math.abs(varianceOf(at(means, 0)) / 4 - 1)).toBeLessThan(FAR * Math.sqrt(2 / 3000));
      expect(Math.abs(covarianceOf(at(means, 0), at(means, 7)))).toBeLessThan((FAR * 4) / Math.sqrt(3000));
      const zero = await simulate(found, data, { effects: "zero", draws: 5, at: "beta[x]=0" });
      zero.means.forEach((mean, s) => {
        for (const value of mean) expect(value).toBeCloseTo(zero.parameters.values[s][0], 10);
      });
    }
  });

  it("are those of a saved fit", async () => {
    for (const engine of names) {
      const found = await fit(poisson, columns, { engine, seed: 4 });
      const loaded = await fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(found))));
      expect((await simulate(loaded, null, { draws: 3 })).values).toEqual(
        (await simulate(found, null, { draws: 3 })).values,
      );
    }
  });

  it("have the weights and trials of their rows", async () => {
    const weighted = await fit("y | weights(w) ~ normal(mu, sigma)\nmu = 1 + x", columns, { engine: "ml" });
    const { values, means } = await simulate(weighted, null, { draws: 4000, at: { sigma: 2 } });
    for (const i of [0, 1, 2]) {
      const errors = at(values, i).map((value, s) => value - means[s][i]);
      expect(Math.abs((varianceOf(errors) * columns.w[i]) / 4 - 1)).toBeLessThan(FAR * Math.sqrt(2 / 4000));
    }
    await expect(simulate(weighted, columns)).rejects.toThrow(
      "the response has weights, which other rows are not simulated with",
    );
    const binomial = await fit("s ~ binomial(n, p)\nlogit(p) = 1 + (1 | g)", columns, { engine: "ml" });
    const trials = await simulate(binomial, null, { draws: 50 });
    expect(trials.values.every((drawn) => drawn.every((value, i) => value <= columns.n[i]))).toBe(true);
    expect(Math.max(...trials.values.flatMap((drawn) => [...drawn]))).toBeGreaterThan(4);
    expect(trials.means[0].every((p) => p > 0 && p < 1)).toBe(true);
    await expect(simulate(binomial, { g: ["g1"] })).rejects.toThrow("new responses need their trials");
  });

  it("take independent effects of the mean and the dispersion for new levels", async () => {
    const model = "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)\nlog(sigma) = 1 + (1 | g)";
    const found = await fit(model, columns, { seed: 2, chains: 1, warmup: 100, draws: 100 });
    const stated = "beta[Intercept]=0, sd=1, sigma.beta[Intercept]=0, sigma.sd=1";
    const { values, means } = await simulate(found, { g: ["new"] }, { at: stated, draws: 4000, effects: "marginal" });
    // The mean's effect and the logarithm of the error's size.
    const sizes = values.map((drawn, s) => Math.log(Math.abs(drawn[0] - means[s][0])));
    const cor = covarianceOf(at(means, 0), sizes) / Math.sqrt(varianceOf(at(means, 0)) * varianceOf(sizes));
    expect(Math.abs(cor)).toBeLessThan(FAR / Math.sqrt(4000));
  });

  it("take draws by their weights", async () => {
    const found = await fit("count ~ poisson(mu)\nlog(mu) = 1", columns, { engine: "laplace", seed: 1 });
    const [intercept] = found.posterior.parameters;
    const weights = [new Float64Array(1000)];
    weights[0][10] = 0.25;
    weights[0][700] = 0.75;
    const stream = createStream("weights", 1);
    const marginal = { kind: "draws" as const, chains: [weights[0].map(() => stream.normal())], weights };
    const weighted = { ...found, posterior: { ...found.posterior, parameters: [{ ...intercept, marginal }] } };
    const { parameters } = await simulate(weighted, null, { draws: 8 });
    const [{ chains }] = [marginal];
    expect(parameters.values.map(([value]) => value)).toEqual(
      [10, 10, 700, 700, 700, 700, 700, 700].map((s) => chains[0][s]),
    );
  });

  it("are refused for what the fit cannot give", async () => {
    const found = await fit(poisson, columns, { engine: "ml" });
    await expect(simulate(found, null, { at: "sd=1" })).rejects.toThrow(
      'sd[g, Intercept] is stated, by which effects are drawn, but effects is "conditional"; draw them all anew (effects "marginal")',
    );
    await expect(simulate(found, { x: [1] })).rejects.toThrow('unknown column "g"');
    const conditional = await fit("s ~ binomial(n, p)\nlogit(p) = 1 + x + (1 | g)", columns, {
      engine: "ml",
      method: "conditional",
    });
    await expect(simulate(conditional)).rejects.toThrow("the fit has no finite value of beta[Intercept]");
  });
});
