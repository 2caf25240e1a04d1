import { ResultError } from "../posterior/ResultError.js";

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Typed arrays by the name of the single key that stands for them in JSON. */
const typedArrays = { $float64: Float64Array, $int32: Int32Array, $uint8: Uint8Array } as const;

export type TypedArray = Float64Array | Int32Array | Uint8Array;

/** Typed arrays that are kept apart from what holds them, in the order of their positions. */
export type ArraysApart = Map<TypedArray, number>;

/** The key of the position of a typed array that is kept apart. */
const arrayKey = "$array";

/** The key of a number that JSON has no word for: { "$number": "NaN" }. */
const numberKey = "$number";

/**
 * Plain data as JSON that reads back bit for bit: typed arrays are `{ "$float64": [...] }`, and numbers that JSON lacks their names (NaN, Infinity, -0).
 * With `apart`, typed arrays are put there, each once, and their positions stand for them: `{ "$array": 3 }`.
 * Throws ResultError for a function and other values that are no data.
 */
export function encode(value: unknown, path = "result", apart?: ArraysApart): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return isPlain(value) ? value : { [numberKey]: nameOf(value) };
  if (typeof value !== "object" || value instanceof Map || value instanceof Set)
    throw new ResultError("not-data", `${path} is a ${typeof value}, which cannot be saved`, "save data only");
  if (Array.isArray(value)) return value.map((item, i) => encode(item, `${path}[${i}]`, apart));
  for (const [key, type] of Object.entries(typedArrays))
    if (value instanceof type && apart !== undefined) return { [arrayKey]: positionIn(apart, value) };
    else if (value instanceof type) return { [key]: Array.from(value, (x) => (isPlain(x) ? x : nameOf(x))) };
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, encode(item, `${path}.${key}`, apart)]));
}

/** The inverse of `encode`, with the arrays that were kept apart. Throws ResultError for what it does not make. */
export function decode(json: unknown, path = "result", apart: readonly TypedArray[] = []): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item, i) => decode(item, `${path}[${i}]`, apart));
  const entries = Object.entries(json);
  const [key, item] = entries.length === 1 ? entries[0] : ["", null];
  if (key === numberKey) return numberNamed(item, path);
  if (key === arrayKey) return apart[Number(item)] ?? fail(path, `there is no array ${JSON.stringify(item)}`);
  for (const [name, type] of Object.entries(typedArrays)) if (name === key) return new type(numbersOf(item, path));
  return Object.fromEntries(entries.map(([name, value]) => [name, decode(value, `${path}.${name}`, apart)]));
}

function positionIn(apart: ArraysApart, array: TypedArray): number {
  const position = apart.get(array) ?? apart.size;
  apart.set(array, position);
  return position;
}

function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function nameOf(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

const named: ReadonlyMap<unknown, number> = new Map([NaN, Infinity, -Infinity, -0].map((x) => [nameOf(x), x]));

function numberNamed(name: unknown, path: string): number {
  const value = named.get(name);
  if (value === undefined) throw damaged(path, `${JSON.stringify(name)} is not a number`);
  return value;
}

function numbersOf(items: unknown, path: string): number[] {
  if (!Array.isArray(items)) throw damaged(path, "a list of numbers is missing");
  return items.map((item, i) => (typeof item === "number" ? item : numberNamed(item, `${path}[${i}]`)));
}

function fail(path: string, cause: string): never {
  throw damaged(path, cause);
}

export function damaged(path: string, cause: string): ResultError {
  return new ResultError("damaged", `the saved result is damaged at ${path}: ${cause}`, "save the result anew");
}
