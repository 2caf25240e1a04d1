import { describe, expect, it } from "vitest";
import { loo } from "../../../src/checks/loo/loo.js";
import { fit } from "../../../src/fit/fit.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { ResultError } from "../../../src/posterior/ResultError.js";
import type { Loo } from "../../../src/summary/CrossValidation.js";

type Data = Readonly<Record<string, readonly (number | string)[]>>;

const without = (data: Data, isOut: (row: number) => boolean): Data =>
  Object.fromEntries(Object.entries(data).map(([name, column]) => [name, column.filter((_, i) => !isOut(i))]));

/** log p(y), all priors being stated, so that the difference of two is log p(y_i | y_-i). */
async function logEvidence(text: string, data: Data): Promise<number> {
  const { approximation } = await fit(text, data, { engine: "inla" });
  return approximation.logMarginalLikelihood;
}

const logNormal = (x: number, mean: number, variance: number) =>
  -0.5 * ((x - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));

describe("rows of a normal mean with known sigma", () => {
  const y = [1.2, -0.4, 2.2, 0.9, 1.6, -1.1, 0.7];
  const text = "y ~ normal(mu, 0.8)\nmu = 1\nprior beta[Intercept] ~ normal(0.5, 2)";
  const exact = y.map((value, i) => {
    const others = y.filter((_, j) => j !== i);
    const precision = 1 / 4 + others.length / 0.64;
    return logNormal(value, (0.5 / 4 + others.reduce((a, b) => a + b, 0) / 0.64) / precision, 0.64 + 1 / precision);
  });

  it.each(["nuts", "laplace", "inla"] as const)("have the closed form by %s, within their errors", async (engine) => {
    const result = await loo(await fit(text, { y }, { engine, seed: 3 }));
    exact.forEach((value, i) => {
      expect(Math.abs(result.pointwise.elpd[i] - value)).toBeLessThan(5 * result.pointwise.mcse[i]);
      expect(result.pointwise.mcse[i]).toBeLessThan(0.03);
    });
    expect(result.pointwise.units).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(result.unreliable).toBe(0);
    expect(result.warnings).toEqual([]);
    expect(result.looic.estimate).toBeCloseTo(-2 * result.elpd.estimate, 12);
    expect(structuredClone(result)).toEqual(result);
  });
});

describe("rows and groups of a small Poisson model", () => {
  const stream = createStream(11, 0);
  const subject = Array.from({ length: 18 }, (_, i) => ["f", "a", "e", "b", "d", "c"][i % 6]);
  const effects = Array.from({ length: 6 }, () => 0.6 * stream.normal());
  const x = subject.map(() => stream.normal());
  const y = x.map((value, i) => Math.round(Math.exp(0.8 + 0.3 * value + effects[i % 6] + 0.4 * stream.normal())));
  y[4] = 7;
  const text = [
    "y ~ poisson(mu)",
    "log(mu) = 1 + x + (1 | subject)",
    "prior beta[Intercept] ~ normal(0, 2)",
    "prior beta[x] ~ normal(0, 1)",
    "prior sd[subject, Intercept] ~ exponential(1)",
  ].join("\n");
  const data = { y, x, subject };
  const refitted = async (isOut: (row: number) => boolean) =>
    (await logEvidence(text, data)) - (await logEvidence(text, without(data, isOut)));

  const errorsOf = async (result: Loo, isOut: (unit: number | string, row: number) => boolean) => {
    const exact: number[] = [];
    const { units, elpd, mcse, paretoK } = result.pointwise;
    for (const unit of units) exact.push(await refitted((row) => isOut(unit, row)));
    const isReliable = (k: number) => paretoK[k] <= result.largestReliableK;
    return elpd.map((value, k) => (isReliable(k) ? Math.abs(value - exact[k]) / (mcse[k] + 0.01) : 0));
  };

  it.each(["nuts", "laplace", "inla"] as const)("left out by weights are as refits have them: %s", async (engine) => {
    const result = await loo(await fit(text, data, { engine, seed: 3 }));
    expect(result.unreliable).toBeLessThan(2);
    expect(Math.max(...(await errorsOf(result, (unit, row) => unit === row + 1)))).toBeLessThan(4);
  });

  it("has groups left out with their effects integrated out, as refits have them", async () => {
    const result = await loo(await fit(text, data, { engine: "nuts", seed: 3 }), { group: "subject" });
    expect(result.pointwise.units).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(result.unreliable).toBe(0);
    expect(Math.max(...(await errorsOf(result, (unit, row) => unit === subject[row])))).toBeLessThan(4);
  });
});

describe("groups that others are nested in", () => {
  const stream = createStream(7, 0);
  const rows = 40;
  const school = Array.from({ length: rows }, (_, i) => Math.floor(i / 8));
  const classroom = Array.from({ length: rows }, (_, i) => Math.floor(i / 2));
  const [ofSchool, ofClass] = [5, 20].map((count) => Array.from({ length: count }, () => 0.7 * stream.normal()));
  const y = school.map((s, i) => Math.round(Math.exp(0.6 + ofSchool[s] + ofClass[classroom[i]])));
  const text = [
    "y ~ poisson(mu)",
    "log(mu) = 1 + (1 | school/classroom)",
    "prior beta[Intercept] ~ normal(0, 2)",
    "prior sd ~ exponential(1)",
  ].join("\n");
  const data = { y, school, classroom };

  it("are left out with all that is nested in them, as refits have them", async () => {
    const whole = await logEvidence(text, data);
    const options = { engine: "nuts", chains: 2, draws: 400, seed: 3, workers: 0 } as const;
    const result = await loo(await fit(text, data, options), { group: "school" });
    const { units, elpd, mcse, paretoK } = result.pointwise;
    for (const [k, unit] of units.entries()) {
      expect(paretoK[k], `school ${unit}`).toBeLessThan(0.8);
      const exact =
        whole -
        (await logEvidence(
          text,
          without(data, (row) => String(school[row]) === unit),
        ));
      expect(Math.abs(elpd[k] - exact), `school ${unit}`).toBeLessThan(4 * (mcse[k] + 0.01));
    }
  });
});

describe("what cannot be left out", () => {
  const data = { y: [1, 2, 0, 3, 1, 2], g: ["a", "a", "b", "b", "c", "c"] };
  const text = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)";

  it("groups of a factor that the model has not", async () => {
    const fitted = await fit(text, data, { engine: "laplace" });
    await expect(loo(fitted, { group: "h" })).rejects.toThrow(
      'group is "h", which is no grouping factor of the model\'s mean; it has g',
    );
    const plain = await fit("y ~ poisson(mu)\nlog(mu) = 1", data, { engine: "laplace" });
    await expect(loo(plain, { group: "g" })).rejects.toThrow("the model has no grouping factor; leave the option out");
  });

  it("rows whose random effects were not kept", async () => {
    const fitted = await fit(text, data, { randomEffects: "summary", draws: 50, warmup: 50, chains: 2 });
    const failure = loo(fitted);
    await expect(failure).rejects.toThrow(ResultError);
    await expect(failure).rejects.toThrow(
      'b[g, a, Intercept] has no draws: they were summarised as they came\n  keep them: fit with randomEffects "draws"',
    );
  });

  it("anything once the signal is aborted", async () => {
    const fitted = await fit(text, data, { engine: "laplace" });
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(loo(fitted, { signal: controller.signal })).rejects.toThrow("enough");
  });
});
