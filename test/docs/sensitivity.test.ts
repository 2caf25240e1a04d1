import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { KeptTerminal } from "../cli/terminal.js";

it("the page on sensitivity shows what its command prints", async () => {
  const page = readFileSync(new URL("../../docs/sensitivity.md", import.meta.url), "utf8");
  const shown = /```output\n(.*?)\n```/s.exec(page)?.[1] ?? "";
  const command = /^ {4}marginalia (.*)$/m.exec(page)?.[1] ?? "";
  const { stdout } = await new KeptTerminal({ columns: 80 }).run(...command.split(" "));
  expect(stdout.replace(/\n\ntime: .*\n$/s, "")).toBe(shown);
});
