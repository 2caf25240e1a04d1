import { daysOf, isoDay, writtenDate } from "../data/dates.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { didYouMean } from "../language/suggest.js";
import type { Level } from "../summary/Estimands.js";
import type { ModelVariable } from "./ModelVariable.js";

/** Values of variables, by name or as texts "age=40,50"; a text in quotes may have commas. */
export type GivenLevels = Readonly<Record<string, Level | readonly Level[]>> | readonly string[];

/** The values that are given for variables, each a level or a number of its variable; problems go to the list, for names of other variables those of `unknown`. */
export function givenLevels(
  given: GivenLevels,
  variables: ReadonlyMap<string, ModelVariable>,
  problems: OptionProblem[],
  unknown: (name: string) => OptionProblem,
): Map<string, readonly Level[]> {
  const found = new Map<string, readonly Level[]>();
  for (const [name, values] of givenEntries(given, problems)) {
    const variable = variables.get(name);
    if (variable === undefined) problems.push(unknown(name));
    else if (found.has(name)) problems.push(notAllowed("at", `at gives ${name} twice`));
    else if (values.length === 0) problems.push(notAllowed("at", `at gives ${name} no value`));
    else {
      const read = values.map((value) => levelOf(value, variable));
      problems.push(...read.flatMap((one) => (typeof one === "object" ? [one] : [])));
      const levels = read.flatMap((one) => (typeof one === "object" ? [] : [one]));
      found.set(name, [...new Set(levels)]);
    }
  }
  return found;
}

export function notAllowed(option: string, message: string): OptionProblem {
  return { option, code: "not-allowed", message };
}

/** Names with the values that are given; texts that are none go to the problems. */
export function givenEntries(given: GivenLevels, problems: OptionProblem[]): (readonly [string, readonly Level[]])[] {
  if (!isTexts(given)) return Object.entries(given).map(([name, values]) => [name, isList(values) ? values : [values]]);
  return given.flatMap((text) => {
    const [, name, values] = /^\s*([^=]+?)\s*=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && values !== undefined) return [[name, cutAtCommas(values)] as const];
    problems.push(
      notAllowed("at", `at is ${JSON.stringify(text)}; allowed: a variable and its values, as in age=40,50`),
    );
    return [];
  });
}

function isTexts(given: GivenLevels): given is readonly string[] {
  return Array.isArray(given);
}

function isList(values: Level | readonly Level[]): values is readonly Level[] {
  return Array.isArray(values);
}

/** Values with commas between them, without the white space around them and their quotes. */
function cutAtCommas(text: string): string[] {
  const pieces = text.match(/(?:"[^"]*"|'[^']*'|[^,"'])+/g) ?? [];
  return pieces.map((piece) => piece.trim().replace(/^(["'])(.*)\1$/s, "$2")).filter((piece) => piece !== "");
}

/** The level or number that a value stands for, or what is wrong with it. */
function levelOf(value: Level, { name, column, kind, levels }: ModelVariable): Level | OptionProblem {
  if (kind === "number") {
    const number =
      column.kind === "date"
        ? dayOf(value)
        : typeof value === "string" && value.trim() === ""
          ? Number.NaN
          : Number(value);
    if (Number.isFinite(number)) return number;
    const what = column.kind === "date" ? "date" : "number";
    return notAllowed("at", `at gives ${name} the value ${JSON.stringify(value)}, which is no ${what}`);
  }
  const found = levels.find(
    (level) => String(level) === String(value) || (typeof level === "number" && level === Number(value)),
  );
  if (found !== undefined) return found;
  const hint = didYouMean(String(value), levels.map(String), "levels");
  return notAllowed("at", `at gives ${name} the value ${JSON.stringify(value)}, a level that it has not; ${hint}`);
}

function dayOf(value: Level): number {
  if (typeof value === "number") return value;
  const date = writtenDate(value);
  return date === null ? Number.NaN : daysOf(date);
}

/** How a value is shown: a date as such. */
export function shownLevel({ column, kind }: ModelVariable, level: Level): Level {
  return column.kind === "date" && kind === "number" ? isoDay(Number(level)) : level;
}
