import { checkArgument } from "../argument/checkArgument.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import { withPlugins } from "../fit/loadPlugin.js";
import type { MlFit } from "../fit/MlFit.js";
import { modelText } from "../language/printer.js";
import { ResultError } from "../posterior/ResultError.js";
import { version } from "../version.js";
import { fitData } from "./FitData.js";
import { type ArraysApart, damaged, decode, encode, type Json, type TypedArray } from "./jsonData.js";
import type { LoadOptions } from "./rebuilt.js";

/** The version of what `fitToJSON` writes: fields may be added to it, never renamed. */
export const VERSION = 1;
export const FORMAT = "marginalia-fit";

/** A whole fit as JSON: what it was made from and what came out. */
export interface SavedFit {
  readonly format: "marginalia-fit";
  readonly version: number;
  /** The version of the program that saved it. */
  readonly program: string;
  readonly fit: Json;
}

/**
 * A fit of any engine as plain JSON: `JSON.stringify(fitToJSON(fit))`. It holds the columns that the model reads, so that `fitFromJSON` can make all of
 * the fit again. Throws ArgumentError for a value that is no fit.
 */
export function fitToJSON(fit: Fit | MlFit): SavedFit {
  return packedFit(fit);
}

/** `fitToJSON` with typed arrays kept apart where there is a place for them. */
export function packedFit(fit: Fit | MlFit, apart?: ArraysApart): SavedFit {
  checkArgument(aFit, fit, "fitToJSON", "fit");
  return {
    format: FORMAT,
    version: VERSION,
    program: version,
    fit: encode(fitData(fit, modelText(fit.ast)), "fit", apart),
  };
}

/**
 * The fit that `fitToJSON` saved, from its value or its text: the same numbers bit for bit, and all that a fit can be asked. Every field is checked, and
 * that its model, met with its data again, is the same. Throws ResultError with what is wrong where, PluginError for plugins.
 */
export async function fitFromJSON(saved: unknown, options: LoadOptions = {}): Promise<Fit | MlFit> {
  return unpackedFit(typeof saved === "string" ? parsed(saved) : saved, options);
}

/** `fitFromJSON` with the typed arrays that were kept apart. */
export async function unpackedFit(
  saved: unknown,
  options: LoadOptions,
  apart: readonly TypedArray[] = [],
): Promise<Fit | MlFit> {
  const value = decode(opened(saved), "fit", apart);
  // Loaded when a result is read, for the library of the schemas takes as long to load as all of the rest.
  const [{ readFitData }, { rebuilt }] = await Promise.all([import("./readFitData.js"), import("./rebuilt.js")]);
  const read = readFitData(value);
  if ("fault" in read) throw damaged(read.fault.path, read.fault.cause);
  return rebuilt(read.data, await withPlugins(options));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ResultError("damaged", `the saved fit is not JSON: ${cause}`, "save the fit anew");
  }
}

function opened(saved: unknown): unknown {
  const isOurs = typeof saved === "object" && saved !== null && "format" in saved && saved.format === FORMAT;
  if (!isOurs || !("version" in saved && "fit" in saved))
    throw new ResultError("not-a-saved-fit", "this is not a saved fit", "give what fitToJSON made, or its text");
  if (saved.version === VERSION) return saved.fit;
  const program = "program" in saved ? `, by marginalia ${String(saved.program)},` : "";
  const problem = `the fit was saved${program} in version ${JSON.stringify(saved.version)} of its format, and this program (${version}) reads ${VERSION}`;
  throw new ResultError("version", problem, "read it with the program that saved it, or a later one");
}
