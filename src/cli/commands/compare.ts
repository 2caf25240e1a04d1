import type { CompareFlags } from "../compare.js";
import { compareOptions } from "../options.js";
import type { AddCommand } from "./AddCommand.js";

export const addCompare: AddCommand = (program, { terminal, plugins, done }) => {
  compareOptions(program.command("compare"))
    .description("one model through several engines, or two models one against the other")
    .action(async (models: readonly string[], flags: CompareFlags) => {
      const { compareCommand } = await import("../compare.js");
      done(await compareCommand(models, { ...flags, plugins }, terminal));
    });
};
