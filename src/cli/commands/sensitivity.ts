import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { fitArgument, fitSourceOptions, repeated } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { SensitivityFlags } from "../sensitivity.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that sensitivity has no use for, or that it sets itself. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "escalate"];

export const addSensitivity: AddCommand = (program, { terminal, plugins, done }) => {
  const { nuts, laplace, inla } = optionSchemas.fit;
  const { sensitivity, varyPriors, tippingPoints } = optionSchemas;
  const own = schemaOptions({ sensitivity, "--vary": varyPriors, "--conclusion": tippingPoints }, ["level"]);
  const command = program.command("sensitivity").argument("[fit]", fitArgument());
  fitSourceOptions(command, { nuts, laplace, inla }, own, plugins, leftOut)
    .option(
      "--vary <priors>",
      'other priors of a target, as in "sd ~ half_normal(1) | exponential(1)", or with a grid of numbers, as in "beta ~ normal(0, 0.5:5:10)"; may be given again: all combinations',
      repeated,
    )
    .option(
      "--conclusion <text>",
      'finds the factors on the scale of each prior at which it changes, as in "beta[trt] < 0 with probability 0.95"; may be given again',
      repeated,
    )
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the result must not be trusted: a Pareto k is too large")
    .description("how far each prior and the likelihood decide the posterior")
    .action(async (fit: string | undefined, flags: SensitivityFlags, given: Command) => {
      const { sensitivityCommand } = await import("../sensitivity.js");
      done(await sensitivityCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
