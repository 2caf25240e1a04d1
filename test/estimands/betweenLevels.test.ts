import { beforeAll, describe, expect, it } from "vitest";
import { contrasts, type Fit, fit, means, slopes, solve } from "../../src/index.js";
import { trial } from "../predict/population/trial.js";

let counts: Fit;
beforeAll(async () => {
  const model = "count ~ poisson(mu)\nlog(mu) = 1 + weeks + (1 | h) + (1 | h:weeks)\nprior beta ~ normal(0, 1)";
  counts = await fit(model, trial, { engine: "laplace" });
});
const conditional = { effects: "conditional", at: { h: "h0" } } as const;
const anew =
  "effects is conditional, and weeks is part of the grouping factor h:weeks: between its values of the data each value of weeks is a new level, with an effect drawn anew; take";

describe("a number that is part of a grouping factor, given the levels", () => {
  it.each([{}, { range: [1, 3] as const }])("cannot be solved for: %o", async (range) => {
    const asked = solve(counts, { for: "weeks", target: 2, ...conditional, ...range });
    await expect(asked).rejects.toThrow(`${anew} marginal or zero effects`);
  });

  it.each(["link", "rows"] as const)("has no slope, averaged over %s", async (average) => {
    const at = average === "rows" ? [] : conditional.at;
    const asked = slopes(counts, { of: ["weeks"], effects: "conditional", at, average });
    await expect(asked).rejects.toThrow(`${anew} contrasts of weeks, or marginal or zero effects`);
  });

  it("has means and contrasts at its values, and a note at others", async () => {
    const { rows, notes } = await contrasts(counts, { of: ["weeks"], ...conditional, at: { h: "h0", weeks: [1, 2] } });
    expect(rows[0].sd).toBeLessThan(3);
    expect(notes).toEqual([]);
    const between = await means(counts, { ...conditional, at: { h: "h0", weeks: 1.5 } });
    expect(between.notes).toEqual(["levels of h:weeks that the fit has not have effects drawn anew"]);
  });

  it("is solved for and has a slope by zero effects", async () => {
    expect((await slopes(counts, { of: ["weeks"], effects: "zero" })).rows[0].sd).toBeLessThan(1);
    const { rows } = await solve(counts, { for: "weeks", target: 1.5, range: [-20, 20], effects: "zero" });
    expect(rows[0].direction).not.toBeNull();
  });
});

it("what is no number of the mean is refused whatever range is given", async () => {
  const asked = (name: string) => solve(counts, { for: name, target: 2, range: [0, 2], effects: "zero" });
  await expect(asked("week")).rejects.toThrow(
    'for names "week", which is no variable of the model; did you mean "weeks"?',
  );
  const byArm = await fit("count ~ poisson(mu)\nlog(mu) = 1 + arm", trial, { engine: "ml" });
  await expect(solve(byArm, { for: "arm", target: 2, range: [0, 2] })).rejects.toThrow(
    "for names arm, a factor; it must be a number",
  );
});
