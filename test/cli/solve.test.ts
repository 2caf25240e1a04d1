import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 60 }, (_, i) => {
  const amount = i % 6;
  return `${Math.floor(i / 6)},${amount},${i % 2 === 0 ? "a" : "b"},${Math.round(2 * Math.exp(0.4 * amount)) + ((7 * i) % 3)}`;
});
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,amount,arm,y", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + amount + arm + (1 | g)\n",
  }),
);
afterAll(() => workspace.remove());

const model = ["DIR/model.glmm", "--data", "DIR/data.csv"];
const solve = (...argv: readonly string[]) => workspace.run(["solve", ...model, ...argv]);
const question = ["--for", "amount", "--target", "10", "--effects", "marginal"];

describe("marginalia solve", () => {
  it("tells of a posterior up to where the mean is at or below the target", async () => {
    const { code, stdout } = await solve("--engine", "laplace", ...question);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The amount at which the mean of y is 10, by laplace\n {2}searched from 0 to 5\n/);
    expect(stdout).toMatch(/^solution +3\.\d+ +0\.\d+ +3\.\d+ +[34]\.\d+$/m);
    expect(stdout).toMatch(/^the mean is at or below 10 up to it, and above it beyond$/m);
  });

  it("tells of maximum likelihood the set, of each level and their difference", async () => {
    const { code, stdout } = await solve("--engine", "ml", ...question, "--by", "arm");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^arm = a: 95% confidence set \(as Fieller's\): 3\.\d+ to [34]\.\d+$/m);
    expect(stdout).toMatch(/^Differences\n +amount +se +95% from +to\narm = b less arm = a +-?\d/m);
    const { stdout: json } = await solve("--engine", "ml", ...question, "--by", "arm", "--json");
    const document = JSON.parse(json);
    expect(document).toMatchObject({ schema: 1, variable: "amount", target: 10, range: [0, 5], effects: "marginal" });
    expect(document.rows[0].set[0][0]).toBeLessThan(document.rows[0].estimate);
    expect(document.differences).toHaveLength(1);
  });

  it("solves for a quantity of new responses", async () => {
    const asked = ["--for", "amount", "--target", "0.5", "--quantity", "probability(y > 10)", "--effects", "zero"];
    const { code, stdout } = await solve("--engine", "ml", ...asked);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The amount at which probability\(y > 10\) is 0\.5, by ml$/m);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("then transformed to probability(y > 10)");
    expect(stdout).toMatch(/^probability\(y > 10\) is at or below 0\.5 up to it, and above it beyond$/m);
    const document = JSON.parse((await solve("--engine", "ml", ...asked, "--json")).stdout);
    expect(document).toMatchObject({ quantity: "probability(y > 10)", rows: [{ others: [] }] });
  });

  it("takes a saved fit", async () => {
    expect((await workspace.run(["fit", ...model, "--engine", "ml", "--out", "DIR/saved"])).code).toBe(0);
    const saved = JSON.parse((await workspace.run(["solve", "DIR/saved", ...question, "--json"])).stdout);
    const fresh = JSON.parse((await solve("--engine", "ml", ...question, "--json")).stdout);
    expect(saved.rows).toEqual(fresh.rows);
  });

  it("says what is missing, and how far the mean goes where the target is out of reach", async () => {
    const none = await solve("--engine", "ml");
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toContain("names the variable whose value is sought");
    const far = await solve("--engine", "ml", "--for", "amount", "--target", "1000", "--effects", "marginal");
    expect(far).toMatchObject({ code: 2, stdout: "" });
    expect(far.stderr).toMatch(/the mean does not take the value 1000 where amount goes from 0 to 5: it goes from \d/);
  });
});
