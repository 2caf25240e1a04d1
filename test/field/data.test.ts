import { afterAll, describe, expect, it } from "vitest";
import { Workspace } from "../cli/terminal.js";

// Field cases of reading data (validation/data/field/README.md): what a user typed, and the answer of lme4.

const workspace = new Workspace();
afterAll(() => workspace.remove());

const folder = "validation/data/field";

async function fitJson(...argv: readonly string[]) {
  const { code, stdout, stderr } = await workspace.run(["fit", ...argv, "--engine", "ml", "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

function estimate(document: { parameters: { name: string; estimate: number; standardError: number }[] }, name: string) {
  const row = document.parameters.find((parameter) => parameter.name === name);
  if (row === undefined) throw new Error(`no ${name}`);
  return row;
}

describe("dot-missing", () => {
  const argv = ["--formula", "y ~ dose + (1 | g)", "--family", "normal", "--data", `${folder}/dot-missing.csv`];

  it("is an error that names the cells and the ways out", async () => {
    const { code, stdout, stderr } = await workspace.run(["fit", ...argv, "--engine", "ml"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('is a number but for 2 of its 90 values: "." (rows ');
    expect(stderr).toContain('for missing values, --na "."');
    expect(stderr).toContain("factor(");
    expect((await workspace.run(["check", ...argv])).stderr).toBe(stderr);
  });

  it("is right with --na", async () => {
    const document = await fitJson(...argv, "--na", ".");
    expect(document).toMatchObject({ observations: 88, droppedRows: 2 });
    expect(document.logLikelihood).toBeCloseTo(-136.999, 3);
    expect(estimate(document, "beta[dose]").estimate).toBeCloseTo(0.1122, 4);
    expect(estimate(document, "beta[dose]").standardError).toBeCloseTo(0.0155, 4);
  });
});

describe("long-ids", () => {
  const argv = ["--formula", "y ~ 1 + (1 | id)", "--family", "normal", "--data", `${folder}/long-ids.csv`];

  it("keeps each of them", async () => {
    const document = await fitJson(...argv);
    expect(document.groups).toEqual({ id: 24 });
    expect(document.logLikelihood).toBeCloseTo(-207.1299, 4);
    expect(estimate(document, "sd[id, Intercept]").estimate).toBeCloseTo(2.195, 3);
    expect(estimate(document, "sigma").estimate).toBeCloseTo(0.9815, 4);
  });

  it("says so", async () => {
    const { stdout } = await workspace.run(["check", ...argv]);
    expect(stdout).toMatch(/ id {2}text \(its integers are beyond 2\^53, as "\d{17}" in row 1\), 24\s+levels: /);
  });
});
