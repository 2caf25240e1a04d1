import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 36 }, (_, i) =>
  [`g${i % 6}`, (7 * i) % 5, i % 2 === 0 ? "old" : "new", i % 7].join(),
);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "model/data.csv": ["my group,y,the drug,x", ...rows].join("\n"),
    "model/model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + `the drug` + x + (1 | `my group`)\nprior beta ~ normal(0, 1)\n",
  }),
);
afterAll(() => workspace.remove());

/** The default, whose options of fitting are defaults of the command line too, and one whose are not. */
const engines = { nuts: ["--chains", "2", "--draws", "60", "--warmup", "100"], ml: ["--engine", "ml"] };
const refusals: Readonly<Record<string, RegExp>> = {
  "ml loo": /'ml' is invalid/,
  "ml sensitivity": /'ml' is invalid/,
};

const commands: readonly (readonly [name: string, ...argv: readonly string[]])[] = [
  ["predict", "--effects", "conditional"],
  ["predict", "--effects", "marginal", "--quantity", "probability(y > 3)", "--level", "0.8"],
  ["means", "--of", "the drug", "--effects", "marginal"],
  ["contrast", "--of", "the drug", "--effects", "zero"],
  ["slopes", "--of", "x", "--effects", "marginal"],
  ["test", "beta[`the drug`.old] = 0"],
  ["solve", "--for", "x", "--target", "2", "--effects", "zero", "--range", "-50,50"],
  ["population"],
  ["sensitivity"],
  ["loo"],
  ["ppc"],
  ["residuals"],
  ["influence"],
  ["simulate", "--draws", "2"],
  ["export", "--to", "tidy", "--out", "DIR/tidy.csv"],
];

describe.each(Object.entries(engines))("a MODEL that is fitted first, by %s", { timeout: 60_000 }, (engine, how) => {
  it.each(commands)("is taken by %s", async (name, ...argv) => {
    const { code, stdout, stderr } = await workspace.run([name, "DIR/model", ...argv, ...how]);
    const refusal = refusals[`${engine} ${name}`];
    if (refusal !== undefined) expect(stderr).toMatch(refusal);
    expect({ code, stderr }).toMatchObject(refusal === undefined ? { code: 0 } : { code: 2 });
    if (refusal !== undefined) return;
    if (name !== "export") expect(stdout).not.toBe("");
  });
});
