import { describe, expect, it } from "vitest";
import { CheckError } from "../../../src/checks/CheckError.js";
import { ppc } from "../../../src/checks/ppc/ppc.js";
import { OptionsError } from "../../../src/engine/OptionsError.js";
import { fit } from "../../../src/fit/fit.js";
import { createStream } from "../../../src/math/random/createStream.js";
import type { PredictiveCheck } from "../../../src/summary/PredictiveCheck.js";

const engines = ["nuts", "laplace", "inla", "ml"] as const;
const stream = createStream("ppc", 0);
const n = 80;
// Not in the order of the groups, so that rows of the design stand in another order than those of the table.
const g = Array.from({ length: n }, (_, i) => `g${(7 * i) % 10}`);
const b = new Map(g.map((name) => [name, 0.6 * stream.normal()]));
const x = g.map(() => stream.normal());
const eta = x.map((value, i) => 0.7 + 0.4 * value + (b.get(g[i]) ?? 0));
const size = g.map((_, i) => 4 + (i % 3));
const data = {
  g,
  x,
  arm: g.map((_, i) => (i % 2 === 0 ? "drug" : "control")),
  size,
  count: eta.map((at) => Math.floor(Math.exp(at) + 1.2 * stream.uniform())),
  yes: eta.map((at) => Number(stream.uniform() < 1 / (1 + Math.exp(-at)))),
  successes: eta.map((at, i) => size.slice(0, size[i]).filter(() => stream.uniform() < 1 / (1 + Math.exp(-at))).length),
  y: eta.map((at) => at + 0.5 * stream.normal()),
};
const models = {
  poisson: "count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)",
  negativeBinomial: "count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)",
  bernoulli: "yes ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)",
  binomial: "successes ~ binomial(size, p)\nlogit(p) = 1 + x + (1 | g)",
  normal: "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)",
  plain: "y ~ normal(mu, sigma)\nmu = 1 + x",
};

