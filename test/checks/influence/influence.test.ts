import { describe, expect, it } from "vitest";
import { influence } from "../../../src/checks/influence/influence.js";
import { fit } from "../../../src/fit/fit.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { randomPoisson } from "../../../src/math/random/variates.js";

type Data = Readonly<Record<string, readonly (number | string)[]>>;
const without = (data: Data, isOut: (row: number) => boolean): Data =>
  Object.fromEntries(Object.entries(data).map(([name, column]) => [name, column.filter((_, i) => !isOut(i))]));

const stream = createStream("influence", 0);
const n = 72;
// Groups stand in another order in the design than in the table.
const g = Array.from({ length: n }, (_, i) => `g${(5 * i) % 12}`);
const b = new Map(g.map((name) => [name, 0.5 * stream.normal()]));
const x = g.map(() => stream.normal());
const y = x.map((value, i) => randomPoisson(stream, Math.exp(1.2 + 0.4 * value + (b.get(g[i]) ?? 0))));
x[7] = 2.6;
y[7] = 0;
const data = { x, y, g };
const model =
  "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior sd[g] ~ exponential(1)\nprior beta[x] ~ normal(0, 2.5)\nprior intercept ~ normal(0, 5)";

describe("rows of a linear model", () => {
  it("have the leverage of the hat matrix, Cook's distance, and the shifts of the closed form", async () => {
    const noise = createStream(2, 0);
    const own = Array.from({ length: 20 }, (_, i) => i / 10 + (i === 19 ? 1.5 : 0));
    const w = own.map((value, i) => 1 + value + 0.5 * noise.normal() + (i === 19 ? 1 : 0));
    const fitted = await fit(
      "w ~ normal(mu, 0.5)\nmu = 1 + own\nprior beta ~ normal(0, 1000)\nprior intercept ~ normal(0, 1000)",
      { own, w },
      { engine: "laplace", draws: 40_000 },
    );
    const found = await influence(fitted);
    const mean = own.reduce((a, v) => a + v, 0) / 20;
    const Sxx = own.reduce((a, v) => a + (v - mean) ** 2, 0);
    const slope = own.reduce((a, v, i) => a + (v - mean) * w[i], 0) / Sxx;
    const level = w.reduce((a, v) => a + v, 0) / 20;
    own.forEach((value, i) => {
      const h = 1 / 20 + (value - mean) ** 2 / Sxx;
      const e = w[i] - level - slope * (value - mean);
      expect(Math.abs(found.leverage[i] - h)).toBeLessThan(0.03 * h + 0.001);
      // beta - beta_-i = (X'X)^-1 x_i e_i / (1 - h_i), in posterior sds of sigma = 0.5; the Cook distance with the known sigma.
      const change = ((value - mean) / Sxx) * (e / (1 - h));
      const shift = -change / (0.5 / Math.sqrt(Sxx));
      const k = found.parameters.indexOf("beta[own]");
      const cook = (e * e * h) / (2 * 0.25 * (1 - h) ** 2);
      const isReached = found.paretoK[i] < 0.5;
      expect(Math.abs(found.shifts[k][i] - shift)).toBeLessThan(isReached ? 0.05 : 0.4 * Math.abs(shift) + 0.1);
      if (isReached) expect(Math.abs(found.cook[i] - cook)).toBeLessThan(0.1 * cook + 0.01);
    });
    expect(found.leverage.reduce((a, v) => a + v, 0)).toBeCloseTo(2, 1);
    expect(structuredClone(found)).toEqual(found);
  });
});

