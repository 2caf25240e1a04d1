import { describe, expect, it } from "vitest";
import { defineFamily, families, fit } from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";
import { normalCdf } from "../../src/math/special/normalDistribution.js";
import { marginalMean } from "../../src/predict/marginalMean.js";
import { predict } from "../../src/predict/predict.js";

const stream = createStream("predictions", 1);
const rows = 120;
const g = Array.from({ length: rows }, (_, i) => `g${i % 12}`);
const x = Array.from({ length: rows }, () => stream.normal());
const arm = Array.from({ length: rows }, (_, i) => (Math.floor(i / 12) % 2 === 0 ? "control" : "drug"));
const b = Array.from({ length: 12 }, () => [0.7 * stream.normal(), 0.3 * stream.normal()]);
const eta = x.map((value, i) => {
  const [b0, b1] = b[i % 12];
  return 0.4 + 0.5 * value - 0.6 * Number(arm[i] === "drug") + b0 + b1 * value;
});
const data = {
  x,
  arm,
  g,
  count: eta.map((value) => poisson(Math.exp(value))),
  yes: eta.map((value) => Number(stream.uniform() < 1 / (1 + Math.exp(-value)))),
  y: eta.map((value) => value + 0.5 * stream.normal()),
};

function poisson(mean: number): number {
  let [k, product] = [0, stream.uniform()];
  for (const least = Math.exp(-mean); product > least; product *= stream.uniform()) k++;
  return k;
}

const models = {
  poisson: "count ~ poisson(mu)\nlog(mu) = 1 + x + arm + (1 + x | g)",
  logit: "yes ~ bernoulli(p)\nlogit(p) = 1 + x + arm + (1 | g)",
  normal: "y ~ normal(mu, sigma)\nmu = 1 + x + arm + (1 + x | g)",
};
const engines = ["nuts", "laplace", "inla"] as const;
const newRows = { x: [0, 1, -1], arm: ["drug", "control", "drug"], g: ["g3", "g99", "g3"] };

const medianOf = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
};
const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((a, v) => a + v, 0) / values.length;

describe("the mean over normal effects", () => {
  it.each([
    ["logit", (at: number) => 1 / (1 + Math.exp(-at))],
    ["cloglog", (at: number) => -Math.expm1(-Math.exp(at))],
    ["probit", normalCdf],
    ["log", Math.exp],
    ["identity", (at: number) => at],
  ])("is that by brute force: %s", (link, inverse) => {
    const mean = marginalMean(link);
    for (const at of [-6, -2, 0, 0.7, 3])
      for (const variance of [0, 0.01, 0.5, 2, 9, 40]) {
        const sd = Math.sqrt(variance);
        let [total, mass] = [0, 0];
        for (let z = -12; z <= 12; z += 1 / 2048) {
          const weight = Math.exp(-0.5 * z * z);
          total += weight * inverse(at + sd * z);
          mass += weight;
        }
        const exact = total / mass;
        expect(Math.abs(mean(at, variance) - exact), `${at} ${variance}`).toBeLessThan(
          1e-8 * Math.max(1e-6, Math.abs(exact)),
        );
      }
  });
});

