import { Command } from "commander";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands/commands.js";
import { KeptTerminal } from "./terminal.js";

it("knows each command by the name that it has on the command line", () => {
  for (const [name, add] of commands) {
    const program = new Command();
    add(program, { terminal: new KeptTerminal(), plugins: [], done() {} });
    expect(program.commands.map((command) => command.name())).toEqual([name]);
  }
});