const statistic = ({ statistics }: Pick<PredictiveCheck, "statistics">, name: string) => {
  const found = statistics.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no ${name}`);
  return found;
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const variance = (values: readonly number[]) => sum(values.map((v) => (v - mean(values)) ** 2)) / (values.length - 1);
const byGroup = (values: readonly number[]) => [...new Set(g)].map((name) => values.filter((_, i) => g[i] === name));

describe.each(engines)("replicated data by %s", (engine) => {
  it.each(Object.entries(models))(
    "have statistics, of the data exactly and of replicates about them: %s",
    async (_, model) => {
      const fitted = await fit(model, data, { engine, seed: 2 });
      for (const effects of ["marginal", "conditional"] as const) {
        const result = await ppc(fitted, { effects, replicates: 400, seed: 5 });
        const y = [...result.observed];
        expect(statistic(result, "mean").observed).toBeCloseTo(mean(y), 12);
        const tail = statistic(result, "mean");
        expect(tail.above + tail.below).toBeGreaterThanOrEqual(1);
        expect(Math.min(tail.above, tail.below)).toBeGreaterThan(0.02);
        expect(tail.values).toHaveLength(400);
        expect(result.replicated).toHaveLength(20);
        expect(result.replicated.every((one) => one.length === n)).toBe(true);
        expect(result.factors).toEqual(model.includes("|") ? ["g"] : []);
        expect(structuredClone(result)).toEqual(result);
        expect(await ppc(fitted, { effects, replicates: 400, seed: 5 })).toEqual(result);
        expect(statistic(await ppc(fitted, { effects, replicates: 400, seed: 6 }), "mean").values).not.toEqual(
          tail.values,
        );
      }
    },
  );
});

describe("statistics", () => {
  it("are what they are called", async () => {
    const fitted = await fit(models.poisson, data, { engine: "ml" });
    const names = ["mean", "sd", "min", "max", "zeros", "q0", "q25", "q50", "q97.5", "within_sd", "between_sd"];
    const result = await ppc(fitted, { statistics: names, replicates: 50 });
    const y = data.count;
    const sorted = [...y].sort((a, b) => a - b);
    const quantile = (p: number) => {
      const at = p * (n - 1);
      return sorted[Math.floor(at)] + (at % 1) * (sorted[Math.ceil(at)] - sorted[Math.floor(at)]);
    };
    const within = sum(byGroup(y).map((own) => sum(own.map((v) => (v - mean(own)) ** 2)))) / (n - 10);
    const expected = {
      mean: mean(y),
      sd: Math.sqrt(variance(y)),
      min: sorted[0],
      max: sorted[n - 1],
      zeros: y.filter((v) => v === 0).length / n,
      q0: sorted[0],
      q25: quantile(0.25),
      q50: quantile(0.5),
      "q97.5": quantile(0.975),
      within_sd: Math.sqrt(within),
      between_sd: Math.sqrt(variance(byGroup(y).map(mean))),
    };
    expect(result.statistics.map(({ name }) => name)).toEqual(names);
    for (const { name, observed } of result.statistics)
      expect(observed, name).toBeCloseTo(expected[name as keyof typeof expected], 10);
    // Replicates that are returned whole have the statistics that stand beside them.
    result.replicated.forEach((responses, r) => {
      expect(statistic(result, "mean").values?.[r]).toBeCloseTo(mean([...responses]), 12);
      expect(statistic(result, "zeros").values?.[r]).toBe(responses.filter((v) => v === 0).length / n);
    });
  });

  it("of the user get the responses in the order of the data, and the numbers of their rows", async () => {
    const fitted = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + arm", data, { engine: "ml" });
    const slope = (responses: Float64Array, rows: Int32Array) =>
      sum(Array.from(rows, (row, k) => responses[k] * data.x[row - 1])) / rows.length;
    const result = await ppc(fitted, { statistics: ["mean"], functions: { slope }, replicates: 300, group: "arm" });
    expect(statistic(result, "slope").observed).toBeCloseTo(mean(data.y.map((v, i) => v * data.x[i])), 12);
    expect(Math.min(statistic(result, "slope").above, statistic(result, "slope").below)).toBeGreaterThan(0.02);
    const drug = result.groups?.levels.find(({ level }) => level === "drug");
    const own = data.y.flatMap((v, i) => (data.arm[i] === "drug" ? [v * data.x[i]] : []));
    expect(drug?.statistics.find(({ name }) => name === "slope")?.observed).toBeCloseTo(mean(own), 12);
    expect([...result.rows]).toEqual(Array.from({ length: n }, (_, i) => i + 1));
  });

  it("have tail areas that count ties on both sides", async () => {
    const fitted = await fit(models.bernoulli, data, { engine: "ml" });
    const { statistics } = await ppc(fitted, { statistics: ["max", "mean"], replicates: 200 });
    expect(statistics[0]).toMatchObject({ observed: 1, above: 1, below: 1 });
    const { values = new Float64Array(), observed, above, below } = statistics[1];
    expect(above).toBe(values.filter((v) => v >= observed).length / 200);
    expect(below).toBe(values.filter((v) => v <= observed).length / 200);
  });
});

describe("replicates of maximum likelihood", () => {
  it("have the marginal mean and covariance of the model at its estimates, and with its modes the conditional ones", async () => {
    const fitted = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)", data, { engine: "ml" });
    const at = (name: string) => fitted.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const replicates = 4000;
    const result = await ppc(fitted, { replicates, keep: replicates, seed: 9 });
    const eta = x.map((value) => at("beta[Intercept]") + at("beta[x]") * value);
    const [s0, s1, sigma] = [at("sd[g, Intercept]"), at("sd[g, x]"), at("sigma")];
    const rho = at("cor[g, Intercept, x]");
    const covarianceOf = (i: number, j: number) =>
      (g[i] === g[j] ? s0 * s0 + rho * s0 * s1 * (x[i] + x[j]) + s1 * s1 * x[i] * x[j] : 0) +
      (i === j ? sigma ** 2 : 0);
    const column = (i: number) => result.replicated.map((one) => one[i]);
    for (const i of [0, 3, 41]) {
      const sd = Math.sqrt(covarianceOf(i, i));
      expect(Math.abs(mean(column(i)) - eta[i]) / sd).toBeLessThan(4 / Math.sqrt(replicates));
      for (const j of [0, 10, 20, 5]) {
        const [one, other] = [column(i), column(j)];
        const [m, k] = [mean(one), mean(other)];
        const found = mean(one.map((v, r) => (v - m) * (other[r] - k)));
        const error = Math.sqrt((covarianceOf(i, i) * covarianceOf(j, j) + covarianceOf(i, j) ** 2) / replicates);
        expect(Math.abs(found - covarianceOf(i, j))).toBeLessThan(4.5 * error);
      }
    }
    const conditional = await ppc(fitted, { effects: "conditional", replicates, keep: replicates, seed: 9 });
    const modes = fitted.ml.effects?.modes[0] ?? new Float64Array();
    const level = fitted.design.predictors[0].factors[0].levels.indexOf(g[3]);
    const expected = eta[3] + modes[2 * level] + modes[2 * level + 1] * x[3];
    const own = conditional.replicated.map((one) => one[3]);
    expect(Math.abs(mean(own) - expected)).toBeLessThan((4 * sigma) / Math.sqrt(replicates));
    expect(Math.sqrt(variance(own))).toBeCloseTo(sigma, 1);
  });
});

describe("weighted draws of laplace", () => {
  it("count by their weights", async () => {
    const fitted = await fit(models.poisson, data, { engine: "laplace", seed: 4 });
    const [{ marginal }] = fitted.posterior.parameters;
    if (marginal.kind !== "draws" || marginal.weights === null) throw new RangeError("laplace has weighted draws");
    // All the weight on one draw: every replicate is made at it.
    const weights = marginal.chains.map((chain) => chain.map((_, s) => Number(s === 7)));
    const single = <T extends { readonly marginal: unknown }>(quantity: T) => ({
      ...quantity,
      marginal: { ...Object(quantity.marginal), weights },
    });
    const { parameters, randomEffects } = fitted.posterior;
    const posterior = {
      ...fitted.posterior,
      parameters: parameters.map(single),
      randomEffects: randomEffects.map(single),
    };
    const result = await ppc({ ...fitted, posterior }, { effects: "conditional", replicates: 3000, keep: 3000 });
    const draw = Float64Array.from([...parameters, ...randomEffects], (quantity) =>
      quantity.marginal.kind === "draws" ? quantity.marginal.chains[0][7] : Number.NaN,
    );
    const rows = fitted.compiled.rowsAtDraws();
    const at = rows.drawnRows();
    rows.read(draw, at);
    for (const row of [0, 17, 60]) {
      const mu = Math.exp(at.eta[fitted.design.rowIndex.indexOf(row)]);
      expect(Math.abs(mean(result.replicated.map((one) => one[row])) - mu)).toBeLessThan(4 * Math.sqrt(mu / 3000));
    }
  });
});

describe("frequencies", () => {
  it("count the rows of each bin, in the data and on average in the replicates", async () => {
    const fitted = await fit(models.poisson, data, { engine: "inla", seed: 2 });
    const { frequencies, replicated } = await ppc(fitted, { replicates: 60, keep: 60, level: 0.8 });
    if (frequencies === null) throw new RangeError("counts have frequencies");
    expect(frequencies.isDiscrete).toBe(true);
    expect(sum([...frequencies.observed])).toBe(n);
    expect(sum([...frequencies.expected])).toBeCloseTo(n, 10);
    frequencies.lower.forEach((from, k) => {
      const inBin = (v: number) => v >= from && v <= frequencies.upper[k];
      expect(frequencies.observed[k]).toBe(data.count.filter(inBin).length);
      const counts = replicated.map((one) => one.filter(inBin).length);
      expect(frequencies.expected[k]).toBeCloseTo(mean(counts), 10);
      expect(counts.filter((c) => c < frequencies.expectedLower[k]).length).toBeLessThanOrEqual(6);
      expect(counts.filter((c) => c > frequencies.expectedUpper[k]).length).toBeLessThanOrEqual(6);
    });
  });

  it("of measurements lie in bins from the least to the largest, and beyond", async () => {
    const fitted = await fit(models.normal, data, { engine: "ml" });
    const { frequencies, replicated } = await ppc(fitted, { replicates: 40, keep: 40 });
    if (frequencies === null) throw new RangeError("measurements have frequencies");
    const { lower, upper, observed, expected } = frequencies;
    expect([lower[0], upper[upper.length - 1]]).toEqual([-Infinity, Infinity]);
    expect([observed[0], observed[observed.length - 1], sum([...observed])]).toEqual([0, 0, n]);
    const least = Math.min(...data.y);
    expect(expected[0]).toBeCloseTo(mean(replicated.map((one) => one.filter((v) => v < least).length)), 10);
  });
});

describe("calibration", () => {
  it.each(["bernoulli", "binomial"] as const)("sets proportions beside predicted probabilities: %s", async (name) => {
    const fitted = await fit(models[name], data, { engine: "laplace", seed: 3 });
    const { calibration, frequencies, replicated } = await ppc(fitted, { replicates: 100, keep: 100 });
    if (calibration === null) throw new RangeError("probabilities have a calibration");
    expect(frequencies === null).toBe(name === "bernoulli");
    const { rows, trials, predicted, observed, lower, upper } = calibration;
    const all = name === "bernoulli" ? g.map(() => 1) : size;
    const y = name === "bernoulli" ? data.yes : data.successes;
    expect([sum([...rows]), sum([...trials])]).toEqual([n, sum(all)]);
    expect(sum(Array.from(observed, (p, k) => p * trials[k]))).toBeCloseTo(sum(y), 8);
    expect([...predicted]).toEqual([...predicted].sort((a, b) => a - b));
    const replicatedSum = mean(replicated.map((one) => sum([...one])));
    expect(sum(Array.from(predicted, (p, k) => p * trials[k])) / replicatedSum).toBeCloseTo(1, 1);
    observed.forEach((_, k) => {
      expect(lower[k]).toBeLessThanOrEqual(upper[k]);
    });
    expect(Array.from(observed, (p, k) => Number(p < lower[k] || p > upper[k])).filter(Boolean).length).toBeLessThan(4);
  });
});

describe("data that the model does not make", () => {
  it("are told of, with what to do", async () => {
    const noise = createStream(3, 0);
    const zeros = g.map((_, i) => (noise.uniform() < 0.4 ? 0 : 6 + (i % 5)));
    const fitted = await fit("k ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", { k: zeros, g }, { engine: "inla" });
    const { warnings } = await ppc(fitted);
    const text = warnings.map(({ code, message }) => `${code}: ${message}`).join("\n");
    expect(text).toMatch(
      /unlike-replicates: zeros: the data have 0\.\d+, and none of 1000 replicated data sets have as much \(on average 0\.\d+\)/,
    );
    expect(text).toMatch(/unlike-replicates: within_sd: /);
    expect(warnings.map(({ advice }) => advice).join()).toContain("negative_binomial");
  });
});

describe("what cannot be replicated", () => {
  const refusal = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof Error ? `${error.name}: ${error.message}` : "nothing";
  };

  it("is refused with the way out", async () => {
    const fitted = await fit(models.poisson, data, { engine: "ml" });
    expect(await refusal(ppc(fitted, { group: "clinic" }))).toBe(
      'CheckError: group is "clinic", which is no grouping factor or column of the model; it has g, count, x',
    );
    const plain = await fit(models.plain, data, { engine: "ml" });
    expect(await refusal(ppc(plain, { statistics: ["within_sd"] }))).toContain(
      "the statistic within_sd needs groups, and the model has no grouping factor; name a column by group",
    );
    const weighted = await fit("count | weights(size) ~ poisson(mu)\nlog(mu) = 1 + x", data, { engine: "ml" });
    expect(await refusal(ppc(weighted))).toContain("rows with likelihood weights stand for several rows");
    const summarised = await fit(models.poisson, data, { randomEffects: "summary", draws: 100, chains: 1 });
    expect(await refusal(ppc(summarised, { effects: "conditional" }))).toContain("summarised as they came");
    expect((await ppc(summarised)).replicates).toBe(1000);
    const conditional = await fit("yes ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", data, {
      engine: "ml",
      method: "conditional",
    });
    expect(await refusal(ppc(conditional))).toContain("has no finite estimate by the method conditional");
    const wrong = { notANumber: () => "many" } as unknown as Record<string, () => number>;
    expect(await refusal(ppc(fitted, { functions: wrong }))).toContain(
      "the statistic notANumber returned string; it must return a number",
    );
  });

  it("has all that is wrong with the options at once", async () => {
    const fitted = await fit(models.plain, data, { engine: "ml" });
    const options = { statistics: ["kurtosis"], effects: "zero", replicates: 3, colour: 1 };
    const error = await ppc(fitted, options as never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OptionsError);
    expect(error instanceof OptionsError && error.problems.map(({ option, code }) => `${option} ${code}`)).toEqual([
      "statistics not-allowed",
      "effects not-allowed",
      "replicates not-allowed",
      "colour unknown-option",
    ]);
    expect(String(error)).toContain(
      "mean, sd, min, max, zeros, dispersion, within_sd, between_sd, and quantiles by their percentage as q2.5 or q90",
    );
  });

  it("ends when its signal says so", async () => {
    const fitted = await fit(models.plain, data, { engine: "ml" });
    const signal = AbortSignal.abort(new CheckError("enough"));
    expect(await refusal(ppc(fitted, { signal }))).toBe("CheckError: enough");
  });
});
