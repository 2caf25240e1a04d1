import type { Span } from "../language/ast.js";
import { ModelError, type Problem } from "../language/ModelError.js";

/** A piece of a text that was typed, by where it starts. */
export interface Piece {
  readonly text: string;
  readonly start: number;
}

/** A statement of a variation: `sd ~ half_normal(1)`. */
export interface VariedStatement {
  /** With white space as printed statements have it. */
  readonly name: string;
  /** Of what it is put together: the typed text from its start to its end, but for a number that a grid stands for. */
  readonly parts: readonly (Piece & { readonly end: number })[];
  /** The variation as it was typed. */
  readonly typed: string;
}

/** The statement as it is read: on one line, and with the characters where its parts have them. */
export function readText({ parts }: VariedStatement): string {
  return parts
    .map(({ text }) => text)
    .join("")
    .replaceAll(/[\r\n]/g, " ");
}

/** What was typed, from one place to another. */
export function typedPart(typed: string, start: number, end: number): VariedStatement["parts"][number] {
  return { text: typed.slice(start, end), start, end };
}

/** At separators outside of brackets. */
export function cut({ text, start }: Piece, separator: string): Piece[] {
  const pieces = [{ text: "", start }];
  let depth = 0;
  for (let k = 0; k < text.length; k++) {
    const character = text[k];
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === separator && depth === 0) pieces.push({ text: "", start: start + k + 1 });
    else pieces[pieces.length - 1].text += character;
  }
  return pieces;
}

/** Without the white space around it. */
export function trimmed({ text, start }: Piece): Piece {
  return { text: text.trim(), start: start + text.length - text.trimStart().length };
}

/** A statement with where it stands in the text that was read. */
export interface PlacedStatement {
  readonly statement: VariedStatement;
  readonly offset: number;
}

/** Problems of a text that statements are part of, as an error that points into the variations as they were typed; it has no place for those of the rest of the text. */
export function typedError(problems: readonly Problem[], placed: readonly PlacedStatement[]): ModelError {
  const texts = placed.map(({ statement }) => statement.typed);
  const starts = texts.map((_, k) => texts.slice(0, k).reduce((sum, { length }) => sum + length + 1, 0));
  const pointed = problems.map(({ span, ...problem }): Problem => {
    const k = placed.filter(({ offset }) => span !== undefined && offset <= span.start).length - 1;
    if (span === undefined || k < 0) return problem;
    const { statement, offset } = placed[k];
    const { start, end, isOfGrid } = typedSpan(statement, { start: span.start - offset, end: span.end - offset });
    const message = isOfGrid ? `${problem.message}, in ${statement.name}` : problem.message;
    return { ...problem, message, span: { start: starts[k] + start, end: starts[k] + end } };
  });
  const text = texts.join("\n");
  return new ModelError(pointed, { name: "variation", text, parts: text.split(lineBreak).map(() => "variation") });
}

const lineBreak = /\r\n|\r|\n/;

/** Where a span of a statement was typed, and whether it has a number of a grid, of which it is the whole grid. */
function typedSpan({ parts, typed }: VariedStatement, span: Span): Span & { readonly isOfGrid: boolean } {
  const wide = Math.max(span.end, span.start + 1);
  let at = 0;
  let [start, end, isOfGrid] = [typed.length, 0, false];
  for (const part of parts) {
    const [from, to] = [Math.max(span.start - at, 0), Math.min(wide - at, part.text.length)];
    at += part.text.length;
    if (from >= to) continue;
    const isTyped = part.text === typed.slice(part.start, part.end);
    isOfGrid ||= !isTyped;
    start = Math.min(start, isTyped ? part.start + from : part.start);
    end = Math.max(end, isTyped ? part.start + to : part.end);
  }
  return { start, end: end === 0 ? typed.length : end, isOfGrid };
}
