import type { Span } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";

/** A weakness that engines with proper priors can live with. */
export function warningAt(code: string, span: Span | undefined, message: string, hint?: string): Problem {
  return { ...errorAt(code, span, message, hint), severity: "warning" };
}

/** How something was taken that could have been taken otherwise. */
export function noteAt(code: string, span: Span | undefined, message: string, hint?: string): Problem {
  return { ...errorAt(code, span, message, hint), severity: "note" };
}

/** Each problem once, in order: a variable that stands in several places is evaluated in each. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** "1 level", "2 levels" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
