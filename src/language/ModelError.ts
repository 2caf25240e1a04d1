import { checkArgument } from "../argument/checkArgument.js";
import { aNumber } from "../argument/kinds.js";
import type { ModelSource, Span } from "./ast.js";
import { aProblem, aSource } from "./kinds.js";

/** One thing that is wrong, or weak, in a model or in the data under it. */
export interface Problem {
  /** A stable word for programs, such as "unknown-column". */
  readonly code: string;
  /** A warning does not stop the engines that have a proper prior; a note is for information only. */
  readonly severity: "error" | "warning" | "note";
  /** The cause, without the place and without a full stop. */
  readonly message: string;
  /** The way out, where there is one: `did you mean "post"? columns: ...`. */
  readonly hint?: string;
  /** Where in the model text. */
  readonly span?: Span;
}

/** What is thrown for a model that cannot be read or does not fit its data: all of its problems at once. */
export class ModelError extends Error {
  readonly problems: readonly Problem[];
  readonly source: ModelSource;

  constructor(problems: readonly Problem[], source: ModelSource = { name: "model", text: "" }) {
    super(renderProblems(problems, source));
    this.name = "ModelError";
    this.problems = problems;
    this.source = source;
  }
}

/** A problem of severity "error". */
export function errorAt(code: string, span: Span | undefined, message: string, hint?: string): Problem {
  return { code, severity: "error", message, ...(hint !== undefined && { hint }), ...(span && { span }) };
}

/** Line and column of a UTF-16 offset, both from 1; the column counts code points. */
export function place(source: ModelSource, offset: number): { line: number; column: number } {
  checkArgument(aSource, source, "place", "source");
  checkArgument(aNumber, offset, "place", "offset");
  const lines = source.text.slice(0, offset).split(lineBreak);
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

/** "epilepsy.glmm:2:18" */
export function placeName(source: ModelSource, offset: number): string {
  checkArgument(aSource, source, "placeName", "source");
  checkArgument(aNumber, offset, "placeName", "offset");
  const { line, column } = place(source, offset);
  return source.parts === undefined ? `${source.name}:${line}:${column}` : `${source.parts[line - 1]}:1:${column}`;
}

/** The problem with its place, the line it stands on, carets under it, and the way out. */
export function renderProblem(problem: Problem, source: ModelSource): string {
  checkArgument(aProblem, problem, "renderProblem", "problem");
  checkArgument(aSource, source, "renderProblem", "source");
  const cause = problem.severity === "error" ? problem.message : `${problem.severity}: ${problem.message}`;
  const hint = problem.hint === undefined ? [] : [`  ${problem.hint}`];
  if (!problem.span) return [`${source.name}: ${cause}`, ...hint].join("\n");
  return [`${placeName(source, problem.span.start)}: ${cause}`, ...quoteLine(source.text, problem.span), ...hint].join(
    "\n",
  );
}

const lineBreak = /\r\n|\r|\n/;
/** Widest piece of a line that is quoted, in code points. */
const quoteWidth = 100;
/** A file that is no model at all has a problem on every line: the message shows as many, `problems` has all. */
const shownProblems = 100;

function renderProblems(problems: readonly Problem[], source: ModelSource): string {
  const shown = problems.slice(0, shownProblems).map((problem) => renderProblem(problem, source));
  const hidden = problems.length - shown.length;
  return (hidden > 0 ? [...shown, `and ${hidden} more problems`] : shown).join("\n");
}

/** The line the span starts on, cut round the span if it is long, and the carets; nothing for a blank line. */
function quoteLine(text: string, span: Span): string[] {
  const before = [...(text.slice(0, span.start).split(lineBreak).at(-1) ?? "")];
  const after = [...(text.slice(span.start).split(lineBreak, 1)[0] ?? "")];
  const line = [...before, ...after].map(printable);
  if (line.every((character) => character.trim() === "")) return [];
  const from = line.length <= quoteWidth ? 0 : Math.max(0, Math.min(before.length - 40, line.length - quoteWidth));
  const to = Math.min(line.length, from + quoteWidth);
  const lead = from > 0 ? "..." : "";
  const marked = Math.min([...text.slice(span.start, span.end)].length, to - before.length);
  const pad = line.slice(from, before.length).map((character) => (character === "\t" ? "\t" : " "));
  return [
    `  ${lead}${line.slice(from, to).join("")}${to < line.length ? "..." : ""}`,
    `  ${lead && "   "}${pad.join("")}${"^".repeat(Math.max(1, marked))}`,
  ];
}

/** Control characters could steer the reader's terminal. */
function printable(character: string): string {
  return character !== "\t" && /\p{Cc}/u.test(character) ? "\uFFFD" : character;
}
