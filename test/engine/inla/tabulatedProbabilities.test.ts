import { describe, expect, it } from "vitest";
import type { RowProbabilities } from "../../../src/density/RowTable.js";
import { tabulatedProbabilities } from "../../../src/engine/inla/tabulatedProbabilities.js";
import { viewOf } from "../ml/models.js";

const data = {
  count: [0, 1, 4, 60, 2500, 3],
  won: [0, 1, 1, 1, 0, 0],
  share: [1, 0, 400, 1, 0, 150],
  size: [5, 5, 400, 1, 90, 400],
};
const models: Readonly<Record<string, { text: string; start: readonly number[] }>> = {
  // Near what was seen, and far from it.
  poisson: { text: "count ~ poisson(mu)\nlog(mu) = 1", start: [-3, 0.5, 5, 4, 7.8, -1] },
  bernoulli: { text: "won ~ bernoulli(p)\nlogit(p) = 1", start: [-3, 0.5, 5, 4, 0, 0] },
  binomial: { text: "share ~ binomial(size, p)\nprobit(p) = 1", start: [-1, 0.5, 1, 0, -2, 1.2] },
};

function rowsOf(text: string) {
  const view = viewOf(`${text}\nprior beta[Intercept] ~ normal(0, 1)`, data);
  if (view.cumulative === null) throw new Error("the families have distribution functions");
  return { exact: view.cumulative, table: view.rowTable() };
}

describe("tables of rows' distribution functions", () => {
  it.each(Object.keys(models))("are the functions wherever one asks: %s", (name) => {
    const { text, start } = models[name];
    const { exact, table } = rowsOf(text);
    table.eta.set(start);
    table.dEta2.fill(-30);
    const tabulated = tabulatedProbabilities(exact, table);
    expect(tabulated).not.toBe(exact);
    const [ours, theirs] = [new Float64Array(6), new Float64Array(6)];
    for (let off = -12; off <= 12; off += 0.0371) {
      const at = { eta: Float64Array.from(start, (eta) => eta + off), psi: table.psi };
      tabulated.evaluate(at, ours);
      exact.evaluate(at, theirs);
      for (let i = 0; i < 6; i++) expect(Math.abs(ours[i] - theirs[i]), `row ${i}, ${at.eta[i]}`).toBeLessThan(1e-3);
    }
  });

  it("are left out where a mean has a range, or probabilities rise", () => {
    const { exact, table } = rowsOf("count ~ poisson(mu)\nmu = 1");
    table.eta.set([0.5, 1, 4, 60, 2500, 3]);
    table.dEta2.fill(-1);
    expect(tabulatedProbabilities(exact, table)).toBe(exact);
    const rising: RowProbabilities = {
      isDiscrete: false,
      evaluate: ({ eta }, out) => out.set(eta.map((value) => 1 / (1 + Math.exp(-value)))),
    };
    expect(tabulatedProbabilities(rising, table)).toBe(rising);
  });
});