describe("predictions of a posterior", () => {
  it.each(engines)("are functions of its draws: %s", async (engine) => {
    const found = await fit(models.poisson, data, { engine, seed: 3 });
    const draw = (name: string) => found.draws(name).flatMap((chain) => [...chain]);
    const [b0, bx, drug] = ["Intercept", "x", "arm.drug"].map((name) => draw(`beta[${name}]`));
    const effects = ["Intercept", "x"].map((name) => draw(`b[g, g3, ${name}]`));
    const [sd0, sd1, cor] = ["sd[g, Intercept]", "sd[g, x]", "cor[g, Intercept, x]"].map(draw);
    const expected = {
      link: b0.map((value, s) => value - bx[s] + drug[s] + effects[0][s] - effects[1][s]),
      zero: b0.map((value, s) => value - bx[s] + drug[s]),
      variance: sd0.map((sd, s) => sd ** 2 + sd1[s] ** 2 - 2 * cor[s] * sd * sd1[s]),
    };
    const at = async (effects: "conditional" | "marginal" | "zero", scale: "link" | "mean") =>
      (await predict(found, newRows, { effects, scale })).estimate[2];
    expect(await at("conditional", "link")).toBeCloseTo(medianOf(expected.link), 10);
    expect(await at("conditional", "mean")).toBeCloseTo(medianOf(expected.link.map(Math.exp)), 10);
    expect(await at("zero", "mean")).toBeCloseTo(medianOf(expected.zero.map(Math.exp)), 10);
    expect(await at("marginal", "mean")).toBeCloseTo(
      medianOf(expected.zero.map((value, s) => Math.exp(value + expected.variance[s] / 2))),
      10,
    );
  });

  it("of new levels have the variance of effects besides, and say that levels are new", async () => {
    const found = await fit(models.logit, data, { engine: "laplace", draws: 20_000 });
    const { isNew, sd, estimate } = await predict(found, newRows, { effects: "conditional", scale: "link" });
    expect([...isNew]).toEqual([0, 1, 0]);
    const fixed = await predict(found, newRows, { effects: "zero", scale: "link" });
    const variance = meanOf(found.draws("sd[g, Intercept]")[0].map((value) => value * value));
    expect(sd[1]).toBeCloseTo(Math.sqrt(fixed.sd[1] ** 2 + variance), 1);
    expect(Math.abs(estimate[1] - fixed.estimate[1])).toBeLessThan(0.05);
    const response = await predict(found, newRows, { effects: "marginal", scale: "response" });
    const marginal = await predict(found, newRows, { effects: "marginal" });
    response.estimate.forEach((share, i) => {
      expect(Math.abs(share - marginal.estimate[i])).toBeLessThan(0.015);
    });
  });
});

describe("predictions of maximum likelihood", () => {
  it("at the fit's own rows are its fitted values, and intervals come of the delta method", async () => {
    const found = await fit(models.normal, data, { engine: "ml" });
    const { ml } = found;
    const estimate = new Map(ml.parameters.map(({ name, estimate }) => [name, estimate]));
    const [modes] = ml.effects?.modes ?? [];
    const levels = found.design.predictors[0].factors[0].levels;
    const conditional = await predict(found, null, { effects: "conditional" });
    expect([...conditional.row]).toEqual(Array.from({ length: rows }, (_, i) => i));
    conditional.estimate.forEach((value, i) => {
      const level = levels.indexOf(g[i]);
      const fixed = (estimate.get("beta[Intercept]") ?? 0) + (estimate.get("beta[x]") ?? 0) * x[i];
      const drug = arm[i] === "drug" ? (estimate.get("beta[arm.drug]") ?? 0) : 0;
      expect(value).toBeCloseTo(fixed + drug + modes[2 * level] + modes[2 * level + 1] * x[i], 10);
    });
    const zero = await predict(found, newRows, { effects: "zero" });
    const names = ml.parameters.map(({ name }) => name);
    const V = (one: string, other: string) =>
      ml.covariance?.[names.indexOf(one) * names.length + names.indexOf(other)] ?? Number.NaN;
    const [i, d] = ["beta[Intercept]", "beta[arm.drug]"];
    expect(zero.sd[0]).toBeCloseTo(Math.sqrt(V(i, i) + V(d, d) + 2 * V(i, d)), 7);
    expect(zero.upper[0] - zero.estimate[0]).toBeCloseTo(1.959964 * zero.sd[0], 6);
  });

  it("are near those of a posterior on every scale", async () => {
    for (const model of Object.values(models)) {
      const ml = await fit(model, data, { engine: "ml" });
      const posterior = await fit(model, data, { engine: "laplace" });
      for (const effects of ["conditional", "marginal", "zero"] as const)
        for (const scale of ["link", "mean"] as const) {
          const known = { ...newRows, g: ["g3", "g0", "g3"] };
          const [own, other] = await Promise.all(
            [ml, posterior].map((found) => predict(found, known, { effects, scale, level: 0.9 })),
          );
          own.estimate.forEach((value, i) => {
            expect(Math.abs(value - other.estimate[i]) / other.sd[i], `${model} ${effects} ${scale} ${i}`).toBeLessThan(
              0.6,
            );
            // Means of effects on a log scale have a posterior with a long tail.
            const widths = [own, other].map(({ lower, upper }) => upper[i] - lower[i]);
            expect(Math.abs(Math.log(widths[0] / widths[1])), `${model} ${effects} ${scale} ${i}`).toBeLessThan(0.8);
          });
        }
    }
  });
});

