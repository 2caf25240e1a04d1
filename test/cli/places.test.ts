import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HurriedTerminal, Workspace } from "./terminal.js";

const workspace = new Workspace();
const model = ["DIR/model.glmm", "--data", "DIR/data.csv", "--engine", "laplace"];
beforeAll(() => {
  const rows = Array.from({ length: 24 }, (_, i) => `g${i % 6},${(7 * i) % 5}`);
  workspace.write({
    "data.csv": ["g,y", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior intercept ~ normal(0, 1)\nprior sd ~ exponential(2)\n",
  });
});
afterAll(() => workspace.remove());

const commands: readonly (readonly string[])[] = [
  ["fit", ...model],
  ["sbc", ...model, "--replicates", "2", "--workers", "0"],
  ["export", ...model, "--to", "csv"],
  ["export", ...model, "--to", "stan"],
  ["simulate", ...model],
  ["predict", ...model, "--effects", "zero"],
];
// The system makes nothing in /proc, and Node's recursive mkdir does not end there.
const places = ["DIR/data.csv/out", ...(existsSync("/proc/self") ? ["/proc/out", "/proc/deep/out"] : [])];

describe("a place that cannot be written", () => {
  it.each(commands.flatMap((command) => places.map((place) => ({ command, place }))))(
    "is told before anything is fitted: $command.0 --out $place",
    async ({ command, place }) => {
      const { code, stdout, stderr } = await workspace.run([...command, "--out", place], new HurriedTerminal());
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^marginalia: cannot (make|write)( to)?( the folder)? "/);
      expect(stderr).toMatch(/: (not a directory|no such file or directory)\n/);
      expect(stderr).not.toContain("laplace");
      expect(readdirSync(workspace.folder).sort()).toEqual(["data.csv", "model.glmm"]);
    },
  );
});
