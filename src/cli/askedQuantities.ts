import { Command, CommanderError } from "commander";
import { type AskedQuantity, type OptionSchema, optionSchemas } from "../index.js";
import { readTableFile, type SourceFlags } from "./modelSource.js";
import { schemaOptions } from "./schemaOptions.js";
import { UsageError } from "./Terminal.js";

const { means, contrasts, slopes, solve, predict, population } = optionSchemas;

/** The commands whose answers may be quantities of another, by their names. */
const commands: Readonly<Record<string, { readonly schema: OptionSchema; readonly hasRows: boolean }>> = {
  means: { schema: means, hasRows: false },
  contrast: { schema: contrasts, hasRows: false },
  slopes: { schema: slopes, hasRows: false },
  solve: { schema: solve, hasRows: false },
  predict: { schema: predict, hasRows: true },
  population: { schema: population, hasRows: true },
};

/**
 * Quantities as a command line has them: a parameter, a random effect or a weighted sum of them, or the words of a command that tells of a fit, as in
 * "means --of trt --effects marginal", of which all numbers are meant. Throws UsageError for words that the command does not have, and what reading a file throws.
 */
export function askedQuantities(texts: readonly string[], flags: SourceFlags): Promise<AskedQuantity[]> {
  return Promise.all(texts.map((text) => askedQuantity(text, flags)));
}

async function askedQuantity(text: string, flags: SourceFlags): Promise<AskedQuantity> {
  const [name, ...words] = wordsOf(text);
  if (name === undefined || !Object.hasOwn(commands, name)) return text;
  const { schema, hasRows } = commands[name];
  const command = new Command(name).exitOverride().allowExcessArguments(false).helpOption(false);
  command.configureOutput({ writeErr: () => {} });
  for (const option of schemaOptions({ [name]: schema }, [])) command.addOption(option);
  if (hasRows) command.option("--new <file>");
  try {
    command.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(
      `the quantity "${text}": ${error.message.replace(/^error: /, "")}\n  "marginalia ${name} --help" has the options that it may have`,
    );
  }
  const { new: file, ...options } = command.opts();
  const data = typeof file === "string" ? await readTableFile(file, flags) : null;
  return asked(name, options, data);
}

function asked(name: string, options: object, data: Awaited<ReturnType<typeof readTableFile>> | null): AskedQuantity {
  if (name === "means") return { means: options };
  if (name === "contrast") return { contrasts: options };
  if (name === "slopes") return { slopes: options };
  if (name === "solve") return { solve: options };
  return name === "population" ? { population: options, data } : { predict: options, data };
}

/** Between spaces, but for those in quotes. */
function wordsOf(text: string): string[] {
  const parts = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return parts.map((part) => part.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}
