import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { fitArgument, fitSourceOptions } from "../options.js";
import type { PpcFlags } from "../ppc.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that replicated data have no use for, or that the command has itself. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "escalate"];

export const addPpc: AddCommand = (program, { terminal, plugins, done }) => {
  const own = schemaOptions({ ppc: optionSchemas.ppc }, []);
  const command = program.command("ppc").argument("[fit]", fitArgument());
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the data are unlike those that the model replicates")
    .description("data replicated from a fit beside its own data: statistics, frequencies, calibration")
    .action(async (fit: string | undefined, flags: PpcFlags, given: Command) => {
      const { ppcCommand } = await import("../ppc.js");
      done(await ppcCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
