import { type Command, InvalidArgumentError, Option } from "commander";
import { optionSchemas } from "../../index.js";
import { fitArgument, fitSourceOptions } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { SimulateFlags } from "../simulate.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that simulations have no use for; `draws` is of the simulation. */
const leftOut: readonly string[] = ["criteria", "lincomb", "escalate", "randomEffects"];

export const addSimulate: AddCommand = (program, { terminal, plugins, done }) => {
  const { effects, ...ofFits } = optionSchemas.simulate;
  const { prior } = optionSchemas.simulateModel;
  const own = [
    new Option("--new <file>", "rows to simulate, a CSV or TSV file (default: the rows that were fitted)"),
    ...schemaOptions({ simulate: { effects, prior, ...ofFits } }, ["seed"]),
    new Option("--limits <lower,upper>", "means beyond these limits are counted (default: by the data)").argParser(
      limits,
    ),
    new Option("--out <file>", "write the responses to a CSV file"),
    new Option("--format <name>", "of --out: a line for each response, or the data with a column for each data set")
      .choices(["tidy", "wide"])
      .default("tidy"),
  ];
  const command = program.command("simulate").argument("[fit]", fitArgument());
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .option("--json", "print one JSON document instead of the tables")
    .option("--digits <n>", "significant digits of every number (default: 4)", digits)
    .description("simulate responses from a fit, from the priors of a model, or at stated parameters")
    .action(async (source: string | undefined, flags: SimulateFlags, given: Command) => {
      const { simulateCommand } = await import("../simulate.js");
      done(await simulateCommand(source, { ...flags, plugins }, given, terminal));
    });
};

function limits(text: string): readonly [number, number] {
  const parts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [lower, upper] = parts;
  if (parts.length !== 2 || !(lower < upper)) throw new InvalidArgumentError("It must be two numbers, as in 0,1000.");
  return [lower, upper];
}

function digits(text: string): number {
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= 15))
    throw new InvalidArgumentError("It must be a whole number from 1 to 15.");
  return count;
}
