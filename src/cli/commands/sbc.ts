import { type Command, Option } from "commander";
import { optionSchemas } from "../../index.js";
import { fitSourceOptions } from "../options.js";
import type { SbcFlags } from "../sbc.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that a calibration has no use for, or that it sets itself. */
const leftOut: readonly string[] = [
  "criteria",
  "lincomb",
  "escalate",
  "randomEffects",
  "targetEss",
  "timeLimitSeconds",
];

export const addSbc: AddCommand = (program, { terminal, plugins, done }) => {
  const { workers: _, ...own } = optionSchemas.sbc;
  const { workers } = optionSchemas.sbc;
  const options = [
    ...schemaOptions({ sbc: { ...own, workers } }, ["missing", "plugins", "families", "priors"]),
    new Option(
      "--out <dir>",
      "keep each data set's fit in a folder, from which the same command goes on where a run was ended",
    ),
  ];
  const command = program.command("sbc").argument("[model]", "a .glmm file, or a folder with model.glmm and data.csv");
  fitSourceOptions(command, optionSchemas.fit, options, plugins, leftOut)
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if ranks are outside their bands, or a fit failed")
    .description("simulate data from the priors of a model, fit them, and hold the fits against the truth")
    .action(async (source: string | undefined, flags: SbcFlags, given: Command) => {
      const { sbcCommand } = await import("../sbc.js");
      done(await sbcCommand(source, { ...flags, plugins }, given, terminal));
    });
};
