import { describe, expect, it } from "vitest";
import { compareEngines } from "../../src/compare/engines/compareEngines.js";
import { fit } from "../../src/fit/fit.js";
import { normalQuantile } from "../../src/math/special/normalDistribution.js";
import { readTable } from "../../src/platform/node/readTable.js";

const file = (path: string) => new URL(`../../${path}`, import.meta.url).pathname;
const text = "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)";
const cbpp = () => readTable(file("models/cbpp/data.csv"));

describe("the level of intervals", () => {
  it("sets Wald's and the profile's in maximum likelihood", async () => {
    const table = await cbpp();
    const by = async (level: number, intervals: "wald" | "profile") =>
      (await fit(text, table, { engine: "ml", method: "laplace", intervals, level })).ml.parameters;
    const [wald] = await by(0.8, "wald");
    expect(wald.upper - wald.estimate).toBeCloseTo(normalQuantile(0.9) * wald.standardError, 10);
    const [narrow, wide] = [await by(0.5, "profile"), await by(0.95, "profile")];
    narrow.forEach(({ name, lower, upper, estimate }, k) => {
      expect(wide[k].lower, name).toBeLessThan(lower);
      expect(lower, name).toBeLessThan(estimate);
      expect(wide[k].upper, name).toBeGreaterThan(upper);
    });
    // Near the top a profile is a parabola: a narrow interval is Wald's.
    const [tiny] = await by(0.05, "profile");
    const [same] = await by(0.05, "wald");
    expect(Math.abs(tiny.upper - same.upper)).toBeLessThan(0.01 * (same.upper - same.estimate));
  });

  it("sets the quantiles of a posterior, and the intervals of engines compared", async () => {
    const table = await cbpp();
    const summary = (await fit(text, table, { engine: "inla", level: 0.5 })).summary();
    expect(summary.level).toBe(0.5);
    for (const { q5, lower, median, upper, q95 } of summary.parameters)
      expect([q5, lower, median, upper, q95]).toEqual([q5, lower, median, upper, q95].sort((a, b) => a - b));
    const { level, engines } = await compareEngines(text, table, { engines: ["inla", "ml:laplace"], level: 0.5 });
    expect(level).toBe(0.5);
    expect(engines[0].parameters.map(({ upper }) => upper)).toEqual(summary.parameters.map(({ upper }) => upper));
    expect(engines[1].parameters[0].upper - engines[1].parameters[0].estimate).toBeCloseTo(
      normalQuantile(0.75) * engines[1].parameters[0].sd,
      8,
    );
  });

  it("is between 0 and 1", async () => {
    const table = await cbpp();
    for (const level of [0, 1, 95, Number.NaN])
      await expect(fit(text, table, { engine: "ml", level })).rejects.toThrow(
        /level is .*; allowed: a number between 0 and 1/,
      );
  });
});
