import { describe, expect, it } from "vitest";
import { fit, predict, type SolveOptions, solve } from "../../../src/index.js";
import { solveTextReport } from "../../../src/report/solveTextReport.js";

const rows = 72;
const g = Array.from({ length: rows }, (_, i) => `g${i % 12}`);
const x = Array.from({ length: rows }, (_, i) => ((7 * i) % 11) - 2);
const effect = g.map((_, i) => ((5 * (i % 12)) % 7) - 3);
const counts = x.map((value, i) => Math.round(Math.exp(0.6 + 0.15 * value + 0.15 * effect[i])) + ((3 * i) % 3) - 1);
const data = {
  g,
  x,
  count: counts.map((value) => Math.max(0, value)),
  size: x.map((value, i) => 1 + 0.4 * value + 0.5 * effect[i] + ((4 * i) % 5) - 2),
};
const ofCounts = "count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const ofSizes = "size ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)";
const engines = ["nuts", "laplace", "inla", "ml"] as const;

describe.each(engines)("solving for a quantity of new responses: %s", async (engine) => {
  const [byCounts, bySizes] = await Promise.all([ofCounts, ofSizes].map((text) => fit(text, data, { engine })));

  it.each([
    [byCounts, "probability(y > 3)", 0.4, engine === "ml" ? "marginal" : "zero"],
    [byCounts, "variance", 2.5, "zero"],
    [byCounts, "mean", 3, "marginal"],
    [bySizes, "probability(size > 3)", 0.5, "marginal"],
    [bySizes, "quantile(0.9)", 5, "marginal"],
    [bySizes, "quantile(0.9)", 5, "zero"],
  ] as const)("finds where it takes the target: %#", async (made, quantity, target, effects) => {
    const { rows, ...told } = await solve(made, { for: "x", target, quantity, effects });
    expect(told).toMatchObject({ quantity, target, effects, scale: "mean" });
    const [{ estimate, lower, upper, direction }] = rows;
    expect(direction).toBe("rising");
    const at = { x: [estimate, lower, upper], g: ["new", "new", "new"] };
    const {
      estimate: [predicted],
    } = await predict(made, at, { quantity, effects });
    // The median of the draws' solutions is where the median of the quantity is the target.
    expect(predicted).toBeCloseTo(target, engine === "ml" ? 5 : 2);
  });
});

describe("solutions", () => {
  const bow = x.map((value, i) => 4 - 0.3 * (value - 3) ** 2 + effect[i] / 6);

  it.each(["laplace", "ml"] as const)("tell where else the mean takes the target: %s", async (engine) => {
    const made = await fit("bow ~ normal(mu, sigma)\nmu = 1 + x + I(x^2)", { x, bow }, { engine });
    const found = await solve(made, { for: "x", target: 3 });
    const [{ estimate, others, direction }] = found.rows;
    expect(direction).toBe("rising");
    expect(others).toHaveLength(1);
    expect((estimate + others[0]) / 2).toBeCloseTo(3, 1);
    const text = solveTextReport({ result: found, seconds: { read: 0, total: 0 } });
    expect(text).toMatch(/^the mean is 3 at 4\.\d+ too; the table has the smallest solution$/m);
    expect(text).not.toContain("above it beyond");
  });

  it("name pieces of a set outside of the range for what they are", async () => {
    const made = await fit("count ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)", data, { engine: "ml" });
    const found = await solve(made, { for: "x", target: 3, effects: "marginal" });
    const [{ set }] = found.rows;
    expect(set?.length).toBeGreaterThan(1);
    const text = solveTextReport({ result: found, seconds: { read: 0, total: 0 } }).replaceAll(/\s+/g, " ");
    expect(text).toMatch(/95% confidence set \(as Fieller's\): -?\d\.\d+ to \d\.\d+ outside the range/);
    expect(text).toMatch(/range searched, the mean is so uncertain that 3 is not excluded either: all (up to|from) /);
  });

  it("are refused of quantities that cannot be had", async () => {
    const made = await fit(ofCounts, data, { engine: "ml" });
    const refused = async (options: Partial<SolveOptions>, message: string) =>
      expect(solve(made, { for: "x", target: 0.4, effects: "zero", ...options })).rejects.toThrow(message);
    await refused(
      { quantity: "probability(y > 3)", target: 2 },
      "target is 2, and probability(y > 3) lies between 0 and 1",
    );
    await refused({ quantity: "variance", target: -1 }, "target is -1, and variance lies above 0");
    await refused({ quantity: "mean | sd" }, "quantity is mean | sd; one is solved for at a time");
    await refused({ quantity: "sd", scale: "link" }, "scale does not go with quantity");
    await refused(
      { quantity: "quantile(0.9)", target: 3 },
      "quantity is quantile(0.9), and a quantile of counts is no smooth",
    );
    await refused({ quantity: "probability(y > )" }, "probability(y > )");
    await refused(
      { quantity: "probability(y > 3)", target: 0.9999 },
      "probability(y > 3) does not take the value 0.9999 where x goes",
    );
    await refused(
      { quantity: "probability(y > 3)", effects: undefined },
      "effects says what is made of the random effects",
    );
    const bySizes = await fit(ofSizes, data, { engine: "laplace" });
    await expect(solve(bySizes, { for: "x", target: 2, quantity: "sd" })).rejects.toThrow("effects says what is made");
  });
});
