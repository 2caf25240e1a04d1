import { cutOutsideBrackets, quote, quotedLength, unquote } from "./brackets.js";
import { readStatements, type Token } from "./lexer.js";
import { parseExpression } from "./parseExpression.js";
import { printExpression, printName } from "./printExpression.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

/**
 * The name of a coefficient or a factor as results print it, from how it is written in the brackets of a prior:
 * `poly(x,2).1` is `poly(x, 2).1`. A name that white space or brackets would spoil can be written as a string.
 */
export function readCoefficient(written: string): string {
  const text = written.trim();
  const isString = text.startsWith('"') || text.startsWith("'");
  if (isString && quotedLength(text, 0) === text.length) return unquote(text);
  return factors(text).map(readFactor).join(":");
}

/** The inverse of `readCoefficient`: as it is where that reads back whatever the line goes on with, else as a string. */
export function printCoefficient(name: string): string {
  const token = readStatements(`[${name}] "'\``).statements[0]?.tokens[0];
  const isWhole = token?.kind === "index" && token.items.length === 1 && token.span.end === name.length + 2;
  return isWhole && name !== "" && readCoefficient(token.items[0].text) === name ? name : quote(name, '"');
}

/** Equal for two names of one coefficient: the variables of an interaction may stand in any order. */
export function coefficientKey(name: string): string {
  return factors(name).sort().join(":");
}

function factors(text: string): string[] {
  return cutOutsideBrackets(text, 0, ":").pieces.map(({ start, end }) => text.slice(start, end).trim());
}

/** One variable of a product, with the level after it if it is a dummy: `factor(period).2`. */
function readFactor(text: string): string {
  const [statement] = readStatements(text).statements;
  const first = statement?.tokens[0];
  if (first?.kind !== "name") return text;
  const call = leadingCall(text, statement.tokens);
  if (call !== null) return call.printed + text.slice(call.end).trim();
  return first.quoted ? printName(first.name) + text.slice(first.span.end).trim() : text;
}

function leadingCall(text: string, tokens: readonly Token[]): { printed: string; end: number } | null {
  const stream = new TokenStream(text, tokens);
  if (!stream.sees("(", 1)) return null;
  try {
    const expression = parseExpression(stream);
    return { printed: printExpression(expression), end: expression.span?.end ?? 0 };
  } catch (error) {
    if (error instanceof SyntaxProblem) return null;
    throw error;
  }
}
