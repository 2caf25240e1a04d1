import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { fitArgument, fitSourceOptions } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { SensitivityFlags } from "../sensitivity.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that sensitivity has no use for, or that it sets itself. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "escalate"];

export const addSensitivity: AddCommand = (program, { terminal, plugins, done }) => {
  const { nuts, laplace, inla } = optionSchemas.fit;
  const own = schemaOptions({ sensitivity: optionSchemas.sensitivity }, []);
  const command = program.command("sensitivity").argument("[fit]", fitArgument());
  fitSourceOptions(command, { nuts, laplace, inla }, own, plugins, leftOut)
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the result must not be trusted: a Pareto k is too large")
    .description("how far each prior and the likelihood decide the posterior")
    .action(async (fit: string | undefined, flags: SensitivityFlags, given: Command) => {
      const { sensitivityCommand } = await import("../sensitivity.js");
      done(await sensitivityCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