describe("quantities of new responses", () => {
  const known = { ...newRows, g: ["g3", "g0", "g3"] };
  const quantity = ["mean | variance", "probability(count > 2) | quantile(0.9)"];

  it.each(engines)("are functions of the draws: %s", async (engine) => {
    const found = await fit(models.poisson, data, { engine, seed: 3 });
    const { quantities, scale, row } = await predict(found, known, { effects: "zero", quantity });
    expect([scale, row.length]).toEqual([null, 3]);
    expect(quantities.map(({ name }) => name)).toEqual(["mean", "variance", "probability(count > 2)", "quantile(0.9)"]);
    const means = await predict(found, known, { effects: "zero", scale: "mean" });
    for (const k of [0, 1]) {
      expect(quantities[k].estimate).toEqual(means.estimate);
      expect(quantities[k].lower).toEqual(means.lower);
    }
    const draw = (name: string) => found.draws(name).flatMap((chain) => [...chain]);
    const [b0, bx, drug] = ["Intercept", "x", "arm.drug"].map((name) => draw(`beta[${name}]`));
    const tails = b0.map((value, s) => {
      const mu = Math.exp(value - bx[s] + drug[s]);
      return 1 - Math.exp(-mu) * (1 + mu + (mu * mu) / 2);
    });
    expect(quantities[2].estimate[2]).toBeCloseTo(medianOf(tails), 12);
  });

  it("agree between engines, whatever is made of the effects", async () => {
    const how = { nuts: { engine: "nuts", draws: 250 }, laplace: { engine: "laplace", draws: 1000 } } as const;
    for (const name of ["poisson", "normal"] as const) {
      const fits = [];
      for (const options of [how.laplace, how.nuts, { engine: "inla" }, { engine: "ml" }] as const)
        fits.push(await fit(models[name], data, options));
      const asked = { quantity: "variance | probability(y > 1)", level: 0.9 };
      for (const effects of ["conditional", "marginal", "zero"] as const) {
        const [reference, ...others] = await Promise.all(fits.map((one) => predict(one, known, { effects, ...asked })));
        for (const { quantities } of others)
          quantities.forEach(({ estimate }, k) => {
            const { estimate: expected, sd } = reference.quantities[k];
            estimate.forEach((value, i) => {
              const apart = Math.abs(value - expected[i]) / Math.max(sd[i], 1e-12);
              expect(apart, `${name} ${effects} ${k} ${i}`).toBeLessThan(0.7);
            });
          });
      }
    }
  }, 60_000);

  it("stay where they can be in intervals of maximum likelihood, and have none where they jump", async () => {
    const found = await fit(models.poisson, data, { engine: "ml" });
    const { quantities, notes } = await predict(found, known, {
      effects: "marginal",
      quantity: "variance | probability(y > 20) | quantile(0.9)",
    });
    const [variance, probability, quantile] = quantities;
    for (const i of [0, 1, 2]) {
      expect(variance.lower[i]).toBeGreaterThan(0);
      expect(probability.lower[i]).toBeGreaterThan(0);
      expect(probability.upper[i]).toBeLessThan(1);
      expect(quantile.estimate[i]).toBeGreaterThan(0);
      expect([quantile.sd[i], quantile.lower[i]]).toEqual([Number.NaN, Number.NaN]);
    }
    expect(notes.join()).toContain("a quantile of counts is no smooth function of the estimates");
  });

  it("count the successes of a binomial response, and need its trials", async () => {
    const counts = { ...data, n: data.count.map((count) => count + 4) };
    const found = await fit("count ~ binomial(n, p)\nlogit(p) = 1 + x + (1 | g)", counts, { engine: "ml" });
    const at = { x: [0, 1], n: [10, 3] };
    const options = { effects: "zero", quantity: "mean | probability(y == 0)" } as const;
    const { quantities } = await predict(found, at, options);
    const { estimate: p } = await predict(found, { x: at.x }, { effects: "zero" });
    for (const i of [0, 1]) {
      expect(quantities[0].estimate[i]).toBeCloseTo(at.n[i] * p[i], 12);
      expect(quantities[1].estimate[i]).toBeCloseTo((1 - p[i]) ** at.n[i], 12);
    }
    await expect(predict(found, { x: at.x }, options)).rejects.toThrow(
      /new responses need their trials\n(.|\n)*give the column of the trials too/,
    );
    await expect(predict(found, { ...at, n: [10, 2.5] }, options)).rejects.toThrow(
      /n as trials is 2.5 in row 2, which is no positive whole number|is no positive whole number/,
    );
  });

  it("have the precision weights and known errors of the rows", async () => {
    const rowsOf = { ...data, w: data.x.map((_, i) => 1 + (i % 3)), s: data.x.map((_, i) => 0.2 + 0.1 * (i % 4)) };
    const at = { x: [0, 1], w: [4, 1], s: [0.3, 2] };
    const sdOf = async (response: string, columns: object) => {
      const found = await fit(`y ${response}\nmu = 1 + x + (1 | g)`, rowsOf, { engine: "ml" });
      const { estimate, notes } = await predict(found, { ...columns }, { effects: "zero", quantity: "sd" });
      return {
        estimate: [...estimate],
        notes,
        sigma: found.ml.parameters.find(({ name }) => name === "sigma")?.estimate ?? 0,
      };
    };
    const weighted = await sdOf("| weights(w) ~ normal(mu, sigma)", at);
    expect(weighted.estimate[0]).toBeCloseTo(weighted.sigma / 2, 10);
    expect(weighted.notes).toEqual([]);
    const unweighted = await sdOf("| weights(w) ~ normal(mu, sigma)", { x: at.x });
    expect(unweighted.notes).toEqual([
      "the rows have no weights, which the rows of the fit have: each counts as one of weight 1",
    ]);
    expect(unweighted.estimate[0]).toBeCloseTo(unweighted.sigma, 10);
    const known = await sdOf("| se(s) ~ normal(mu)", at);
    expect(known.estimate[1]).toBeCloseTo(2, 10);
    const added = await sdOf("| se(s, sigma) ~ normal(mu, sigma)", at);
    expect(added.estimate[1]).toBeCloseTo(Math.hypot(2, added.sigma), 8);
    await expect(sdOf("| se(s) ~ normal(mu)", { x: at.x })).rejects.toThrow(/new responses need their standard errors/);
  });

  it("are refused where a family cannot tell them, or a response is continuous", async () => {
    const found = await fit(models.normal, data, { engine: "ml" });
    const wrong = { effects: "zero", quantity: "probability(y == 1)" } as const;
    await expect(predict(found, known, wrong)).rejects.toThrow(
      /is continuous, so that no single value has a probability/,
    );
    await expect(predict(found, known, { ...wrong, scale: "mean", quantity: "mean" })).rejects.toThrow(
      /scale does not go with quantity/,
    );
    await expect(predict(found, known, { ...wrong, quantity: "probability(x > 1)" })).rejects.toThrow(
      /"x" is not the response, which is called "y"/,
    );
    const { cumulative: _, ...bare } = families.find(({ name }) => name === "poisson") ?? expect.fail();
    const own = defineFamily({ ...bare, name: "bare" });
    const custom = await fit("count ~ bare(mu)\nlog(mu) = 1 + x", data, { engine: "ml", families: [own] });
    await expect(predict(custom, known, { effects: "zero", quantity: "quantile(0.5)" })).rejects.toThrow(
      'quantity is quantile(0.5), and the family "bare" has no distribution function: give its record "cumulative"',
    );
    const { estimate } = await predict(custom, known, { effects: "zero", quantity: "variance" });
    expect(estimate[0]).toBeGreaterThan(0);
  });
});

