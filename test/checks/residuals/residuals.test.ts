import { describe, expect, it } from "vitest";
import { ppc } from "../../../src/checks/ppc/ppc.js";
import { residuals } from "../../../src/checks/residuals/residuals.js";
import { OptionsError } from "../../../src/engine/OptionsError.js";
import { fit } from "../../../src/fit/fit.js";
import { createStream } from "../../../src/math/random/createStream.js";
import type { RandomStream } from "../../../src/math/random/RandomStream.js";
import { randomGamma, randomPoisson } from "../../../src/math/random/variates.js";
import { normalCdf } from "../../../src/math/special/normalDistribution.js";
import type { QuantileResiduals, ResidualTest } from "../../../src/summary/Residuals.js";

const engines = ["nuts", "laplace", "inla", "ml"] as const;
const [groups, perGroup] = [15, 8];
const n = groups * perGroup;
const g = Array.from({ length: n }, (_, i) => `g${i % groups}`);

interface Truth {
  readonly phi?: number;
  readonly zeros?: number;
  readonly curvature?: number;
  readonly sd?: number;
}

/** Counts of groups; more dispersed, with zeros of their own, or with a curvature that the model lacks. */
function simulatedCounts(stream: RandomStream, { phi, zeros = 0, curvature = 0, sd = 0.4 }: Truth = {}) {
  const b = Array.from({ length: groups }, () => sd * stream.normal());
  const x = Array.from({ length: n }, () => 2 * stream.uniform() - 1);
  const y = x.map((value, i) => {
    const mu = Math.exp(1.4 + 0.5 * value + curvature * (value * value - 1 / 3) + b[i % groups]);
    if (stream.uniform() < zeros) return 0;
    return randomPoisson(stream, phi === undefined ? mu : (mu / phi) * randomGamma(stream, phi));
  });
  return { y, x, g };
}

const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const pOf = ({ tests }: { readonly tests: readonly ResidualTest[] }, name: string) =>
  tests.find((test) => test.name === name)?.pValue ?? Number.NaN;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** Shares of simulated sets of which a test has p < 0.05. */
async function rejections(sets: number, truth: Truth, model: string, effects: "marginal" | "conditional") {
  const stream = createStream(`rejections ${JSON.stringify(truth)}`, 0);
  const counts = new Map<string, number>();
  for (let s = 0; s < sets; s++) {
    const fitted = await fit(model, simulatedCounts(stream, truth), { engine: "ml" });
    const { tests } = await residuals(fitted, { effects, simulations: 100, seed: s });
    for (const { name, pValue } of tests) counts.set(name, (counts.get(name) ?? 0) + Number(pValue < 0.05) / sets);
  }
  return counts;
}

describe("residuals under the true model", () => {
  it("are rejected about as often as the level says, no more", async () => {
    const rates = await rejections(100, {}, text, "marginal");
    // 100 sets: 5% have at most 11% with a probability of 0.996.
    for (const [name, rate] of rates) expect(rate, name).toBeLessThan(0.12);
    expect(rates.size).toBe(4);
  }, 120_000);

  it("are uniform where the parameters are known", async () => {
    const stream = createStream(77, 0);
    const [R, sets] = [100, 120];
    const rates = { uniformity: 0, dispersion: 0, zeros: 0 };
    const priors = [
      "beta[Intercept] ~ normal(1.4, 0.0001)",
      "beta[x] ~ normal(0.5, 0.0001)",
      "sd[g, Intercept] ~ lognormal(-0.9163, 0.0001)",
    ];
    const known = `${text}\n${priors.map((prior) => `prior ${prior}`).join("\n")}`;
    const all: number[] = [];
    for (let s = 0; s < sets; s++) {
      const own = await fit(known, simulatedCounts(stream), { engine: "laplace", draws: 200 });
      const result = await residuals(own, { simulations: R, seed: s });
      for (const name of ["uniformity", "dispersion", "zeros"] as const)
        rates[name] += Number(pOf(result, name) < 0.05) / sets;
      all.push(result.residuals[s % n]);
    }
    // What 120 sets have with a probability of 0.998; p values of counts with ties are larger than uniform ones.
    expect(rates.uniformity).toBeGreaterThan(0);
    for (const rate of Object.values(rates)) expect(rate).toBeLessThan(0.12);
    const sorted = all.sort((a, b) => a - b);
    const distance = sorted.reduce((most, u, k) => Math.max(most, (k + 1) / sets - u, u - k / sets), 0);
    expect(distance * Math.sqrt(sets)).toBeLessThan(1.63);
  }, 240_000);
});

