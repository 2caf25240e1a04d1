import type { Command } from "commander";
import { finish } from "../finish.js";
import { type AnyFitFlags, fitSource } from "../fitSource.js";
import { fitOptions, reportOptions } from "../options.js";
import type { AddCommand } from "./AddCommand.js";

export const addSummary: AddCommand = (program, { terminal, plugins, done }) => {
  reportOptions(fitOptions(program.command("summary"), plugins))
    .description("print the report of a saved fit, a folder of fit --out; a model is fitted first")
    .action(async (source: string | undefined, flags: AnyFitFlags, command: Command) =>
      done(await finish(await fitSource(source, { ...flags, plugins }, command, terminal), flags, terminal)),
    );
};
