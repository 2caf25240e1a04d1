import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "../cli/terminal.js";
import { fieldData } from "./fieldData.js";

const workspace = new Workspace();
beforeAll(() => workspace.write({ "data.csv": fieldData("tiny-predictor") }));
afterAll(() => workspace.remove());

const typed = [
  "fit",
  "--formula",
  "presabs ~ predictor + (1 | species)",
  "--family",
  "bernoulli",
  "--data",
  "DIR/data.csv",
];

describe("tiny-predictor: a covariate of small values", () => {
  it("has an odds ratio whose three numbers are each rounded by themselves", async () => {
    const { code, stdout } = await workspace.run([...typed, "--engine", "ml"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Odds ratios\n.*\nbeta\[predictor\] +620\.5 +1\.165 +330500$/m);
  });

  it("shows as many digits as are asked for", async () => {
    const { stdout } = await workspace.run([...typed, "--engine", "ml", "--digits", "6"]);
    expect(stdout).toMatch(/^beta\[predictor\] +620\.5\d\d +1\.16\d\d\d +3304\d\d$/m);
  });
});
