/** What a value is, as a message says it: "null", "the number 3", "a list of 2", "a Promise that was not awaited". */
export function received(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `the text ${JSON.stringify(shortened(value))}`;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isPromise(value)) return "a Promise that was not awaited";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  return objectText(value);
}

/** Whether `await` would give another value. */
export function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function objectText(value: object): string {
  const fields = Object.keys(value);
  const name: unknown = value.constructor?.name;
  const kind = typeof name === "string" && name !== "" && name !== "Object" ? `an object of ${name}` : "an object";
  if (ArrayBuffer.isView(value)) return kind;
  if (fields.length === 0) return kind === "an object" ? "an empty object" : kind;
  const more = fields.length > LISTED ? ", ..." : "";
  return `${kind} with the fields ${fields.slice(0, LISTED).join(", ")}${more}`;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}

/** Fields that a message lists, and characters that it quotes. */
const LISTED = 5;
const LONGEST = 40;
