import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { explanation } from "../../src/cli/explanation.js";
import { Workspace } from "./terminal.js";

vi.mock("../../src/engine/inla/inla.js", () => ({
  inla() {
    throw new RangeError("a density needs two points, and logDensity has one");
  },
}));

const rows = Array.from({ length: 24 }, (_, i) => [i % 6, i % 5, (7 * i) % 4].join(","));
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "trial/model.glmm":
      "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior intercept ~ normal(0, 3)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(1)\n",
    "smaller.glmm":
      "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior intercept ~ normal(0, 3)\nprior sd ~ exponential(1)\n",
    "trial/data.csv": ["g,x,y", ...rows].join("\n"),
  }),
);
afterAll(() => workspace.remove());

const told =
  "inla failed unexpectedly: a density needs two points, and logDensity has one; this should not happen: please report it, " +
  "with the model and the shape of its data (poisson, 24 rows; mu: 2 columns, 6 levels with 1 effect)";

describe("what an engine does not foresee", () => {
  it("is one line and exit code 1 of fit", async () => {
    expect(await workspace.run(["fit", "DIR/trial", "--engine", "inla"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `marginalia: ${told}\n`,
    });
  });

  it("stands among the engines of compare, whose other results are complete", async () => {
    const argv = ["compare", "DIR/trial", "--workers", "0", "--engines", "inla,ml,laplace"];
    const { code, stdout } = await workspace.run(argv);
    expect(code).toBe(0);
    const words = stdout.replace(/\s+/g, " ");
    expect(words).toContain(`inla ${told}`);
    expect(words).toContain("Believe laplace: ");
    expect(words).toContain("inla failed unexpectedly, as is said under Engines.");
    const document = JSON.parse((await workspace.run([...argv, "--json"])).stdout);
    expect(document.refused).toEqual([{ engine: "inla", reason: told, isDefect: true }]);
  });

  it("is exit code 1 of compare where no engine is left", async () => {
    const argv = ["compare", "DIR/trial", "--workers", "0", "--engines", "inla"];
    expect(await workspace.run(argv)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no engine serves: inla/),
    });
  });

  it("of one of two models names it, and keeps the evidence of the other engine", async () => {
    const argv = ["compare", "DIR/trial", "DIR/smaller.glmm", "--data", "DIR/trial/data.csv", "--engines"];
    expect(await workspace.run([...argv, "inla"])).toMatchObject({
      code: 1,
      stderr: `marginalia: model A: ${told}\n`,
    });
    const { code, stdout } = await workspace.run([...argv, "inla,laplace"]);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(`inla has no result: model A: ${told}`);
  });
});

describe("what nothing foresees", () => {
  it.each([new TypeError("x is not a function"), "x is not a function"])("is told in two lines: %s", (thrown) => {
    expect(explanation(thrown)).toEqual({
      lines: [
        "marginalia: failed unexpectedly: x is not a function\n" +
          "  this should not happen: please report it, with the command and what it reads",
      ],
      code: 1,
    });
  });
});
