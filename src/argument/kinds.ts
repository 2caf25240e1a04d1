import type { ArgumentKind } from "./checkArgument.js";
import { isPromise } from "./received.js";

/** The kinds of fields that tell objects apart. */
type FieldType = "object" | "list" | "text" | "number" | "function";

/** Objects that have fields of these types; others are not looked at. */
export function objectWith(
  code: string,
  expected: string,
  fields: Readonly<Record<string, FieldType>>,
  hint?: ArgumentKind["hint"],
): ArgumentKind {
  const wanted = Object.entries(fields);
  const accepts = (value: unknown) =>
    typeof value === "object" &&
    value !== null &&
    wanted.every(([name, type]) => name in value && isOfType(Reflect.get(value, name), type));
  return { code, expected, accepts, ...(hint === undefined ? {} : { hint }) };
}

function isOfType(value: unknown, type: FieldType): boolean {
  if (type === "list") return Array.isArray(value) || ArrayBuffer.isView(value);
  if (type === "text") return typeof value === "string";
  if (type === "object") return typeof value === "object" && value !== null;
  return typeof value === type;
}

/** Whether a value has a field of that name. */
export function hasField(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && name in value;
}

export const aText: ArgumentKind = {
  code: "not-text",
  expected: "a text",
  accepts: (value) => typeof value === "string",
};

/** A list that is not empty, of texts. */
export const texts: ArgumentKind = {
  code: "not-texts",
  expected: "a list of texts",
  accepts: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
};

export const aNumber: ArgumentKind = {
  code: "not-a-number",
  expected: "a number",
  accepts: (value) => typeof value === "number",
};

/** Draws of one quantity: `[chain][draw]`. */
export const chainsOfDraws: ArgumentKind = {
  code: "not-chains",
  expected: "a list of chains, each a Float64Array of draws: what fit.draws(name) returns",
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every((chain) => chain instanceof Float64Array),
  hint: (value) => (value instanceof Float64Array ? "for one chain give a list of it: [draws]" : null),
};

export const aList: ArgumentKind = { code: "not-a-list", expected: "a list", accepts: Array.isArray };

export const aPath: ArgumentKind = {
  code: "not-a-path",
  expected: "a path, a text",
  accepts: (value) => typeof value === "string",
  hint: (value) => (hasField(value, "href") ? "give fileURLToPath(url), of node:url" : null),
};

export const anObject: ArgumentKind = {
  code: "not-an-object",
  expected: "an object",
  accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value),
};
