import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "../cli/terminal.js";

// Responses as people write them; see validation/data/field/README.md.

const workspace = new Workspace();

beforeAll(() => {
  const field = join(import.meta.dirname, "../../validation/data/field/weights.csv");
  workspace.write({
    "weights.csv": readFileSync(field),
    "weights.glmm": "a | weights(w1) ~ normal(mu, sigma)\nmu = b + (1 | c)\n",
  });
});

afterAll(() => workspace.remove());

async function ml(...argv: readonly string[]) {
  const { code, stdout, stderr } = await workspace.run(["fit", ...argv, "--engine", "ml", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { parameters, logLikelihood } = JSON.parse(stdout);
  return [logLikelihood, ...parameters.map(({ estimate }: { estimate: number }) => estimate)];
}

function expectNear(found: readonly number[], right: readonly number[]): void {
  expect(found).toHaveLength(right.length);
  found.forEach((value, k) => {
    expect(Math.abs(value - right[k])).toBeLessThan(1e-4);
  });
}

/** MixedModels.jl issue 194; log-likelihood, coefficients, sd, sigma by lme4. */
describe("weights.csv: lmer(a ~ b + (1 | c), weights = w1)", () => {
  const right = [-18.863, -0.8573, 11.8732, 1.5528, 5.2607];
  const restricted = [-16.0393, -0.8668, 11.9763, 1.6863, 6.1058];
  const model = ["DIR/weights.glmm", "--data", "DIR/weights.csv"];
  const formula = ["--formula", "a | weights(w1) ~ b + (1 | c)", "--family", "gaussian", "--data", "DIR/weights.csv"];

  it.each([["lmm"], ["aghq"], ["laplace"]])("by --method %s", async (method) => {
    expectNear(await ml(...model, "--method", method), right);
  });

  it("as a formula", async () => expectNear(await ml(...formula), right));

  it("by --reml", async () => expectNear(await ml(...formula, "--reml"), restricted));
});

describe("check shows what was asked for", () => {
  it("weights, constants and priors on other scales", async () => {
    workspace.write({
      "asked.glmm": [
        "a | weights(w1) + subset(b < 0.3) ~ normal(mu, sigma)",
        "mu = b + (1 | c)",
        "prior beta[b] ~ constant(2)",
        "prior var[c] ~ inverse_gamma(3, 2)",
        "",
      ].join("\n"),
    });
    const { code, stdout } = await workspace.run(["check", "DIR/asked.glmm", "--data", "DIR/weights.csv"]);
    expect(code).toBe(0);
    for (const line of [
      "a | weights(w1) + subset(b < 0.3) ~ normal(mu, sigma)",
      "mu = beta[Intercept] + 2 b + b[c, Intercept]",
      "var[c, Intercept] ~ inverse_gamma(3, 2)",
      "beta[b] ~ constant(2)",
      "weights(w1) are precision weights",
      "subset(b < 0.3) leaves out",
      "beta[b] is held at 2 by every engine",
    ])
      expect(stdout).toContain(line);
  });
});
