import type { Span } from "./ast.js";
import { cutOutsideBrackets, quotedLength, unquote } from "./brackets.js";
import { errorAt, type Problem } from "./ModelError.js";

/** A piece of a statement. `index` is a whole `[subject, post]`, its items as written; `end` stands after the last one. */
export type Token =
  | { readonly kind: "name"; readonly name: string; readonly quoted: boolean; readonly span: Span }
  | { readonly kind: "number"; readonly value: number; readonly span: Span }
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  | { readonly kind: "index"; readonly items: readonly IndexItem[]; readonly span: Span }
  | { readonly kind: "symbol"; readonly symbol: string; readonly span: Span }
  | { readonly kind: "end"; readonly span: Span };

export interface IndexItem {
  readonly text: string;
  readonly span: Span;
}

/** The tokens of one statement, the last of kind "end"; `broken` where a problem of its own was found in it. */
export interface Statement {
  readonly tokens: readonly Token[];
  readonly broken: boolean;
}

/** Cuts a text into statements: one a line, and over more lines only inside of parentheses. */
export function readStatements(text: string): { statements: Statement[]; problems: Problem[] } {
  const lexer = new Lexer(text);
  lexer.run();
  return { statements: lexer.statements, problems: lexer.problems };
}

/** True for a name that needs no backticks. */
export function isPlainName(name: string): boolean {
  return new RegExp(`^${namePattern}$`, "u").test(name);
}

/** As in R, with leading underscores too: letters, digits, dots, underscores; no digit first, nor after a first dot. */
const namePattern = "(?:[\\p{L}_]|\\.(?!\\p{N}))[\\p{L}\\p{M}\\p{N}_.]*";

/** A line that can only be the start of a new statement, by which a parenthesis left open is noticed early. */
const statementPattern = `\\s*(?:prior\\s+\\p{L}|${namePattern}\\s*(?:[~=]|\\(\\s*${namePattern}\\s*\\)\\s*=))`;

/** What a web page or a word processor makes of plain characters. */
const lookalikes: readonly (readonly [string, string])[] = [
  ["\u2018\u2019", "'"],
  ["\u201C\u201D", '"'],
  ["\u2212\u2013\u2014", "-"],
  ["\u00D7\u22C5\u2217", "*"],
  ["\u00F7\u2215", "/"],
  ["\u223C\uFF5E\u02DC", "~"],
  ["\uFF1A\u2236", ":"],
  ["\uFF08", "("],
  ["\uFF09", ")"],
];

