import { describe, expect, it } from "vitest";
import type { Table } from "../../../src/data/Table.js";
import { toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { EffectsGivenParameters } from "../../../src/marginal/effects/EffectsGivenParameters.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { groupedTable, randomParts, someValues, viewOf } from "../designs.js";

function cavitiesOf(view: LatentGaussian) {
  const effects = new EffectsGivenParameters(view);
  expect(effects.at(someValues(view))).toBe(true);
  return effects.cavities();
}

/** The table without one of its rows. */
function without(table: Table, row: number): Table {
  const columns = [...table.columns].map(([name, column]) => {
    if (column.kind !== "number") throw new Error("all columns of the table are numbers");
    return [name, column.values.filter((_, i) => i !== row)];
  });
  return toTable(Object.fromEntries(columns));
}

const table = groupedTable(11, 60);

describe("rows' linear predictors without the rows themselves", () => {
  for (const [structure, { random }] of Object.entries(randomParts)) {
    it(`are those of the data less a row, exactly where the likelihood is normal: ${structure}`, () => {
      // Of a raw intercept, so that no column is centred anew.
      const text = `y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}\nprior beta[Intercept] ~ normal(0, 1)`;
      const { view, design } = viewOf(text, table);
      const { cavityMeans, cavityVariances, cavitySkewness } = cavitiesOf(view);
      const all = laplaceMarginal(view).evaluate(someValues(view), null);
      // Rows 20 and on, none of which is the only one of its level.
      for (const row of [20, 33, 47]) {
        const i = design.rowIndex.indexOf(row);
        const less = viewOf(text, without(table, row)).view;
        const leftOut = all - laplaceMarginal(less).evaluate(someValues(less), null);
        const variance = cavityVariances[i] + 0.64;
        const off = design.response.values[i] - cavityMeans[i];
        expect(cavitySkewness[i]).toBeCloseTo(0, 12);
        expect(-0.5 * ((off * off) / variance + Math.log(2 * Math.PI * variance))).toBeCloseTo(leftOut, 9);
      }
    });
  }

  it("have the moments of numerical integration, to the order they are taken", () => {
    // One group of six counts: the density of the intercept given five of them, on a grid.
    const counts = [3, 1, 4, 2, 6, 1];
    const data = toTable({ y: [...counts, 2, 2], g: [..."aaaaaabb"] });
    const { view, design } = viewOf(
      "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior beta[Intercept] ~ normal(0, 1)",
      data,
    );
    const cavities = cavitiesOf(view);
    counts.forEach((left, row) => {
      const [mean, variance, skewness] = momentsGiven(
        counts.filter((_, i) => i !== row),
        0.3,
        0.7,
      );
      const i = design.rowIndex.indexOf(row);
      expect(design.response.values[i]).toBe(left);
      expect(Math.abs(cavities.cavityMeans[i] - mean) / Math.sqrt(variance)).toBeLessThan(0.1);
      expect(Math.abs(cavities.cavityVariances[i] / variance - 1)).toBeLessThan(0.1);
      expect(Math.abs(cavities.cavitySkewness[i] - skewness)).toBeLessThan(0.08);
      expect(skewness).toBeLessThan(-0.1);
    });
  });
});

/** Mean, variance and skewness of eta = fixed + b given Poisson counts, by a sum over a fine grid. */
function momentsGiven(counts: readonly number[], fixed: number, sd: number): [number, number, number] {
  const grid = Array.from({ length: 4001 }, (_, k) => fixed + sd * (k / 250 - 8));
  const density = grid.map((eta) =>
    Math.exp(counts.reduce((sum, y) => sum + y * eta - Math.exp(eta), -0.5 * ((eta - fixed) / sd) ** 2)),
  );
  const mass = density.reduce((a, b) => a + b);
  const expectation = (of: (eta: number) => number) =>
    grid.reduce((sum, eta, k) => sum + (density[k] * of(eta)) / mass, 0);
  const mean = expectation((eta) => eta);
  const variance = expectation((eta) => (eta - mean) ** 2);
  return [mean, variance, expectation((eta) => (eta - mean) ** 3) / variance ** 1.5];
}
