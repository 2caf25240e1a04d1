import { checkArgument } from "../argument/checkArgument.js";
import { aText, objectWith } from "../argument/kinds.js";
import type { Option } from "./OptionSchema.js";

/** The default of an option in words; null for a switch that is off and for a listener. */
export function defaultText(option: Option<unknown>): string | null {
  checkArgument(anOption, option, "defaultText", "option");
  const { default: value, defaultInWords } = option;
  if (defaultInWords !== undefined) return defaultInWords;
  if (value === false) return null;
  if (value === null || value === undefined) return "none";
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? "none" : value.join(", ");
}

/** The option on the command line, with its value where it takes one: `--target-ess <n>`; null where it has none. */
export function flagOf(name: string, option: Option<unknown>): string | null {
  checkArgument(aText, name, "flagOf", "name");
  checkArgument(anOption, option, "flagOf", "option");
  const { flag } = option;
  const { argument } = option.type;
  if (argument === null || flag === null) return null;
  if (flag !== undefined) return flag;
  const kebab = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const value = {
    flag: "",
    number: " <n>",
    text: ` <${name}>`,
    repeated: " <text>",
    names: " <names>",
    interval: " <from,to>",
    choice: " <name>",
  }[argument.kind];
  return `${kebab}${value}`;
}

const anOption = objectWith("not-an-option", "an option of a schema: optionSchemas.nuts.draws", { type: "object" });