describe("units of a mixed model", () => {
  const shiftsOf = async (isOut: (row: number) => boolean) => {
    const [whole, rest] = [
      await fit(model, data, { engine: "inla" }),
      await fit(model, without(data, isOut), { engine: "inla" }),
    ];
    return whole.summary().parameters.map(({ name, mean, sd }) => {
      const other = rest.summary().parameters.find((row) => row.name === name)?.mean ?? Number.NaN;
      return (other - mean) / sd;
    });
  };

  it.each(["nuts", "laplace", "inla"] as const)("move parameters as refits do, rows and groups: %s", async (engine) => {
    const fitted = await fit(model, data, { engine, seed: 4 });
    const rows = await influence(fitted);
    expect(rows.units).toEqual(Array.from({ length: n }, (_, i) => i + 1));
    expect(rows.parameters).toEqual(["beta[Intercept]", "beta[x]", "sd[g, Intercept]"]);
    const worst = rows.cook.indexOf(Math.max(...rows.cook));
    expect(rows.units[worst]).toBe(8);
    const row = await shiftsOf((i) => i === 7);
    row.forEach((shift, k) => {
      expect(Math.abs(rows.shifts[k][7] - shift), rows.parameters[k]).toBeLessThan(0.25 * Math.abs(shift) + 0.15);
    });
    const plain = await shiftsOf((i) => i === 20);
    plain.forEach((shift, k) => {
      expect(Math.abs(rows.shifts[k][20] - shift)).toBeLessThan(0.12);
    });
    const groups = await influence(fitted, { group: "g" });
    expect(groups.group).toBe("g");
    const at = groups.cook.indexOf(Math.max(...groups.cook));
    const group = await shiftsOf((i) => g[i] === groups.units[at]);
    group.forEach((shift, k) => {
      expect(Math.abs(groups.shifts[k][at] - shift), groups.parameters[k]).toBeLessThan(0.3 * Math.abs(shift) + 0.2);
    });
    for (const found of [rows, groups])
      for (const values of [found.divergence, found.leverage, found.cook])
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    // Effective parameters: between those of the fixed effects and all of them.
    const total = rows.leverage.reduce((a, v) => a + v, 0);
    expect(total).toBeGreaterThan(2);
    expect(total).toBeLessThan(14);
  });
});

describe("a step from the estimates of maximum likelihood", () => {
  const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
  it.each([
    ["rows", undefined],
    ["groups", "g"],
  ] as const)("goes where refits go: %s", async (_, group) => {
    const fitted = await fit(text, data, { engine: "ml" });
    const found = await influence(fitted, { group });
    expect(found).toMatchObject({ engine: "ml", method: "one-step" });
    const units = group === undefined ? [7, 20, 33] : found.units.keys();
    const far: (number | string)[] = [];
    for (const u of units) {
      const isOut = group === undefined ? (i: number) => i === u : (i: number) => g[i] === found.units[u];
      const rest = await fit(text, without(data, isOut), { engine: "ml" });
      const shifts = fitted.ml.parameters.map(({ name, estimate, standardError }) => {
        const other = rest.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
        return (other - estimate) / standardError;
      });
      const isFar = shifts.some((shift) => Math.abs(shift) > 0.7);
      if (isFar) far.push(found.units[u]);
      shifts.forEach((shift, k) => {
        const error = Math.abs(found.shifts[k][u] - shift);
        if (isFar) expect(Math.abs(shift) < 0.3 || Math.sign(found.shifts[k][u]) === Math.sign(shift)).toBe(true);
        else
          expect(error, `${found.parameters[k]} without ${found.units[u]}`).toBeLessThan(0.12 * Math.abs(shift) + 0.02);
      });
    }
    const warned = found.warnings.map(({ message }) => message).join();
    for (const unit of far) expect(warned).toContain(`${unit} (`);
    expect(found.warnings.map(({ code }) => code)).toEqual(["far-step"]);
  });

  it("of a linear model is that by hand", async () => {
    const w = x.map((value, i) => value + Math.sin(i));
    const fitted = await fit("w ~ normal(mu, sigma)\nmu = 1 + x", { w, x }, { engine: "ml" });
    const found = await influence(fitted);
    const rest = await fit(
      "w ~ normal(mu, sigma)\nmu = 1 + x",
      without({ w, x }, (i) => i === 7),
      { engine: "ml" },
    );
    fitted.ml.parameters.forEach(({ estimate, standardError }, k) => {
      const shift = ((rest.ml.parameters[k].estimate ?? Number.NaN) - estimate) / standardError;
      if (found.parameters[k].startsWith("beta"))
        expect(Math.abs(found.shifts[k][7] - shift)).toBeLessThan(0.1 * Math.abs(shift) + 0.02);
    });
  });
});

describe("what has no influence to tell", () => {
  it("is refused with the way out", async () => {
    const crossed = await fit(
      "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)",
      { ...data, h: g.map((_, i) => `h${i % 5}`) },
      { engine: "ml" },
    );
    await expect(influence(crossed)).rejects.toThrow(
      "of models with one grouping factor at most; fit with laplace, inla or nuts",
    );
    const fitted = await fit("y ~ poisson(mu)\nlog(mu) = 1 + x", data, { engine: "ml" });
    await expect(influence(fitted, { group: "h" })).rejects.toThrow(
      "the model has no grouping factor; leave the option out",
    );
    await expect(influence(fitted, { colour: 1 } as never)).rejects.toThrow('unknown option "colour"');
  });
});