class Lexer {
  readonly statements: Statement[] = [];
  readonly problems: Problem[] = [];
  readonly #text: string;
  readonly #plainName = new RegExp(namePattern, "uy");
  #at = 0;
  #tokens: Token[] = [];
  #open: Span[] = [];
  #broken = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    while (this.#at < this.#text.length) this.#step();
    this.#endStatement();
  }

  #step(): void {
    this.#take(/(?:[^\S\r\n]|#[^\r\n]*)*/uy);
    const lineBreak = this.#take(/\r\n|\r|\n/y);
    if (lineBreak.end > lineBreak.start) {
      if (this.#open.length === 0 || this.#startsStatement()) this.#endStatement();
    } else if (this.#at < this.#text.length) this.#token();
  }

  #token(): void {
    const first = this.#text[this.#at];
    if (first === "`" || first === '"' || first === "'") this.#quoted(first);
    else if (first === "[") this.#index();
    else this.#name() || this.#number() || this.#symbol() || this.#stray();
  }

  #name(): boolean {
    const span = this.#take(this.#plainName);
    if (span.end === span.start) return false;
    this.#tokens.push({ kind: "name", name: this.#slice(span), quoted: false, span });
    return true;
  }

  #number(): boolean {
    const span = this.#take(/(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (span.end === span.start) return false;
    const tail = this.#take(/[\p{L}\p{M}\p{N}_.]+/uy);
    const value = Number(this.#slice(span));
    const whole = { start: span.start, end: tail.end };
    const hint = `a product is written with *, and a column of this name as \`${this.#slice(whole)}\``;
    if (tail.end > tail.start)
      this.#problem("bad-number", whole, `"${this.#slice(whole)}" is neither a number nor a name`, hint);
    else if (!Number.isFinite(value)) this.#problem("bad-number", span, "the number is too large");
    this.#tokens.push({ kind: "number", value, span: whole });
    return true;
  }

  #symbol(): boolean {
    // Comparisons and logical operators stand in parentheses only; outside, they are more likely slips such as "y <- x".
    const inside = this.#open.length > 0 ? this.#take(/<=|>=|==|!=|&&|[<>!&]/y) : nowhere(this.#at);
    const span = inside.end > inside.start ? inside : this.#take(/\|\||[-+*/:^()~=|,]/y);
    if (span.end === span.start) return false;
    const symbol = this.#slice(span);
    if (symbol === "(") this.#open.push(span);
    if (symbol === ")") this.#open.pop();
    this.#tokens.push({ kind: "symbol", symbol, span });
    return true;
  }

  #quoted(mark: string): void {
    const start = this.#at;
    const length = quotedLength(this.#text, start);
    if (length === 0) {
      this.#unclosed(mark === "`" ? "backtick" : "quotation mark");
      return;
    }
    this.#at += length;
    const span = { start, end: this.#at };
    const value = unquote(this.#slice(span));
    if (mark !== "`") this.#tokens.push({ kind: "string", value, span });
    else if (value === "") this.#problem("empty-name", span, "nothing stands between the backticks");
    else this.#tokens.push({ kind: "name", name: value, quoted: true, span });
  }

  #index(): void {
    const { pieces, end } = cutOutsideBrackets(this.#text, this.#at + 1, ",", "]");
    if (end === null) {
      this.#unclosed("bracket");
      return;
    }
    const span = { start: this.#at, end: end + 1 };
    this.#at = span.end;
    this.#tokens.push({ kind: "index", items: pieces.map((piece) => this.#item(piece)), span });
  }

  #item(piece: Span): IndexItem {
    const raw = this.#slice(piece);
    const text = raw.trim();
    const start = piece.start + (raw.length - raw.trimStart().length);
    return { text, span: { start, end: start + text.length } };
  }

  /** The rest of the line is lost with it. */
  #unclosed(what: string): void {
    this.#problem("unclosed", { start: this.#at, end: this.#at + 1 }, `the ${what} is not closed on its line`);
    this.#take(/[^\r\n]*/y);
    this.#open = [];
  }

  #stray(): void {
    const span = this.#take(/[^\p{L}\p{N}\s#`"'[\]()~=|,+*/:^_.-]+|[\s\S]/uy);
    const found = this.#slice(span);
    const plain = lookalikes.find(([odd]) => odd.includes([...found][0]))?.[1];
    const text = /^\p{Cc}/u.test(found) ? "a control character" : `"${found}"`;
    this.#problem(
      "stray-character",
      span,
      `${text} has no meaning here`,
      plain ? `write it as ${plain}` : strayHint(found),
    );
  }

  /** Inside parentheses a line goes on, unless it looks like a statement and the line before was not waiting for more. */
  #startsStatement(): boolean {
    const last = this.#tokens.at(-1);
    if (last?.kind === "symbol" && last.symbol !== ")") return false;
    const start = new RegExp(statementPattern, "uy");
    start.lastIndex = this.#at;
    return start.test(this.#text);
  }

  #endStatement(): void {
    for (const span of this.#open) this.#problem("unclosed", span, "this parenthesis is not closed");
    const end = this.#tokens.at(-1)?.span.end ?? this.#at;
    const tokens: Token[] = [...this.#tokens, { kind: "end", span: { start: end, end } }];
    if (tokens.length > 1 || this.#broken) this.statements.push({ tokens, broken: this.#broken });
    this.#tokens = [];
    this.#open = [];
    this.#broken = false;
  }

  #problem(code: string, span: Span, message: string, hint?: string): void {
    this.problems.push(errorAt(code, span, message, hint));
    this.#broken = true;
  }

  /** Moves over what a sticky pattern matches here, which may be nothing. */
  #take(pattern: RegExp): Span {
    const start = this.#at;
    pattern.lastIndex = start;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
    return { start, end: this.#at };
  }

  #slice({ start, end }: Span): string {
    return this.#text.slice(start, end);
  }
}

function nowhere(at: number): Span {
  return { start: at, end: at };
}

function strayHint(found: string): string | undefined {
  if (found === ";") return "one statement a line";
  if (found === "<") return "a line of the model is written with = or ~";
  if (found === "]") return "brackets stand only in the target of a prior";
  return undefined;
}
