import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const workspace = new Workspace();
const rows = Array.from({ length: 40 }, (_, i) => `${(i * 7) % 5},${Math.sin(i).toFixed(3)},${i % 5}`);
beforeAll(() =>
  workspace.write({
    "counts/model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
    "counts/data.csv": `y,x,g\n${rows.join("\n")}\n`,
  }),
);
afterAll(() => workspace.remove());

const withoutTime = (text: string) => text.replace(/^time: .*$/m, "").replace(/"seconds":\{[^}]*\}/, "");

describe("summary", () => {
  it.each(["nuts", "laplace", "inla", "ml"])("of a saved fit by %s prints what fit printed", async (engine) => {
    const sampling = engine === "nuts" ? ["--workers", "0", "--draws", "100"] : [];
    const asked = [...(engine === "nuts" ? [] : ["--engine", engine]), ...sampling];
    const fitted = await workspace.run(["fit", "DIR/counts", ...asked, "--out", `DIR/${engine}`]);
    const shown = await workspace.run(["summary", `DIR/${engine}`]);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(withoutTime(shown.stdout)).toBe(withoutTime(fitted.stdout));
    const [json, model] = [
      ["summary", `DIR/${engine}`, "--json"],
      ["summary", "DIR/counts", ...asked, "--json"],
    ];
    const [saved, anew] = [await workspace.run(json), await workspace.run(model)];
    const document = (text: string) => ({ ...JSON.parse(text), seconds: 0 });
    if (engine !== "nuts") expect(document(saved.stdout)).toEqual(document(anew.stdout));
  });

  it.each(["laplace", "ml"])("shows a saved fit by %s at another level, as a fit with that level", async (engine) => {
    const asked = ["--engine", engine];
    await workspace.run(["fit", "DIR/counts", ...asked, "--out", `DIR/level ${engine}`]);
    const saved = await workspace.run(["summary", `DIR/level ${engine}`, "--level", "0.8", "--json"]);
    const anew = await workspace.run(["fit", "DIR/counts", ...asked, "--level", "0.8", "--json"]);
    const document = (text: string) => ({ ...JSON.parse(text), seconds: 0 });
    expect(document(saved.stdout)).toEqual(document(anew.stdout));
    const wrong = await workspace.run(["summary", `DIR/level ${engine}`, "--level", "2"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("--level is 2; allowed: a number between 0 and 1");
  });

  it("refuses options of fitting beside a saved fit, and a damaged one", async () => {
    await workspace.run(["fit", "DIR/counts", "--engine", "ml", "--out", "DIR/saved"]);
    const { code, stderr } = await workspace.run(["summary", "DIR/saved", "--points", "5"]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'marginalia: "DIR/saved" is a saved fit, and --points is an option of fitting\n  leave it out, or give the model to fit it anew\n',
    );
    writeFileSync(join(workspace.folder, "saved/result.json"), "{");
    const damaged = await workspace.run(["summary", "DIR/saved"]);
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain('"DIR/saved/result.json" is damaged or has been edited');
  });
});