describe("predictions for known levels at the fit's own rows", () => {
  it.each([...engines, "ml"] as const)(
    "are its fitted values: %s",
    async (engine) => {
      const binomial = "count ~ binomial(n, p)\nlogit(p) = 1 + x + (1 | g)";
      const table = { ...data, n: data.count.map((count) => count + 4) };
      for (const model of [...Object.values(models), binomial]) {
        const found = await fit(model, table, engine === "nuts" ? { engine, draws: 100 } : { engine });
        const own = await predict(found, null, { effects: "conditional", scale: "link" });
        const again = await predict(found, table, { effects: "conditional", scale: "link" });
        expect([...again.row]).toEqual([...own.row]);
        again.estimate.forEach((value, i) => {
          expect(value).toBeCloseTo(own.estimate[i], 9);
        });
        if ("ml" in found) continue;
        // As the density itself reads draws back into rows.
        const { quantities, rowsAtDraws } = found.compiled;
        const names = [...quantities.parameters, ...quantities.randomEffects.map(({ name }) => name)];
        const columns = names.map((name) => found.draws(name).flatMap((chain) => [...chain]));
        const rows = rowsAtDraws();
        const at = rows.drawnRows();
        const first: number[] = [];
        for (let s = 0; s < columns[0].length; s++) {
          rows.read(
            Float64Array.from(columns, (column) => column[s]),
            at,
          );
          first.push(at.eta[0]);
        }
        const place = own.row.indexOf(found.design.rowIndex[0]);
        expect(own.estimate[place]).toBeCloseTo(medianOf(first), 9);
      }
    },
    60_000,
  );
});

