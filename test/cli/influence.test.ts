import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 60 }, (_, i) => `g${Math.floor(i / 6)},${(i * i + i) % 7},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
  }),
);
afterAll(() => workspace.remove());

describe("marginalia influence", () => {
  it("shows the most influential rows, and groups by maximum likelihood", async () => {
    const { code, stdout } = await workspace.run(["influence", "DIR/model.glmm", "--engine", "laplace"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /60 rows left out one by one, by importance weights over the draws of laplace;\s+the most influential first/,
    );
    expect(stdout).toMatch(
      /^ +Cook +KL +leverage +k +shift +of\nrow \d+ +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +-?\d\.\d\d +[+-]\d\.\d\d +\S/m,
    );
    const ml = await workspace.run(["influence", "DIR/model.glmm", "--engine", "ml", "--group", "g"]);
    expect(ml.stdout).toMatch(/10 groups of g left out one by one, by a Newton step from the estimates of\s+ml;/);
    expect(ml.stdout).toMatch(/^ +Cook +shift +of\ng\d /m);
    for (const line of [...stdout.split("\n"), ...ml.stdout.split("\n")]) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("prints one JSON document, of a saved fit the same as of a fresh one", async () => {
    const argv = ["--engine", "inla"];
    expect((await workspace.run(["fit", "DIR/model.glmm", ...argv, "--out", "DIR/saved"])).code).toBe(0);
    const [fresh, saved] = [
      await workspace.run(["influence", "DIR/model.glmm", ...argv, "--json"]),
      await workspace.run(["influence", "DIR/saved", "--json"]),
    ];
    const [one, other] = [JSON.parse(fresh.stdout), JSON.parse(saved.stdout)];
    expect(one).toMatchObject({ schema: 1, engine: "inla", method: "importance", group: null });
    expect({ ...other, label: one.label, seconds: one.seconds }).toEqual(one);
    expect(one.units).toHaveLength(60);
    expect(Object.keys(one.units[0].shifts)).toEqual(one.parameters);
  });

  it("refuses groups that the model has not", async () => {
    const { code, stderr } = await workspace.run(["influence", "DIR/model.glmm", "--engine", "ml", "--group", "h"]);
    expect(code).toBe(2);
    expect(stderr).toContain('group is "h", which is no grouping factor of the model\'s mean; it has g');
  });
});
