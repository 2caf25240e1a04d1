import type { Span } from "./ast.js";
import type { Token } from "./lexer.js";
import { errorAt, type Problem } from "./ModelError.js";

/** Leaves the statement at its first syntax error; never leaves the language room. */
export class SyntaxProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

type NamedToken = Extract<Token, { kind: "name" }>;

/** A reading position in the tokens of one statement. */
export class TokenStream {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** `tokens` ends with one of kind "end"; `text` is what they were read from. */
  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#at];
  }

  /** The token after the current one. */
  get next(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)];
  }

  get previous(): Token | undefined {
    return this.#tokens[this.#at - 1];
  }

  /** The current token; the position stays on the last one, "end". */
  take(): Token {
    const token = this.current;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  sees(symbol: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === "symbol" && token.symbol === symbol;
  }

  /** The current token if it is this symbol, and moves on. */
  takeSymbol(symbol: string): Token | null {
    return this.sees(symbol) ? this.take() : null;
  }

  takeName(): NamedToken | null {
    const token = this.current;
    if (token.kind !== "name") return null;
    this.take();
    return token;
  }

  spanFrom(start: number): Span {
    return { start, end: Math.max(start, this.previous?.span.end ?? start) };
  }

  /** How a message calls a token: by its text in the model. */
  describe(token: Token): string {
    return token.kind === "end" ? "the end of the line" : `"${this.#text.slice(token.span.start, token.span.end)}"`;
  }

  fail(code: string, message: string, hint?: string, span: Span = this.current.span): never {
    throw new SyntaxProblem(errorAt(code, span, message, hint));
  }
}
