import { describe, expect, it } from "vitest";
import { contrasts, fit, means, ppc, predict, simulate, simulationSummary } from "../../src/index.js";

const names = ["low", "mid", "high"];
const rows = Array.from({ length: 60 }, (_, i) => ({
  grade: names[(i + (i % 4) * (i % 3)) % 3],
  x: ((i * 7) % 11) / 11,
  g: `g${i % 6}`,
}));
const response = 'factor(grade, "low", "mid", "high")';
const ordered = `${response} ~ cumulative(mu)\nlogit(mu) = x + (1 | g)`;
const plain = `${response} ~ categorical(mu)\nlogit(mu) = x`;
const engines = ["ml", "laplace", "inla"] as const;
const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const columns = names.map((name) => `probability(grade == "${name}")`);

describe("predictions of categories", () => {
  it.each(engines)("are probabilities that sum to 1, by %s", async (engine) => {
    const fitted = await fit(ordered, rows, { engine, level: 0.9 });
    for (const effects of ["zero", "marginal", "conditional"] as const) {
      const found = await predict(fitted, rows.slice(0, 1), {
        effects,
        quantity: 'probability(grade <= "mid") | probability(grade == "high")',
      });
      const [upTo, above] = found.quantities;
      expect(upTo.estimate[0] + above.estimate[0]).toBeCloseTo(1, 2);
      expect(above.lower[0]).toBeLessThan(above.estimate[0]);
      expect(above.upper[0]).toBeLessThan(1);
    }
  });

  it("are those of thresholds and linear predictors", async () => {
    const found = await fit(ordered, rows, { engine: "ml" });
    const value = (name: string) => found.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const { quantities, scale } = await predict(found, rows.slice(0, 1), { effects: "zero" });
    const upTo = [1, 2].map((k) => logistic(value(`threshold[${k}]`) - value("beta[x]") * rows[0].x));
    expect(scale).toBeNull();
    expect(quantities.map(({ name }) => name)).toEqual(columns);
    const expected = [upTo[0], upTo[1] - upTo[0], 1 - upTo[1]];
    quantities.forEach(({ estimate }, k) => {
      expect(estimate[0]).toBeCloseTo(expected[k], 10);
    });
  });

  it("are those of the scores of categories without an order", async () => {
    const found = await fit(plain, rows, { engine: "ml" });
    const value = (name: string) => found.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const { quantities } = await predict(found, rows.slice(0, 1), { effects: "zero" });
    const scores = ["mid", "high"].map((name) =>
      Math.exp(value(`mu.${name}.beta[Intercept]`) + value(`mu.${name}.beta[x]`) * rows[0].x),
    );
    const total = 1 + scores[0] + scores[1];
    [1, ...scores].forEach((score, k) => {
      expect(quantities[k].estimate[0]).toBeCloseTo(score / total, 10);
    });
  });

  it("refuse what takes the numbers of categories for measurements", async () => {
    const found = await fit(ordered, rows, { engine: "laplace" });
    const asked = (options: object) => predict(found, null, { effects: "zero", ...options });
    await expect(asked({ quantity: "mean" })).rejects.toThrow("is a category and no number; take probabilities");
    await expect(asked({ scale: "response" })).rejects.toThrow("new responses of grade are categories");
    await expect(means(found, { of: ["x"] })).rejects.toThrow("grade is a category and no number");
    const compared = await contrasts(found, { of: ["x"], at: ["x=0,1"] });
    expect(compared.quantity).toBe("difference on the latent scale");
  });
});

describe("replicated categories", () => {
  it("have the share of each, and their names", async () => {
    const found = await fit(ordered, rows, { engine: "ml" });
    const { statistics, categories, frequencies } = await ppc(found, { replicates: 50 });
    expect(categories).toEqual(names);
    expect(frequencies).toBeNull();
    expect(statistics.map(({ name }) => name)).toEqual(names.map((name) => `share of ${name}`));
    expect(statistics.reduce((sum, { observed }) => sum + observed, 0)).toBeCloseTo(1, 12);
    await expect(ppc(found, { statistics: ["zeros"] })).rejects.toThrow("whose numbers have no zeros");
    const simulated = await simulate(found, null, { draws: 3 });
    expect(simulated.categories).toEqual(names);
    const summary = simulationSummary(simulated);
    expect(summary.plausible).toBeNull();
    expect(summary.statistics.map(({ name }) => name)).toEqual(names.map((name) => `share of ${name}`));
  });
});
