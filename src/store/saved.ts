import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { hasField } from "../argument/kinds.js";
import type { Estimates } from "../engine/ml/Estimates.js";
import { aPosterior } from "../posterior/aPosterior.js";
import type { Posterior } from "../posterior/Posterior.js";
import { ResultError } from "../posterior/ResultError.js";
import { damaged, decode, encode, type Json } from "./jsonData.js";

/** The version of what `toJSON` writes: fields may be added to it, never renamed. */
const VERSION = 1;
const FORMAT = "marginalia-result";

/** A result as JSON, with typed arrays and numbers as they are bit for bit. */
export interface SavedResult {
  readonly format: "marginalia-result";
  readonly version: number;
  readonly kind: "posterior" | "estimates";
  readonly result: Json;
}

/**
 * The posterior of a fit, or the estimates of maximum likelihood, as plain JSON: `JSON.stringify(toJSON(fit.posterior))`. Joint draws of inla are made
 * for it and kept with it. Throws ArgumentError for a value that is neither.
 */
export function toJSON(result: Posterior | Estimates): SavedResult {
  return { format: FORMAT, version: VERSION, kind: kindOf(result), result: encode(result) };
}

/**
 * The result that `toJSON` saved, from its value or its text: the same numbers bit for bit. Every field is checked.
 * Throws ResultError, which says where what is wrong.
 */
export async function fromJSON(saved: unknown): Promise<Posterior | Estimates> {
  const { kind, result } = opened(typeof saved === "string" ? parsed(saved) : saved);
  const value = decode(result);
  // Loaded when a result is read, for the library of the schemas takes as long to load as all of the rest.
  const { readEstimates, readPosterior } = await import("./schemas.js");
  const read = kind === "posterior" ? readPosterior(value) : readEstimates(value);
  if ("fault" in read) throw damaged(read.fault.path, read.fault.cause);
  return read.result;
}

function kindOf(result: Posterior | Estimates): SavedResult["kind"] {
  if (typeof result === "object" && result !== null && result.engine === "ml") return "estimates";
  checkArgument(aResult, result, "toJSON", "result");
  return "posterior";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ResultError("damaged", `the saved result is not JSON: ${cause}`, "save the result anew");
  }
}

function opened(saved: unknown): { readonly kind: "posterior" | "estimates"; readonly result: unknown } {
  const isOurs = typeof saved === "object" && saved !== null && "format" in saved && saved.format === FORMAT;
  if (!isOurs || !("version" in saved && "kind" in saved && "result" in saved))
    throw new ResultError("not-a-saved-result", "this is not a saved result", "give what toJSON made, or its text");
  const { version, kind, result } = saved;
  if (version !== VERSION) {
    const problem = `the result was saved in version ${JSON.stringify(version)} of its format, and this program reads ${VERSION}`;
    throw new ResultError("version", problem, "read it with the program that saved it, or a later one");
  }
  if (kind !== "posterior" && kind !== "estimates") throw damaged("kind", `there is no kind ${JSON.stringify(kind)}`);
  return { kind, result };
}

const aResult: ArgumentKind = {
  code: "not-a-result",
  expected: "the posterior of a fit, or the estimates of maximum likelihood: fit.posterior or fit.ml",
  accepts: aPosterior.accepts,
  hint: (value) => (hasField(value, "compiled") ? "a whole fit is saved by fitToJSON" : null),
};
