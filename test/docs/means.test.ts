import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Workspace } from "../cli/terminal.js";

const root = resolve(import.meta.dirname, "../..");
const workspace = new Workspace();
beforeAll(() => workspace.write({ "blocks.glmm": "count ~ normal(mu, sigma)\nmu = 1 + treatment + (1 | clinic)\n" }));
afterAll(() => workspace.remove());

const page = readFileSync(resolve(root, "docs/means.md"), "utf8");
const placed = (argument: string) =>
  argument === "blocks.glmm" ? "DIR/blocks.glmm" : argument.startsWith("models/") ? resolve(root, argument) : argument;
const argumentsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

const shown = [...page.matchAll(/^```console\n\$ marginalia ([^\n]*)\n(.*?)^```/gms)];
it.each(shown.map(([, command, output]) => ({ command, output })))(
  "docs/means.md shows what is printed: $command",
  async ({ command, output }) => {
    const { stdout } = await workspace.run(argumentsOf(command).map(placed));
    expect(stdout.replace(/\n\ntime: .*\n$/, "\n")).toBe(output);
  },
);

const commands = [...page.matchAll(/^ {4}npx marginalia (.*)$/gm)];
it.each(commands.map(([, command]) => command))("docs/means.md has commands that run: %s", async (command) => {
  expect(await workspace.run(argumentsOf(command).map(placed))).toMatchObject({ code: 0 });
});