describe("wrong input", () => {
  it("is told all at once, the choice of effects with what each means", async () => {
    const found = await fit(models.normal, data, { engine: "ml" });
    const misspelt: unknown = { effects: "zero", scal: "link" };
    await expect(Reflect.apply(predict, undefined, [found, newRows, misspelt])).rejects.toThrow(
      'unknown option "scal"; did you mean "scale"?',
    );
    const wrong: unknown = { level: 2 };
    await expect(Reflect.apply(predict, undefined, [found, newRows, wrong])).rejects.toThrow(
      /level is 2.*\neffects says/,
    );
    await expect(predict(found, newRows, { effects: "zero", scale: "response" })).rejects.toThrow(
      /maximum likelihood has no draws/,
    );
    await expect(predict(found, { ...newRows, arm: ["drug", "plcebo", "drug"] }, { effects: "zero" })).rejects.toThrow(
      /arm is "plcebo" in row 2, a level that the fit has not/,
    );
    await expect(predict(found, { arm: newRows.arm }, { effects: "zero" })).rejects.toThrow(/unknown column "x"/);
    const marginal = await predict(found, { x: newRows.x, arm: newRows.arm }, { effects: "marginal" });
    expect(marginal.estimate.length).toBe(3);
    const stopped = predict(found, newRows, { effects: "zero", signal: AbortSignal.abort(new Error("enough")) });
    await expect(stopped).rejects.toThrow("enough");
  });
});
