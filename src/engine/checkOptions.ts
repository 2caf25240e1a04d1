import type { Given, OptionSchema, OptionsOf } from "./OptionSchema.js";
import { type OptionProblem, OptionsError } from "./OptionsError.js";

/** What is wrong with the values of the options that a schema declares, in its order; other names are not looked at. */
export function optionProblems(schema: OptionSchema, given: object): OptionProblem[] {
  return Object.entries(schema).flatMap(([name, { type }]): OptionProblem[] => {
    const value: unknown = Reflect.get(given, name);
    if (value === undefined || type.accepts(value)) return [];
    const code = type.isOfType(value) ? "not-allowed" : "wrong-type";
    return [{ option: name, code, message: `${name} is ${shown(value)}; allowed: ${type.allowed}` }];
  });
}

/** The options that a schema declares, with the defaults for those that are left out; values are not checked. */
export function withDefaults<Schema extends OptionSchema>(schema: Schema, given: Given<Schema>): OptionsOf<Schema>;
export function withDefaults(schema: OptionSchema, given: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(schema).map(([name, declared]) => [
      name,
      given[name] === undefined ? declared.default : given[name],
    ]),
  );
}

/** The options whose values the schema accepts, the others left out: for checks of how options go together. */
export function acceptedOptions<Schema extends OptionSchema>(schema: Schema, given: Given<Schema>): Given<Schema>;
export function acceptedOptions(schema: OptionSchema, given: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, { type }]) => (type.accepts(given[name]) ? [[name, given[name]]] : [])),
  );
}

/** The defaults of a schema. */
export function defaultsOf<Schema extends OptionSchema>(schema: Schema): OptionsOf<Schema> {
  return withDefaults(schema, {});
}

export function refuseProblems(problems: readonly OptionProblem[]): void {
  if (problems.length > 0) throw new OptionsError(problems);
}

/** A value as a message quotes it. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  const text = plainText(value);
  return text !== null && text.length <= LONGEST_QUOTE ? text : Array.isArray(value) ? "a list" : "an object";
}

/** Characters of a list or object that a message quotes. */
const LONGEST_QUOTE = 40;

function plainText(value: object): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null; // a circle, or a number that JSON does not have
  }
}
