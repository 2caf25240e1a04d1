import { InvalidArgumentError, Option } from "commander";
import { defaultText, flagOf, type OptionSchema, type Option as SchemaOption } from "../index.js";
import { asFlags } from "./Terminal.js";

/** Options of several engines or comparisons, by what their help calls these. */
type Owners = Readonly<Record<string, OptionSchema>>;

interface Owned {
  readonly owner: string;
  readonly option: SchemaOption<unknown>;
}

/** The flags of all options of these schemas but the ones left out: one for each name, whoever has it. */
export function schemaOptions(owners: Owners, leftOut: readonly string[]): Option[] {
  const byFlag = new Map<string, Owned[]>();
  for (const [owner, schema] of Object.entries(owners))
    for (const [name, option] of Object.entries(schema)) {
      const flag = flagOf(name, option);
      if (flag === null || leftOut.includes(name)) continue;
      byFlag.set(flag, [...(byFlag.get(flag) ?? []), { owner, option }]);
    }
  return [...byFlag].map(([flag, owned]) => flagOption(flag, owned, Object.keys(owners).length));
}

function flagOption(flag: string, owned: readonly Owned[], owners: number): Option {
  const { argument } = owned[0].option.type;
  const option = new Option(flag, descriptionOf(owned, owners));
  if (argument?.kind === "choice") return option.choices(argument.choices);
  if (argument?.kind === "repeated") return option.argParser(repeated);
  if (argument?.kind === "names") return option.argParser(namesAdded);
  if (argument?.kind === "interval") return option.argParser((text) => text.split(",").map((end) => numberOr([], end)));
  if (argument?.kind === "number") return option.argParser((text) => numberOr(argument.words, text));
  return argument?.kind === "text" ? option.argParser(filled) : option;
}

/** "nuts: draws of each chain (default: 1000); laplace: draws of the posterior (default: 4000)" */
function descriptionOf(owned: readonly Owned[], owners: number): string {
  const byText = new Map<string, string[]>();
  for (const { owner, option } of owned) {
    const text = `${option.sentence}${defaultIn(option)}`;
    byText.set(text, [...(byText.get(text) ?? []), owner]);
  }
  return [...byText]
    .map(([text, names]) => (names.length === owners ? text : `${names.join(", ")}: ${text}`))
    .map((text) => asFlags(text.replaceAll("`", "")))
    .join("; ");
}

function defaultIn(option: SchemaOption<unknown>): string {
  const text = defaultText(option);
  return text === null || text === "none" ? "" : ` (default: ${text})`;
}

function numberOr(words: readonly string[], text: string): number | string {
  if (words.includes(text)) return text;
  const value = Number(text);
  const allowed = ["a number", ...words].join(" or ");
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`It must be ${allowed}.`);
  return value;
}

/** An empty text is a variable that was not set. */
function filled(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must be a number or a text.");
  return text;
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function namesAdded(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",").map((name) => name.trim())];
}
