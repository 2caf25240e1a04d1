import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeptTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
    "taken/README": "",
  }),
);
afterAll(() => workspace.remove());

const run = (...argv: readonly string[]) => workspace.run(argv);
const file = (name: string) => join(workspace.folder, name);
const fitting = ["--engine", "laplace", "--draws", "100"];

describe("marginalia export", () => {
  it("fits a model, and prints a text where no file is named", async () => {
    const { code, stdout } = await run("export", "DIR/model.glmm", ...fitting, "--to", "csv");
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(
      /^\.chain,\.iteration,\.draw,beta\[Intercept\],beta\[x\],"sd\[g, Intercept\]","b\[g, 0, Intercept\]"/,
    );
    expect(lines).toHaveLength(101);
  });

  it("takes a saved fit, writes a file in its place, and says so", async () => {
    await run("fit", "DIR/model.glmm", ...fitting, "--out", "DIR/saved");
    const { code, stdout } = await run("export", "DIR/saved", "--to", "arviz-json", "--out", "DIR/new/fit.json");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^DIR\/new\/fit\.json: arviz-json of laplace, \d+\.\d kB\n$/);
    expect(readdirSync(file("new"))).toEqual(["fit.json"]);
    expect(JSON.parse(readFileSync(file("new/fit.json"), "utf8")).posterior.sd[0]).toHaveLength(100);
  });

  it("prints one JSON document on what was written", async () => {
    const { stdout } = await run(
      "export",
      "DIR/model.glmm",
      ...fitting,
      "--to",
      "tidy",
      "--out",
      "DIR/tidy.csv",
      "--json",
    );
    const { schema, to, engine, files, notes } = JSON.parse(stdout);
    expect({ schema, to, engine, notes }).toEqual({ schema: 1, to: "tidy", engine: "laplace", notes: [] });
    expect(files).toEqual([
      {
        name: "DIR/tidy.csv",
        bytes: readFileSync(file("tidy.csv")).length,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it("says what it cannot write, and how to have it", async () => {
    const bad = async (...argv: readonly string[]) => {
      const { code, stdout, stderr } = await run("export", "DIR/model.glmm", ...argv);
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
      return stderr;
    };
    expect(await bad("--engine", "ml", "--to", "csv")).toContain(
      "marginalia: maximum likelihood has no draws, which csv is made of\n  take tidy, glance or augment, or fit with nuts, laplace or inla\n",
    );
    expect(await bad()).toContain("required option '--to <format>' not specified");
    expect(await bad("--to", "xml")).toContain("argument 'xml' is invalid. Allowed choices are csv, tidy,");
    expect(await bad("--to", "netcdf")).toBe(
      "marginalia: netcdf is not for the screen: give the file or folder to write by --out\n",
    );
    expect(await bad("--to", "csv", "--json")).toBe(
      "marginalia: --json tells of the files that are written: give --out too\n",
    );
    expect(await bad("--to", "arviz-json", "--include", "loglik")).toBe(
      'marginalia: --include is ["loglik"]; allowed: some of "log_likelihood", "posterior_predictive", "prior"\n',
    );
    expect(await bad(...fitting, "--to", "csv", "--out", "DIR/taken")).toBe(
      'marginalia: cannot write "DIR/taken": it is a folder\n  nothing is left of the export, and what was there is as it was; give another place, or make room or permission\n',
    );
    expect(readdirSync(file("taken"))).toEqual(["README"]);
  });

  it("writes what compare --against reads", async () => {
    await run("export", "DIR/saved", "--to", "stan-csv", "--out", "DIR/chains");
    await run("export", "DIR/saved", "--to", "arviz-json", "--out", "DIR/arviz.json");
    const against = ["--against", "DIR/chains", "--against", "DIR/arviz.json"];
    const { code, stdout, stderr } = await run(
      "compare",
      "DIR/model.glmm",
      "--engines",
      "laplace",
      "--workers",
      "0",
      ...against,
      "--json",
    );
    expect(code, stderr).toBe(0);
    const { fits, outside = fits } = JSON.parse(stdout);
    expect(JSON.stringify(outside ?? JSON.parse(stdout))).toContain("sd[g, Intercept]");
  });

  it("is stopped by Ctrl-C, and leaves what was there", async () => {
    writeFileSync(file("draws.csv"), "mine");
    const terminal = new KeptTerminal();
    const argv = ["export", "DIR/saved", "--to", "arviz-json", "--include", "prior", "--out", "DIR/draws.csv"];
    const running = workspace.run(argv, terminal);
    let isOver = false;
    void running.finally(() => {
      isOver = true;
    });
    while (!terminal.isListening && !isOver) await new Promise((resolve) => setTimeout(resolve, 0));
    terminal.pressCtrlC();
    const { code, stderr } = await running;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: "marginalia: the export was stopped; nothing is left of it\n",
    });
    expect(readFileSync(file("draws.csv"), "utf8")).toBe("mine");
    expect(readdirSync(workspace.folder).filter((name) => name.includes("saving"))).toEqual([]);
    expect(existsSync(file("draws.csv"))).toBe(true);
  });
});
