import { type Command, InvalidArgumentError, Option } from "commander";
import { comparedEngines, exportFormats, type OptionSchema, optionSchemas, type Plugin } from "../index.js";
import { schemaOptions } from "./schemaOptions.js";

/** What every command takes that reads a model and its data. */
export function sourceOptions(command: Command): Command {
  return dataOptions(
    command.argument("[model]", "a .glmm file, or a folder with model.glmm and data.csv"),
    "an lme4 or brms formula in place of a model file",
    (formula: string) => formula,
  );
}

/** What `fit` takes: its source, and the options of every engine, those of plugins too. */
export function fitOptions(command: Command, plugins: readonly Plugin[]): Command {
  const defined = plugins.flatMap((plugin) => plugin.engines).map(({ name, options }) => [name, options] as const);
  const schemas = { ...optionSchemas.fit, ...Object.fromEntries(defined) };
  const engines = Object.keys(schemas);
  sourceOptions(command.optionsGroup(headings.reading)).optionsGroup(headings.fitting);
  command.addOption(
    choice(
      "--engine <name>",
      "the posterior by nuts, laplace, inla or an engine of a plugin, or maximum likelihood",
      ...engines,
    ),
  );
  added(command, schemaOptions(schemas, shown)).optionsGroup(headings.own);
  return displayOptions(command);
}

export function compareOptions(command: Command): Command {
  const models = command.argument("[models...]", "one or two .glmm files, or folders with model.glmm and data.csv");
  const { compare, compareEvidence, compareEngines } = optionSchemas;
  const kinds = {
    "one model": compareEngines,
    "two models by ml": compare,
    "two models by inla or laplace": compareEvidence,
  };
  dataOptions(models, "an lme4 or brms formula in place of a model file, once or twice", repeated)
    .option(
      "--engines <names>",
      `one model: of ${comparedEngines.join(", ")}, and engines of plugins, with commas between them; two models: ml, or inla and laplace for a Bayes factor`,
      names,
    )
    .option("--against <file>", "one model: a fit made elsewhere, .csv or .json; may be given again", repeated);
  return displayOptions(added(command, schemaOptions(kinds, [...shown, "engines", "against"])))
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the result must not be trusted");
}

/** The format of an export, which has no default. */
export function formatOption(): Option {
  return new Option("--to <format>", "the format, one of those below")
    .choices(Object.keys(exportFormats))
    .makeOptionMandatory();
}

/** Under which the help of commands lists options: those of the command itself, and of the fit that it needs. */
const headings = {
  own: "Options:",
  reading: "Where a model and its data are read:",
  fitting: "How a model is fitted:",
} as const;

/** The argument FIT of commands about fits, in words. */
export function fitArgument(plural: "" | "s" = ""): string {
  return plural === ""
    ? "a folder of fit --out; or a .glmm file, or a folder with model.glmm and data.csv"
    : "folders of fit --out; or .glmm files, or folders with model.glmm and data.csv";
}

/**
 * What a command takes that is about a fit: where a model and its data are read, the options of the engines that fit it, and those of the command itself, which stand
 * before options of engines of the same name. `leftOut` are options of engines that the command has no use for.
 */
export function fitSourceOptions(
  command: Command,
  engines: Readonly<Record<string, OptionSchema>>,
  own: readonly Option[],
  plugins: readonly Plugin[],
  leftOut: readonly string[] = [],
): Command {
  const defined = plugins.flatMap((plugin) => plugin.engines).map(({ name, options }) => [name, options] as const);
  const schemas = { ...engines, ...Object.fromEntries(defined) };
  const described = own.map((option) => option.attributeName());
  added(command.optionsGroup(headings.own), own).optionsGroup(headings.reading);
  dataOptions(command, "an lme4 or brms formula in place of a model file", (formula: string) => formula);
  command.optionsGroup(headings.fitting);
  command.addOption(choice("--engine <name>", "the engine that fits the model", ...Object.keys(schemas)));
  added(command, schemaOptions(schemas, [...shown, ...leftOut, ...described]));
  return command.optionsGroup(headings.own);
}

/** Options that every command describes in words of its own. */
const shown: readonly string[] = ["missing", "level", "plugins"];

function added(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

function dataOptions<T>(command: Command, formula: string, parse: (text: string, before: T | undefined) => T): Command {
  return command
    .option("--data <file>", "a CSV or TSV file (default: data.csv beside the model)")
    .option("--delimiter <character>", 'what stands between its cells, as in ";" or tab (default: by the ending)')
    .addOption(new Option("--decimal <mark>", "its decimal mark (default: a point, or as found)").choices([".", ","]))
    .option("--na <texts>", 'cells that are missing besides empty ones, NA and NaN, as in ".,-99"', names)
    .option("--text <columns>", "columns that are text whatever their cells look like, as in id,zip", names)
    .option("--formula <formula>", formula, parse)
    .option("--family <name>", "the family that goes with --formula", parse)
    .option("--link <name>", "the link that goes with --formula (default: the family's usual one)", parse)
    .addOption(choice("--missing <what>", "rows with missing values", "drop", "error"))
    .option(
      "--plugin <module>",
      "a module, as a file or package, of families, priors and engines; may be given again",
      repeated,
    );
}

/** How the numbers of a report are shown. */
function displayOptions(command: Command): Command {
  return command
    .option("--level <p>", "probability of intervals (default: 0.9 of a posterior, 0.95 of maximum likelihood)", number)
    .addOption(digitsOption());
}

/** Significant digits of the numbers that are shown. */
export function digitsOption(): Option {
  const sentence = "significant digits of every number (default: as many as its Monte Carlo error supports, else 4)";
  return new Option("--digits <n>", sentence).argParser(digits);
}

const strictHelp =
  "exit with 1 if the result must not be trusted: it is partial, a diagnostic warns, or a prior is improper " +
  "(notes on the data alone do not count)";

/** How the report of a fit is shown, and what its exit code says. */
export function reportOptions(command: Command): Command {
  return command
    .option("--covariance", "show the covariance matrix of each random term, its correlations and its LDL' factors")
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", strictHelp);
}

function digits(text: string): number {
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= 15))
    throw new InvalidArgumentError("It must be a whole number from 1 to 15.");
  return count;
}

/** The first choice is the default. */
function choice(flags: string, description: string, ...choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).default(choices[0]);
}

function names(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** The values of an option that may be given again. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
