import type { Span } from "./ast.js";

/** What a scan for separators found: the pieces between them, and where it stopped (null: at the end, without `close`). */
export interface Pieces {
  readonly pieces: readonly Span[];
  readonly end: number | null;
}

/**
 * Cuts a text at a separator, up to `close`, counting neither inside brackets nor inside quotes. Any closing bracket
 * closes any opening one, so that a level named by an interval, "(0,10]", stays whole. Backticks quote everywhere,
 * quotation marks only where they can stand for a string: inside brackets, or at the start of a piece.
 */
export function cutOutsideBrackets(text: string, from: number, separator: string, close?: string): Pieces {
  const pieces: Span[] = [];
  let start = from;
  let depth = 0;
  for (let at = from; at < text.length && text[at] !== "\n" && text[at] !== "\r"; at++) {
    const character = text[at];
    const quoted = quotedLength(text, at);
    if (quoted > 0 && (character === "`" || depth > 0 || text.slice(start, at).trim() === "")) at += quoted - 1;
    else if (depth === 0 && character === close) return { pieces: [...pieces, { start, end: at }], end: at };
    else if (depth === 0 && character === separator) {
      pieces.push({ start, end: at });
      start = at + 1;
    } else if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth = Math.max(0, depth - 1);
  }
  return { pieces: [...pieces, { start, end: text.length }], end: null };
}

/** Length of the string or backticked name that starts here and is closed on its line, quotes included; else 0. */
export function quotedLength(text: string, at: number): number {
  const quote = text[at];
  if (quote !== '"' && quote !== "'" && quote !== "`") return 0;
  for (let end = at + 1; end < text.length && text[end] !== "\n" && text[end] !== "\r"; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === quote) return end + 1 - at;
  }
  return 0;
}

/** What stands between quotes, with \n, \r and \t for the characters that would break a line, and any other escaped by \. */
export function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gsu, (_, character: string) => escapes.get(character) ?? character);
}

/** Strings stand in the first two, names in the last. */
export type QuotationMark = '"' | "'" | "`";

/** The inverse of `unquote`. */
export function quote(text: string, mark: QuotationMark): string {
  const escaped = text.replace(/[\\\n\r\t"'`]/g, (character) => {
    const letter = [...escapes].find(([, meaning]) => meaning === character)?.[0];
    if (letter !== undefined) return `\\${letter}`;
    return character === "\\" || character === mark ? `\\${character}` : character;
  });
  return mark + escaped + mark;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
