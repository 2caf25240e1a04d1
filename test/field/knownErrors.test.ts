import { afterAll, describe, expect, it } from "vitest";
import { KeptTerminal, Workspace } from "../cli/terminal.js";

// brms issue 990: studies whose standard errors are known, one effect each. The reference is by quadrature over (mu, tau).
const data = "validation/data/field/known-errors.csv";
const reference = { "beta[Intercept]": [0.1494, 0.0352], "sd[study, Intercept]": [0.0987, 0.039] };
const quantiles = { q5: 0.0428, median: 0.0946, q95: 0.168 };

const workspace = new Workspace();
workspace.write({
  "known.glmm":
    "yi ~ normal(mu, sigma)\nmu = 1 + (1 | study)\nlog(sigma) = 0 + offset(log(sei))\n" +
    "prior intercept ~ flat()\nprior sd ~ uniform(0, 1000)\n",
  "number.glmm": "yi ~ normal(mu, 0.1)\nmu = 1 + (1 | study)\n",
  "free.glmm": "yi ~ normal(mu, sigma)\nmu = 1 + (1 | study)\n",
});
afterAll(() => workspace.remove());

const run = (model: string, ...options: string[]) =>
  new KeptTerminal().run("fit", `${workspace.folder}/${model}`, "--data", data, ...options);

describe("known errors with one effect a row", () => {
  it.each(["laplace", "inla", "nuts"])("are fitted by %s", async (engine) => {
    const { code, stdout } = await run(
      "known.glmm",
      "--engine",
      engine,
      "--seed",
      "4",
      "--json",
      ...(engine === "nuts" ? ["--workers", "0"] : []),
    );
    expect(code).toBe(0);
    const { parameters } = JSON.parse(stdout);
    const named = (name: string) => parameters.find((row: { name: string }) => row.name === name);
    for (const [name, [mean, sd]] of Object.entries(reference)) {
      expect(Math.abs(named(name).mean - mean) / sd, name).toBeLessThan(0.1);
      expect(named(name).sd / sd, name).toBeCloseTo(1, 0.8);
    }
    const tau = named("sd[study, Intercept]");
    for (const [name, value] of Object.entries(quantiles))
      expect(Math.abs(tau[name] - value)).toBeLessThan(0.15 * 0.039);
  });

  it("are fitted by ml", async () => {
    const { code, stdout } = await run("known.glmm", "--engine", "ml", "--json");
    expect(code).toBe(0);
    const { parameters, logLikelihood } = JSON.parse(stdout);
    // Independent rows with variances tau^2 + sei^2: maximised by hand.
    expect(logLikelihood).toBeCloseTo(9.862972, 5);
    expect(parameters[0].estimate).toBeCloseTo(0.148159, 4);
    expect(parameters[1].estimate).toBeCloseTo(0.0802, 3);
  });

  it("may be one number for all rows", async () => {
    const { code, stdout } = await run("number.glmm", "--engine", "ml", "--json");
    expect(code).toBe(0);
    const { parameters } = JSON.parse(stdout);
    // tau^2 + 0.1^2 is the variance of the responses.
    expect(Math.hypot(parameters[1].estimate, 0.1)).toBeCloseTo(0.1402885, 4);
  });

  it("that are not known are refused by ml, with the ways out that this program has", async () => {
    const { code, stderr } = await run("free.glmm", "--engine", "ml");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "16 effects over study for 16 rows: their variance cannot be told from that of the errors",
    );
    expect(stderr).toContain("hold sigma at a number, give it known values as in log(sigma) = 0 + offset(log(se))");
  });
});
