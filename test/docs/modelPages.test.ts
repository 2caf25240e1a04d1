import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { KeptTerminal } from "../cli/terminal.js";

// The commands of these pages, with their real output: ```console blocks of "$ marginalia ..." and what it prints, times of the run left out.
// Written anew by `npx vitest run test/docs/modelPages.test.ts --update`.

const root = resolve(import.meta.dirname, "../..");
const block = /^```console\n(.*?)^```$/gms;
const pages = [
  "docs/censoring.md",
  "docs/export.md",
  "docs/population.md",
  "docs/solve.md",
  ...readdirSync(join(root, "models")).map((name) => `models/${name}/README.md`),
].filter((page) => readFileSync(join(root, page), "utf8").includes("```console"));

/** The words of a command, some of them in quotes. */
function words(command: string): string[] {
  return (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, "$1"));
}

/** What a command prints on standard output, without the line of times. */
async function printed(command: string): Promise<string> {
  const { code, stdout, stderr } = await new KeptTerminal().run(...words(command).slice(1));
  if (code !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout
    .replace(/\n*^time: .*$/gm, "")
    .replace(/\s+$/, "\n")
    .replace(/[ \t]+$/gm, "");
}

describe("the commands of", () => {
  it.each(pages)("%s print what it shows", async (page) => {
    const text = readFileSync(join(root, page), "utf8");
    let shown = "";
    let end = 0;
    for (const found of text.matchAll(block)) {
      const commands = found[1].split("\n").filter((line) => line.startsWith("$ "));
      expect(commands.length).toBeGreaterThan(0);
      const parts: string[] = [];
      for (const command of commands) parts.push(`${command}\n${await printed(command.slice(2))}`);
      shown += `${text.slice(end, found.index)}\`\`\`console\n${parts.join("")}\`\`\``;
      end = found.index + found[0].length;
    }
    await expect(shown + text.slice(end)).toMatchFileSnapshot(join(root, page));
  });
});
