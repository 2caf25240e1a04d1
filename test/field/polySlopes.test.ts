import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { KeptTerminal } from "../cli/terminal.js";

const data = resolve(import.meta.dirname, "../../validation/data/field/poly-slopes.csv");
const typed = [
  "--formula",
  "reaction ~ poly(days, 2) + (1 + poly(days, 2) | subject)",
  "--family",
  "normal",
  "--data",
  data,
];

/** Means and sds by importance sampling, with log p(y): see `validation/data/field/README.md`. */
const right: Readonly<Record<string, readonly [mean: number, sd: number]>> = {
  "beta[Intercept]": [298.5, 10.03],
  "beta[poly(days, 2).1]": [402.4, 66.3],
  "beta[poly(days, 2).2]": [32.6, 44.8],
  "sd[subject, Intercept]": [41.2, 8.0],
  "sd[subject, poly(days, 2).1]": [255.8, 56.2],
  "sd[subject, poly(days, 2).2]": [158.6, 45.6],
  "cor[subject, Intercept, poly(days, 2).1]": [0.631, 0.173],
  "cor[subject, Intercept, poly(days, 2).2]": [-0.112, 0.264],
  "cor[subject, poly(days, 2).1, poly(days, 2).2]": [-0.008, 0.282],
  sigma: [23.2, 1.51],
};
const logMarginalLikelihood = -895.645;

/** Holds estimates to the right answer: means within 0.1 sd, sds within 10%. */
function expectRight(parameters: readonly { name: string; mean: number; sd: number }[]): void {
  expect(parameters.map(({ name }) => name)).toEqual(Object.keys(right));
  for (const { name, mean, sd } of parameters) {
    const [wanted, spread] = right[name];
    expect(Math.abs(mean - wanted) / spread, name).toBeLessThan(0.1);
    expect(Math.abs(Math.log(sd / spread)), name).toBeLessThan(0.1);
  }
}

describe("three correlated effects (rstanarm issue 230)", () => {
  it("are fitted by inla", async () => {
    const { code, stdout } = await new KeptTerminal().run("fit", ...typed, "--engine", "inla", "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expectRight(document.parameters);
    expect(document.guard.trusted).toBe(true);
    expect(document.logMarginalLikelihood).toBeCloseTo(logMarginalLikelihood, 1);
  });

  it("are compared by all engines, which agree", async () => {
    const { code, stdout } = await new KeptTerminal().run("compare", ...typed, "--workers", "0", "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.engines.map(({ engine }: { engine: string }) => engine)).toEqual(["nuts", "laplace", "inla", "ml"]);
    expect(document.refused).toEqual([]);
    for (const { engine, cause } of document.agreements) if (engine !== "ml") expect(cause, engine).toBe(null);
    const [nuts, , inla] = document.engines.map(
      ({ parameters }: { parameters: { name: string; estimate: number; sd: number }[] }) =>
        parameters.map(({ name, estimate, sd }) => ({ name, mean: estimate, sd })),
    );
    expectRight(nuts);
    expectRight(inla);
  });
});
