import type { SourceFlags } from "../modelSource.js";
import { sourceOptions } from "../options.js";
import type { AddCommand } from "./AddCommand.js";

export const addCheck: AddCommand = (program, { terminal, plugins, done }) => {
  sourceOptions(program.command("check"))
    .description("show the model in mathematics, its priors as used and the problems found; fits nothing")
    .action(async (model: string | undefined, flags: SourceFlags) => {
      const { checkCommand } = await import("../check.js");
      done(await checkCommand(model, { ...flags, plugins }, terminal));
    });
};
