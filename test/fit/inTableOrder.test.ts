import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";

describe("criteria of a fit", () => {
  it("are in the order of the table, whatever that is", async () => {
    const records = Array.from({ length: 24 }, (_, i) => ({ g: `g${(i * 5) % 6}`, y: (i * 7) % 5, x: (i % 4) / 2 }));
    const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(1)";
    const options = { engine: "inla", criteria: true } as const;
    const { posterior } = await fit(text, records, options);
    // A first row that is dropped, and the others by group.
    const order = records.map((_, i) => i).sort((i, j) => records[i].g.localeCompare(records[j].g));
    const sorted = [{ g: "g0", y: 1, x: NaN }, ...order.map((i) => records[i])];
    const { posterior: ofSorted } = await fit(text, sorted, options);
    if (posterior.criteria === undefined || ofSorted.criteria === undefined) throw new Error("they were asked for");
    const [before, after] = [posterior.criteria, ofSorted.criteria];
    expect([...before.rows]).toEqual(records.map((_, i) => i + 1));
    expect([...after.rows]).toEqual(records.map((_, i) => i + 2));
    const pairs: [ArrayLike<number>, ArrayLike<number>][] = [
      [before.cpo.logValues, after.cpo.logValues],
      [before.cpo.errors, after.cpo.errors],
      [before.waic.pointwise.pWaic, after.waic.pointwise.pWaic],
      [before.waic.pointwise.lppd, after.waic.pointwise.lppd],
      [before.pit?.values ?? [], after.pit?.values ?? []],
    ];
    for (const [one, other] of pairs)
      order.forEach((i, k) => {
        expect(other[k]).toBeCloseTo(one[i], 8);
      });
  });
});