describe("residuals of a wrong model", () => {
  it.each<[string, Truth, string, string, "marginal" | "conditional"]>([
    ["overdispersion", { phi: 1.2 }, text, "dispersion", "conditional"],
    ["overdispersion, by the distance", { phi: 0.7, sd: 0.1 }, text, "uniformity", "marginal"],
    ["zeros of their own", { zeros: 0.25 }, text, "zeros", "marginal"],
    ["a group effect left out", { sd: 1 }, "y ~ poisson(mu)\nlog(mu) = 1 + x", "dispersion", "marginal"],
  ])("are found out: %s", async (_, truth, model, name, effects) => {
    const rates = await rejections(20, truth, model, effects);
    expect(rates.get(name)).toBeGreaterThan(0.75);
  });

  it("tell of a curvature that is missing, by groups of its covariate, and of none that is not", async () => {
    // A term with hardly any variance brings the column into the model.
    const model = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | third) + (1 | g)\nprior sd[third] ~ constant(0.001)";
    const sets = 8;
    const told = async (curvature: number) => {
      const stream = createStream(`curvature ${curvature}`, 0);
      let [rejected, apart] = [0, 0];
      for (let s = 0; s < sets; s++) {
        const data = simulatedCounts(stream, { curvature, sd: 0.1 });
        const third = data.x.map((value) => (Math.abs(value) < 0.4 ? "middle" : "ends"));
        const fitted = await fit(model, { ...data, third }, { engine: "ml" });
        const { groups: own } = await residuals(fitted, { group: "third", effects: "marginal", seed: s });
        const means = new Map(own?.levels.map(({ level, meanResidual }) => [level, meanResidual]));
        apart += ((means.get("ends") ?? 0) - (means.get("middle") ?? 0)) / sets;
        const smallest = Math.min(...(own?.levels.map((one) => pOf(one, "uniformity")) ?? []));
        rejected += Number(smallest < 0.01) / sets;
      }
      return { rejected, apart };
    };
    const [curved, straight] = [await told(1.2), await told(0)];
    expect(curved.rejected).toBeGreaterThan(0.7);
    expect(curved.apart).toBeGreaterThan(0.15);
    // Two tests at 0.01: more than 2 of 8 sets have a probability below 5e-4.
    expect(straight.rejected).toBeLessThan(0.3);
    expect(Math.abs(straight.apart)).toBeLessThan(0.08);
  });
});

describe.each(engines)("residuals by %s", (engine) => {
  const stream = createStream("residuals", 3);
  const counts = simulatedCounts(stream);
  const data = {
    ...counts,
    yes: counts.y.map((y) => Number(y > 3)),
    size: counts.y.map((y) => y + 2),
    w: counts.x.map((x, i) => x + 0.3 * (i % groups) + stream.normal()),
  };
  it.each([
    text,
    "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)",
    "yes ~ bernoulli(p)\nprobit(p) = 1 + x + (1 | g)",
    "y ~ binomial(size, p)\nlogit(p) = 1 + x + (1 | g)",
    "w ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)",
    "w ~ normal(mu, sigma)\nmu = 1 + x",
  ])("are those by a plain twin: %s", async (model) => {
    const fitted = await fit(model, data, { engine, seed: 2 });
    for (const effects of ["marginal", "conditional"] as const) {
      const result = await residuals(fitted, { effects, simulations: 200, seed: 6 });
      // The twin: replicated data of the same seed are the same, and ranks among them are the residuals within their Monte Carlo error.
      const { replicated } = await ppc(fitted, { effects, replicates: 200, keep: 200, seed: 6 });
      const y = [...result.observed];
      y.forEach((value, i) => {
        const own = replicated.map((one) => one[i]);
        const [less, upTo] = [own.filter((v) => v < value).length / 200, own.filter((v) => v <= value).length / 200];
        expect(result.residuals[i]).toBeGreaterThan(less - 0.16);
        expect(result.residuals[i]).toBeLessThan(upTo + 0.16);
      });
      const spread = (values: ArrayLike<number>) => {
        const distances = y.map((_, i) => values[i] - result.fitted[i]);
        return mean(distances.map((d) => (d - mean(distances)) ** 2));
      };
      const test = result.tests.find(({ name }) => name === "dispersion");
      const simulated = replicated.map(spread);
      expect(test?.observed).toBeCloseTo(spread(y) / mean(simulated), 8);
      const share = Math.min(
        simulated.filter((v) => v <= spread(y)).length,
        simulated.filter((v) => v >= spread(y)).length,
      );
      expect(test?.pValue).toBeCloseTo(Math.min(1, (2 * share) / 200), 10);
      const zeros = result.tests.find(({ name }) => name === "zeros");
      expect(zeros === undefined).toBe(model.startsWith("w") || model.startsWith("yes"));
      if (zeros !== undefined) {
        expect(zeros.observed).toBe(y.filter((v) => v === 0).length);
        expect(zeros.expected).toBeCloseTo(mean(replicated.map((one) => one.filter((v) => v === 0).length)), 10);
      }
      expect(result.method).toBe("exact");
      expect(result.histogram.observed.reduce((a, b) => a + b, 0)).toBe(n);
      expect(structuredClone(result)).toEqual(result);
    }
  });
});

