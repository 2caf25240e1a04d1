import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { KeptTerminal } from "../cli/terminal.js";

const data = resolve(import.meta.dirname, "../../validation/data/field");

/** What the user types after `fit --data FILE`, and the right answer. */
interface FieldCase {
  readonly file: string;
  readonly argv: readonly string[];
  readonly logLikelihood: number;
  /** The log-likelihood is right to so many digits after the point. */
  readonly digits: number;
  readonly estimates: Readonly<Record<string, number>>;
  /** What is said of a singular fit. */
  readonly singular?: RegExp;
}

const slopes = (response: string) => `${response} ~ 1 + x + t + (1 + t | g)`;

const cases: readonly FieldCase[] = [
  {
    file: "btheb.csv",
    argv: ["--formula", "bdi ~ pre + time + treatment + drug + length + (1 + time | subject)", "--family", "normal"],
    logLikelihood: -935.519,
    digits: 3,
    estimates: {},
  },
  {
    file: "slopes-normal.csv",
    argv: ["--formula", slopes("y"), "--family", "normal"],
    logLikelihood: -820.84542,
    digits: 4,
    estimates: { "sd[g, Intercept]": 1.41489 },
    singular: /^singular fit: cor\[g, Intercept, t\] = 1\./,
  },
  {
    file: "slopes-counts.csv",
    argv: ["--formula", slopes("c"), "--family", "poisson", "--method", "laplace"],
    logLikelihood: -525.64454,
    digits: 4,
    estimates: { "sd[g, Intercept]": 0.764847 },
  },
  {
    file: "slope-of-a-factor.csv",
    argv: ["--formula", "ncorrect | trials(n) ~ factor(out) + (0 + factor(out) | subject)", "--family", "binomial"],
    logLikelihood: -40.0746919,
    digits: 6,
    estimates: { "cor[subject, factor(out).0, factor(out).1]": -1 },
    singular: /^singular fit: cor\[subject, factor\(out\)\.0, factor\(out\)\.1\] = -1\./,
  },
];

async function fitted(file: string, argv: readonly string[]) {
  const terminal = new KeptTerminal();
  const { code, stdout } = await terminal.run(
    "fit",
    "--data",
    resolve(data, file),
    ...argv,
    "--engine",
    "ml",
    "--json",
  );
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("the maximum of the likelihood on data from public reports", () => {
  it.each(cases)("$file", async ({ file, argv, logLikelihood, digits, estimates, singular }) => {
    const document = await fitted(file, argv);
    expect(document.logLikelihood).toBeCloseTo(logLikelihood, digits);
    expect(document.convergence.converged).toBe(true);
    for (const [name, expected] of Object.entries(estimates)) {
      const found = document.parameters.find((row: { readonly name: string }) => row.name === name);
      expect(found.estimate).toBeCloseTo(expected, 4);
    }
    const warnings = document.warnings.map((warning: { readonly message: string }) => warning.message);
    expect(warnings).toEqual(singular === undefined ? [] : [expect.stringMatching(singular)]);
  });

  it("concordant-groups.csv: no group has both outcomes, so that there is no maximum", async () => {
    const terminal = new KeptTerminal();
    const argv = ["--formula", "y ~ x + (1 | group)", "--family", "bernoulli", "--engine", "ml"];
    const { code, stderr } = await terminal.run("fit", "--data", resolve(data, "concordant-groups.csv"), ...argv);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the likelihood grows without end with the sd of group.*no level of group is discordant/);
    expect(stderr).toMatch(/leave the term out, or use --penalized or an engine with priors, such as nuts/);
    expect(stderr).not.toMatch(/points/);
  });
});

describe("the interval of an sd near zero", () => {
  it("hessianfly.csv: is from the profile likelihood, and said to be", async () => {
    const argv = ["--formula", "y | trials(n) ~ gen + (1 | block)", "--family", "binomial"];
    const document = await fitted("hessianfly.csv", argv);
    expect(document.logLikelihood).toBeCloseTo(-134.98126, 4);
    const sd = document.parameters.find((row: { readonly name: string }) => row.name === "sd[block, Intercept]");
    expect(sd).toMatchObject({ lower: 0, interval: "profile" });
    expect(sd.estimate).toBeCloseTo(0.0319, 3);
    expect(sd.upper).toBeCloseTo(0.378, 3);
    const terminal = new KeptTerminal();
    const { stdout } = await terminal.run("fit", "--data", resolve(data, "hessianfly.csv"), ...argv, "--engine", "ml");
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /; of sd\[block, Intercept\] from the profile likelihood, as the Wald limits are more than a factor of 100 apart/,
    );
  });
});
