import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import type { InfluenceFlags } from "../influence.js";
import { fitArgument, fitSourceOptions } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that influence has no use for. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "escalate"];

export const addInfluence: AddCommand = (program, { terminal, plugins, done }) => {
  const own = schemaOptions({ influence: optionSchemas.influence }, []);
  const command = program.command("influence").argument("[fit]", fitArgument());
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .option("--json", "print one JSON document instead of the table")
    .option("--strict", "exit with 1 if a Pareto k is too large")
    .description("which rows or groups decide a fit, and what it would be without them; no refit")
    .action(async (fit: string | undefined, flags: InfluenceFlags, given: Command) => {
      const { influenceCommand } = await import("../influence.js");
      done(await influenceCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
