import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uniforms } from "../density/models.js";
import { Workspace } from "./terminal.js";

// What maximum likelihood says where data are hard but no mistake: that it is so and why, or nothing where there is nothing to say.
// What it refuses is in badInput/hard.txt.

const next = uniforms(7);
const rows = Array.from({ length: 60 }, (_, i) => {
  const g = Math.floor(i / 6);
  const x = 2 * next();
  const chance = (next() + 1) / 2;
  const events = g < 2 ? 0 : Math.floor(Math.exp(0.2 * g + 0.3 * x) * 2 * chance);
  return {
    g,
    row: i,
    x,
    tiny: 1e-12 * x,
    huge: 1e12 * x,
    steep: 900 * x,
    events,
    positive: events > 1 ? 1 : 0,
    alike: [1, 4, 2, 5, 3, 3][i % 6],
    tied: 5 + 2 * g + (1 + g) * x + 0.1 * next(),
  };
});

const workspace = new Workspace();
beforeAll(() => {
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  workspace.write({ "hard.csv": lines.map((line) => line.join(",")).join("\n") });
});
afterAll(() => workspace.remove());

const ml = (formula: string, family: string, ...more: readonly string[]) =>
  workspace.run(["fit", "--engine", "ml", "--formula", formula, "--family", family, "--data", "DIR/hard.csv", ...more]);

interface Document {
  readonly logLikelihood: number;
  readonly parameters: readonly { readonly name: string; readonly estimate: number; readonly statistic?: number }[];
}

/** A fit that warns of nothing but what it is given. */
async function fitted(formula: string, family: string, ...warnings: readonly string[]): Promise<Document> {
  const { code, stdout, stderr } = await ml(formula, family, "--json", "--strict");
  expect({ code, stderr }).toEqual({ code: 0, stderr: warnings.map((warning) => `${warning}\n`).join("") });
  return JSON.parse(stdout);
}

const singular = (found: string, cause: string, out: string) =>
  `warning: singular fit: ${found}. The likelihood is largest at the boundary of the parameter space: ${cause}. What stands there has no ` +
  "standard error; the other standard errors are those with it held there\n" +
  `  ${out}, or use an engine with a prior, which keeps its sd off zero and its correlation off 1`;

describe("maximum likelihood from the command line, where it is hard:", () => {
  it("groups whose responses are all 0 are groups like others", async () => {
    await fitted("events ~ x + (1 | g)", "poisson");
    await fitted("positive ~ x + (1 | g)", "bernoulli");
  });

  it("a count may have an effect of its own: overdispersion", async () => {
    await fitted("events ~ x + (1 | row)", "poisson");
  });

  it("a variance of zero is said to be one", async () => {
    const why = "the data tell no more variation among these effects than chance alone";
    const warning = singular("sd[g, Intercept] = 0", why, "take the term out of the model");
    const { parameters } = await fitted("alike ~ 1 + (1 | g)", "poisson", warning);
    expect(parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "sd[g, Intercept]"]);
    expect(parameters[1].estimate).toBe(0);
    await fitted("alike ~ 1 + (1 | g)", "normal", warning);
  });

  it("a correlation of 1 is said to be one, and how to do without", async () => {
    const why = "as far as the data tell, the effects of a level are tied to one another";
    const out = "take the term out of the model or its correlations (||)";
    await fitted("tied ~ x + (1 + x | g)", "normal", singular("cor[g, Intercept, x] = 1", why, out));
  });

  for (const [formula, family] of [
    ["events ~ COVARIATE + (1 | g)", "poisson"],
    ["positive ~ COVARIATE + (1 | g)", "bernoulli"],
    ["alike ~ COVARIATE + (0 + COVARIATE | g)", "normal"],
  ])
    it(`units from 1e-12 to 1e12 are nothing to it: ${formula}`, async () => {
      const fits = [];
      for (const name of ["x", "tiny", "huge"]) {
        const { stdout } = await ml(formula.replaceAll("COVARIATE", name), family, "--json");
        fits.push(JSON.parse(stdout));
      }
      const [plain, ...others]: readonly Document[] = fits;
      for (const { logLikelihood, parameters } of others) {
        expect(Math.abs(logLikelihood - plain.logLikelihood)).toBeLessThan(1e-6);
        expect(parameters[1].statistic).toBeCloseTo(plain.parameters[1].statistic ?? NaN, 3);
      }
    });

  it("a log-likelihood that is not finite is told, with where to look", async () => {
    const { code, stdout, stderr } = await ml("events ~ x + offset(steep) + (1 | g)", "poisson");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      "marginalia: the log-likelihood is not finite where the search starts (coefficients of a fit without random effects, sds of one unit); " +
        "look for extreme values in the response, the offset and the covariates, and rescale them\n",
    );
  });

  it("points beyond memory and patience are refused, with the way out", async () => {
    const { code, stdout, stderr } = await ml(
      "events ~ x + (1 + x + row + positive + alike | g)",
      "poisson",
      "--points",
      "60",
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      'marginalia: 60 quadrature points for each of 5 effects of 60 rows make 5e+10 likelihoods of a row at every evaluation; use fewer points, or the method "laplace"\n',
    );
  });
});
