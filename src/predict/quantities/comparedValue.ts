import type { Span } from "../../language/ast.js";
import type { TokenStream } from "../../language/TokenStream.js";
import type { ResponseEvent } from "./Quantity.js";

/** The response that quantities are of. */
export interface NamedResponse {
  /** What it is called besides "y". */
  readonly names: readonly string[];
  /** Of a response that is one of several categories their names; it is then known by their numbers, from 1. */
  readonly categories: readonly string[] | null;
  /** Whether categories have an order. */
  readonly isOrdered: boolean;
}

/** What a response is compared with, as it is written: 3, or "high". */
export interface ComparedValue {
  readonly value: number | string;
  readonly span: Span;
}

/** Fails at what is neither a number nor a quoted text. */
export function comparedValue(stream: TokenStream, message: string): ComparedValue {
  const token = stream.current;
  const sign = stream.takeSymbol("-") ? -1 : 1;
  const { current } = stream;
  const isText = current.kind === "string" && sign === 1;
  if (!isText && current.kind !== "number")
    return stream.fail("bad-quantity", `${message}, found ${stream.describe(token)}`, EXAMPLE, token.span);
  stream.take();
  return {
    value: current.kind === "string" ? current.value : sign * current.value,
    span: stream.spanFrom(token.span.start),
  };
}

const EXAMPLE = 'as in probability(y > 3), or of categories probability(y == "high")';

export function asWritten({ value }: ComparedValue): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/**
 * The number that a response is compared with: of categories that of the category, or one between two categories where the value is none of numeric ones. NaN for a text with a null `response`, of
 * which nothing is known yet. Fails for what is no category, and for an order of categories that have none.
 */
export function numberOf(
  stream: TokenStream,
  { value, span }: ComparedValue,
  isEquality: boolean,
  response: NamedResponse | null,
): number {
  const fail = (message: string, hint: string) => stream.fail("bad-quantity", message, hint, span);
  if (response === null) return typeof value === "number" ? value : Number.NaN;
  const { categories, isOrdered } = response;
  if (categories === null)
    return typeof value === "number"
      ? value
      : fail(`the response is compared with ${JSON.stringify(value)}, and is a number`, "as in probability(y > 3)");
  if (!isEquality && !isOrdered)
    return fail("the categories of the response have no order", "they are compared by == and !=");
  const place = categories.indexOf(String(value));
  if (place >= 0) return place + 1;
  const below = categories.map(Number).filter((category) => category < Number(value)).length;
  const areNumbers = categories.every((category) => category.trim() !== "" && Number.isFinite(Number(category)));
  if (typeof value === "number" && areNumbers && !isEquality) return below + 0.5;
  return fail(`${JSON.stringify(value)} is no category of the response`, `its categories are ${categories.join(", ")}`);
}

/** An event with both of its ends among the categories, where there are any. */
export function amongCategories(event: ResponseEvent, categories: readonly string[] | null): ResponseEvent {
  if (categories === null) return event;
  const { from, to } = event;
  return {
    ...event,
    from: from ?? { value: 1, isOpen: false },
    to: to ?? { value: categories.length, isOpen: false },
  };
}
