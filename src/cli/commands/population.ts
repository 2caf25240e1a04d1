import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { digitsOption, fitArgument, fitSourceOptions } from "../options.js";
import type { PopulationFlags } from "../population.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that a population has no use for. */
const leftOut: readonly string[] = ["criteria", "lincomb", "intervals", "replicates", "bootstrapType", "escalate"];

export const addPopulation: AddCommand = (program, { terminal, plugins, done }) => {
  const own = schemaOptions({ population: optionSchemas.population }, []);
  const command = program.command("population").argument("[fit]", fitArgument());
  command.option("--new <file>", "a CSV or TSV file with the rows to average over (default: the rows of the fit)");
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .addOption(digitsOption())
    .option("--json", "print one JSON document instead of the tables")
    .description("averages over all levels: marginal coefficients, variances, intraclass correlations, R2")
    .action(async (fit: string | undefined, flags: PopulationFlags, given: Command) => {
      const { populationCommand } = await import("../population.js");
      done(await populationCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
