import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import type { LooFlags } from "../loo.js";
import { fitArgument, fitSourceOptions } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that cross-validation has no use for, or that it sets itself. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "escalate"];

export const addLoo: AddCommand = (program, { terminal, plugins, done }) => {
  const { nuts, laplace, inla } = optionSchemas.fit;
  const own = schemaOptions({ loo: optionSchemas.loo }, []);
  const command = program.command("loo").argument("[fits...]", fitArgument("s"));
  fitSourceOptions(command, { nuts, laplace, inla }, own, plugins, leftOut)
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the result must not be trusted: a Pareto k is too large")
    .description("how well models predict rows or groups that are left out, and which does it best")
    .action(async (fits: readonly string[], flags: LooFlags, given: Command) => {
      const { looCommand } = await import("../loo.js");
      done(await looCommand(fits, { ...flags, plugins }, given, terminal));
    });
};
