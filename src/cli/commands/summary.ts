import type { Command } from "commander";
import { withLevel } from "../../index.js";
import { finish } from "../finish.js";
import { type AnyFitFlags, fitSource } from "../fitSource.js";
import { fitOptions, reportOptions } from "../options.js";
import type { AddCommand } from "./AddCommand.js";

export const addSummary: AddCommand = (program, { terminal, plugins, done }) => {
  reportOptions(fitOptions(program.command("summary"), plugins))
    .description("print the report of a saved fit, a folder of fit --out; a model is fitted first")
    .action(async (source: string | undefined, flags: AnyFitFlags & { readonly level?: number }, command: Command) => {
      const made = await fitSource(source, { ...flags, plugins }, command, terminal, { shared: ["level"] });
      const result = flags.level === undefined ? made.result : withLevel(made.result, flags.level);
      done(await finish({ ...made, result }, flags, terminal));
    });
};
