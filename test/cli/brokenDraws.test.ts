import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Workspace } from "./terminal.js";

vi.mock("../../src/engine/inla/jointDraws.js", () => ({
  jointDraws() {
    throw new TypeError("out of luck");
  },
}));

const workspace = new Workspace();
beforeAll(() =>
  workspace.write({ "counts/model.glmm": "y ~ poisson(mu)\nlog(mu) = 1\n", "counts/data.csv": "y\n1\n3\n2\n" }),
);
afterAll(() => workspace.remove());

it("a defect while draws are made leaves the report, says that there is no draws.csv, and is exit code 1", async () => {
  const { code, stdout, stderr } = await workspace.run(["fit", "DIR/counts", "--engine", "inla", "--out", "DIR/out"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/beta\[Intercept\]/);
  expect(stderr).toMatch(
    /^marginalia: no draws\.csv: inla failed unexpectedly: out of luck; this should not happen: please report it/m,
  );
  expect(await readdir(join(workspace.folder, "out"))).toEqual([
    ...["fit.json", "model.glmm"],
    ...[expect.stringMatching(/^numbers-\w+\.bin$/), "result.json"],
  ]);
});
