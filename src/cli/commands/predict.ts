import type { Command } from "commander";
import { optionSchemas } from "../../index.js";
import { digitsOption, fitArgument, fitSourceOptions } from "../options.js";
import type { PredictFlags } from "../predict.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that predictions have no use for, or that they set themselves. */
const leftOut: readonly string[] = ["randomEffects", "criteria", "lincomb", "intervals", "replicates", "bootstrapType"];

export const addPredict: AddCommand = (program, { terminal, plugins, done }) => {
  const own = schemaOptions({ predict: optionSchemas.predict }, []);
  const command = program.command("predict").argument("[fit]", fitArgument());
  command.option("--new <file>", "a CSV or TSV file with the rows to predict (default: the rows of the fit)");
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .option("--out <file>", "write all predictions to a CSV file")
    .option(
      "--out-draws <file>",
      "write what is predicted of each row at each draw to a CSV file, a line a row and draw",
    )
    .addOption(digitsOption())
    .option("--json", "print one JSON document instead of the table")
    .description("what a fit says of rows: linear predictors, means, new responses, with intervals")
    .action(async (fit: string | undefined, flags: PredictFlags, given: Command) => {
      const { predictCommand } = await import("../predict.js");
      done(await predictCommand(fit, { ...flags, plugins }, given, terminal));
    });
};
