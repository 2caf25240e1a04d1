import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "../cli/terminal.js";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/simulation.md"), "utf8");
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, text]) =>
  text.split("\n").filter((line) => line.startsWith("marginalia ")),
);

const workspace = new Workspace();
beforeAll(async () => {
  const rows = Array.from({ length: 24 }, (_, i) => `g${i % 6},${(7 * i) % 5},${i % 4}`);
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm":
      "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior intercept ~ normal(0, 1)\nprior beta ~ normal(0, 0.5)\nprior sd ~ exponential(2)\n",
    "rows.csv": "g,x\ng1,0.5\ng9,2\n",
  });
  const made = await workspace.run(["fit", "DIR/model.glmm", "--engine", "ml", "--out", "DIR/fit"]);
  expect(made.code).toBe(0);
});
afterAll(() => workspace.remove());

/** The words of a command, with names of the test's own for those that stand for the reader's. */
function placed(command: string): string[] {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain).slice(1);
  return words.map((word, k) => {
    if (word === "FIT") return "DIR/fit";
    if (word === "MODEL") return "DIR/model.glmm";
    if (word.startsWith("models/")) return resolve(root, word);
    if (words[k - 1] === "--replicates") return "2";
    return /\.csv$/.test(word) || words[k - 1] === "--out" ? `DIR/${word}` : word;
  });
}

describe("docs/simulation.md", () => {
  it("has commands", () => {
    expect(commands.length).toBeGreaterThan(3);
    expect(new Set(commands.map((command) => command.split(" ")[1]))).toContain("sbc");
  });

  it.each(commands)("has commands that run: %s", async (command) => {
    const argv = placed(command);
    const { code, stdout, stderr } = await workspace.run(argv);
    expect(stderr).not.toContain("unknown option");
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(100);
    const file = argv[argv.indexOf("--out") + 1];
    if (file.endsWith(".csv") && argv.includes("--out"))
      expect(readFileSync(file.replace("DIR", workspace.folder), "utf8")).toMatch(/^\w+,/);
  });
});
