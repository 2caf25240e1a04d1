import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { fitArgument, fitSourceOptions } from "../options.js";
import type { ResidualsFlags } from "../residuals.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that residuals have no use for. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "escalate"];

export const addResiduals: AddCommand = (program, { terminal, plugins, done }) => {
  const own = schemaOptions({ residuals: optionSchemas.residuals }, []);
  const command = program.command("residuals").argument("[fit]", fitArgument());
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if a test finds the data unlike simulated ones")
    .description("randomised quantile residuals of a fit, and tests of them against simulated data")
    .action(async (fit: string | undefined, flags: ResidualsFlags, given: Command) => {
      const { residualsCommand } = await import("../residuals.js");
      done(await residualsCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
