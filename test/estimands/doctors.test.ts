import { describe, expect, it } from "vitest";
import { contrasts, fit, type MlFit, means, testHypotheses } from "../../src/index.js";
import { readTable } from "../../src/node.js";
import { dataFile, isThere } from "../../validation/files.js";

// Remission of 8525 patients of 407 doctors, as UCLA's statistical consultants teach it: estimates and standard errors of lme4 1.1.31 by 10 points.
const lme4 = {
  il6: [-0.056771964436, 0.011518357616],
  crp: [-0.021482984939, 0.010218381272],
  II: [-0.41393328666, 0.075763688386],
  III: [-1.0034635049, 0.098282822223],
  IV: [-2.3370358816, 0.15805828591],
  length_of_stay: [-0.12118313372, 0.033632825085],
  experience: [0.12008668051, 0.02744762034],
} as const;
/** Odds ratios with Wald's 95% limits, exp of these. */
const table = {
  il6: [0.9448, 0.9237, 0.9664],
  crp: [0.9787, 0.9593, 0.9985],
  II: [0.661, 0.5698, 0.7669],
  III: [0.3666, 0.3024, 0.4445],
  IV: [0.0966, 0.0709, 0.1317],
  length_of_stay: [0.8859, 0.8294, 0.9462],
  experience: [1.1276, 1.0685, 1.1899],
} as const;
const model =
  "remission ~ bernoulli(p)\nlogit(p) = 1 + il6 + crp + cancer_stage + length_of_stay + experience + (1 | did)";
const numbers = ["il6", "crp", "length_of_stay", "experience"] as const;
const stages = ["II", "III", "IV"] as const;

describe.skipIf(!isThere("hdp.csv"))("the odds ratios of the doctors' table", () => {
  const made = isThere("hdp.csv")
    ? readTable(dataFile("hdp.csv")).then((data) => fit(model, data, { engine: "ml", points: 10 }))
    : null;

  it("come out of contrasts, with their standard errors, limits and p values", async () => {
    const found = (await made) as MlFit;
    const ratio = async (of: string, at: Record<string, number[]>) =>
      (await contrasts(found, { of: [of], at, contrast: ["reference"], as: "odds-ratio" })).rows;
    const rows = new Map<string, Awaited<ReturnType<typeof ratio>>[number]>();
    for (const of of numbers) rows.set(of, (await ratio(of, { [of]: [0, 1] }))[0]);
    for (const [k, row] of (await ratio("cancer_stage", {})).entries()) rows.set(stages[k], row);
    for (const name of [...numbers, ...stages]) {
      const { estimate, sd, lower, upper, statistic, contrast } = rows.get(name) ?? expect.fail();
      const [beta, se] = lme4[name];
      expect(contrast).toMatch(
        name === "II" || name === "III" || name === "IV" ? `${name} / I` : `${name}1 / ${name}0`,
      );
      expect(Math.abs(Math.log(estimate) - beta) / se, name).toBeLessThan(2e-3);
      expect(Math.abs(sd / (estimate * se) - 1), name).toBeLessThan(2e-3);
      expect(statistic).toBeCloseTo(beta / se, 1);
      [estimate, lower, upper].forEach((value, k) => {
        expect(Math.abs(value - table[name][k]), `${name} ${k}`).toBeLessThan(2e-4);
      });
    }
  });

  it("and of exp of coefficients in test", async () => {
    const found = (await made) as MlFit;
    const texts = stages.map((stage) => `exp(beta[cancer_stage.${stage}]) = 1`);
    const { rows } = await testHypotheses(found, texts);
    rows.forEach(({ estimate }, k) => {
      expect(estimate + 1).toBeCloseTo(table[stages[k]][0], 3);
    });
    // The odds of means at effects of zero have the same ratios.
    const { rows: at } = await means(found, { of: ["cancer_stage"], effects: "zero" });
    const odds = at.map(({ estimate }) => estimate / (1 - estimate));
    stages.forEach((stage, k) => {
      expect(odds[k + 1] / odds[0]).toBeCloseTo(table[stage][0], 3);
    });
  });
});
