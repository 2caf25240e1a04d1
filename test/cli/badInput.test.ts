import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "./dist.js";
import { Workspace } from "./terminal.js";

// What a user sees, in full, for each way to go wrong. The files in badInput/ are made of blocks:
//     === a title, the input, --- stderr, and the exact message with the workspace called DIR.

const trial = `subject,visit,weeks,trt,age,count,size,cured,score,site
1,0,8,placebo,31,11,12,1,2.5,A
1,1,2,placebo,31,5,12,0,3.1,A
2,0,8,placebo,30,11,12,1,1.9,A
2,1,2,placebo,30,3,10,0,2.2,B
3,0,8,progabide,25,6,12,1,4.0,A
3,1,2,progabide,25,2,12,1,3.3,B
4,0,8,progabide,36,8,12,0,2.7,A
4,1,2,progabide,36,4,11,1,NA,B
5,0,8,progabide,22,66,70,0,3.8,A
5,1,2,progabide,22,7,12,1,2.9,B
`;
const model = "count ~ poisson(mu)\nlog(mu) = 1 + visit + (1 | subject)\n";

/** Hard for maximum likelihood: g has 4 levels of 3 rows, the first without an event; twin tells who is cured. */
const hard = `g,row,x,cured,events,none,all,giant,steep,trials,twin
1,1,0.5,0,0,0,1,1e308,900,0,5
1,2,1.5,1,0,0,1,-1e308,-900,3,6
1,3,2.5,1,0,0,1,1e308,900,3,6
2,4,1.0,0,2,0,1,-1e308,-900,3,5
2,5,2.0,1,1,0,1,1e308,900,3,6
2,6,3.0,0,3,0,1,-1e308,-900,3,5
3,7,0.7,0,0,0,1,1e308,900,3,5
3,8,1.7,1,4,0,1,-1e308,-900,3,6
3,9,2.7,0,1,0,1,1e308,900,3,5
4,10,1.2,1,5,0,1,-1e308,-900,3,6
4,11,2.2,0,2,0,1,1e308,900,3,5
4,12,3.2,1,6,0,1,-1e308,-900,3,6
`;

const workspace = new Workspace();

beforeAll(() => {
  workspace.write({
    "data.csv": trial,
    "hard.csv": hard,
    "good.glmm": model,
    "nodata/model.glmm": model,
    "sigma.glmm": "count ~ normal(mu, sigma)\nmu = 1 + visit\nlog(sigma) = 1 + (1 | subject)\n",
    "other/model.glmm": model,
    "other/data.csv": trial.replace("11,12", "13,12"),
    "score.glmm": "count ~ poisson(mu)\nlog(mu) = 1 + score\n",
    "cured.glmm": "cured ~ bernoulli(p)\nlogit(p) = 1\n",
    "vist.glmm": "count ~ poisson(mu)\nlog(mu) = 1 + vist\n",
    "crossed.glmm": "count ~ poisson(mu)\nlog(mu) = 1 + (1 | subject) + (1 | weeks:site)\n",
    "folder/README": "no model here\n",
    "latin.glmm": Uint8Array.of(0xe9, 0x20, 0x7e),
    "latin.csv": Buffer.concat([
      Buffer.from("subject,visit,count\n1,\u00e9,3\n"),
      Buffer.from("1,\u00e9,3\n", "latin1"),
    ]),
    "utf16.csv": Buffer.from("\ufeffa,b\n", "utf16le"),
    "data.xlsx": "PK",
    "broken.json": '{"beta[visit]": 0.1,',
    "list.json": '{"call": "glmer(count ~ visit)"}',
    "others.csv": "term,estimate\nvisti,0.2\nage,0.1\n",
    "gaps.csv": "subject,visit,count\n1,NA,3\n2,1,4\n3,0,2\n4,0,\n5,1,1\n",
  });
});

afterAll(() => workspace.remove());

interface Case {
  readonly title: string;
  readonly input: string;
  readonly message: string;
}

function casesOf(file: string): Case[] {
  const text = readFileSync(join(import.meta.dirname, "badInput", file), "utf8");
  return text
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [head, message] = block.split(/^--- stderr\n/m);
      const [title, ...input] = head.split("\n");
      return { title, input: input.join("\n"), message };
    });
}

describe("bad input ends with exit code 2, its exact message and nothing on standard output", () => {
  const models = casesOf("models.txt");
  const tables = casesOf("tables.txt");
  const commands = casesOf("commands.txt");
  const hardCases = casesOf("hard.txt");

  it("in many ways", () => {
    expect(models.length + tables.length + commands.length).toBeGreaterThan(110);
  });

  it.each(models)("model: $title", async ({ input, message }) => {
    workspace.write({ "bad.glmm": input });
    const outcome = await workspace.run(["fit", "DIR/bad.glmm"]);
    expect(outcome).toEqual({ code: 2, stdout: "", stderr: message });
  });

  it.each(tables)("table: $title", async ({ input, message }) => {
    workspace.write({ "bad.csv": input });
    const outcome = await workspace.run(["check", "DIR/good.glmm", "--data", "DIR/bad.csv"]);
    expect(outcome).toEqual({ code: 2, stdout: "", stderr: message });
  });

  it.each([...commands, ...hardCases])("$title", async ({ input, message }) => {
    const argv = input.split("\n").slice(0, -1);
    expect(await workspace.run(argv)).toEqual({ code: 2, stdout: "", stderr: message });
  });

  it("in a process of its own, too", () => {
    for (const { input, message } of commands.filter(({ title }) => /fitt|nosuch|vist|--chains 0/.test(title))) {
      const argv = input.split("\n").slice(0, -1);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [main, ...argv.map((word) => word.replace("DIR", workspace.folder))],
        { encoding: "utf8" },
      );
      expect({ status, stdout, stderr: workspace.masked(stderr) }).toEqual({ status: 2, stdout: "", stderr: message });
    }
  });
});