describe("distribution functions", () => {
  it("are those of the estimates: of a linear mixed model the normal one, with the variance of the effects or without", async () => {
    const stream = createStream("normal", 0);
    const x = g.map(() => stream.normal());
    const w = x.map((value, i) => value + 0.2 * (i % groups) + stream.normal());
    const fitted = await fit("w ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)", { w, x, g }, { engine: "ml" });
    const at = (name: string) => fitted.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const modes = fitted.ml.effects?.modes[0] ?? new Float64Array();
    const { levels } = fitted.design.predictors[0].factors[0];
    const conditional = await residuals(fitted, { effects: "conditional", simulations: 50 });
    const marginal = await residuals(fitted, { simulations: 4000 });
    x.forEach((value, i) => {
      const eta = at("beta[Intercept]") + at("beta[x]") * value;
      const own = eta + modes[levels.indexOf(g[i])];
      expect(conditional.residuals[i]).toBeCloseTo(normalCdf((w[i] - own) / at("sigma")), 10);
      const total = Math.hypot(at("sigma"), at("sd[g, Intercept]"));
      expect(Math.abs(marginal.residuals[i] - normalCdf((w[i] - eta) / total))).toBeLessThan(
        (4.5 * 0.3) / Math.sqrt(4000) + 0.01,
      );
    });
  });

  it("of families that have none are taken from simulated responses", async () => {
    const stream = createStream("own", 0);
    const { defineFamily, families } = await import("../../../src/index.js");
    const poisson = families.find(({ name }) => name === "poisson");
    if (poisson === undefined) throw new RangeError("there is a poisson family");
    const { cumulative: _, kernels: __, aliases: ___, conditional: ____, ...record } = poisson;
    const counted = defineFamily({ ...record, name: "counted" });
    const fitted = await fit(text.replace("poisson", "counted"), simulatedCounts(stream), {
      engine: "laplace",
      families: [counted],
    });
    const result = await residuals(fitted, { simulations: 300 });
    expect(result.method).toBe("simulated");
    expect(result.tests.map(({ name }) => name)).toEqual(["uniformity", "dispersion", "zeros", "outliers"]);
    expect(pOf(result, "uniformity")).toBeGreaterThan(0.02);
    expect(Math.abs(mean(result.residuals) - 0.5)).toBeLessThan(0.15);
  });
});

describe("warnings and refusals", () => {
  it("tell what is wrong and what to do", async () => {
    const stream = createStream(9, 0);
    const fitted = await fit(text, simulatedCounts(stream, { zeros: 0.4 }), { engine: "inla" });
    const result: QuantileResiduals = await residuals(fitted, { effects: "conditional" });
    expect(result.warnings.map(({ code }) => code)).toContain("residual-zeros");
    const zeros = result.warnings.find(({ code }) => code === "residual-zeros");
    expect(zeros?.message).toMatch(/^\d+ zeros, where simulated data have \d+(\.\d+)? \(p 0\.0000\)$/);
    expect(zeros?.advice).toContain("negative_binomial");
  });

  it("name options that are wrong, and groups that are not there", async () => {
    const fitted = await fit("w ~ normal(mu, sigma)\nmu = 1", { w: [1, 2, 4, 3] }, { engine: "ml" });
    await expect(residuals(fitted, { simulations: 2 })).rejects.toThrow(OptionsError);
    await expect(residuals(fitted, { group: "g" })).rejects.toThrow(
      'group is "g", which is no grouping factor or column of the model; it has w',
    );
  });
});
