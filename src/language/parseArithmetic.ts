import type { Expression, ModelSource, Span } from "./ast.js";
import { readStatements, type Token } from "./lexer.js";
import { errorAt, ModelError, type Problem } from "./ModelError.js";
import { parseExpression } from "./parseExpression.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

/**
 * Reads arithmetic of quantities by the names that results have, as in `exp(beta[x]) / sd[g, Intercept]^2`: a name and the brackets after it are one name.
 * `part` is the part of the text that is read. Throws ModelError with the place of what is wrong.
 */
export function parseArithmetic(source: ModelSource, part: Span = { start: 0, end: source.text.length }): Expression {
  // The rest of the text is blank, so that places are those of the whole.
  const text = " ".repeat(part.start) + source.text.slice(part.start, part.end).replaceAll(/\r\n|\r|\n/g, " ");
  const { statements, problems } = readStatements(text);
  if (problems.length > 0) throw new ModelError(problems, source);
  const [statement] = statements;
  if (statement === undefined) throw new ModelError([errorAt("missing-operand", part, "nothing stands here")], source);
  const stream = new TokenStream(text, withIndexedNames(statement.tokens));
  try {
    const expression = parseExpression(stream);
    if (stream.current.kind !== "end")
      stream.fail(
        "unexpected-token",
        `unexpected ${stream.describe(stream.current)}`,
        "quantities are joined by + - * / and ^",
      );
    const misplaced = foreignPart(expression);
    if (misplaced !== null) throw new ModelError([misplaced], source);
    return expression;
  } catch (error) {
    throw error instanceof SyntaxProblem ? new ModelError([error.problem], source) : error;
  }
}

/** Names with the brackets that follow them at once, as results write them: "sd[g, Intercept]". */
function withIndexedNames(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (token.kind === "index" && last?.kind === "name" && !last.quoted) {
      const span = { start: last.span.start, end: token.span.end };
      const name = `${last.name}[${token.items.map((item) => item.text).join(", ")}]`;
      joined[joined.length - 1] = { kind: "name", name, quoted: true, span };
    } else if (token.kind === "string")
      joined.push({ kind: "name", name: token.value, quoted: true, span: token.span });
    else joined.push(token);
  }
  return joined;
}

/** What a formula may have and arithmetic has not. */
function foreignPart(expression: Expression): Problem | null {
  switch (expression.type) {
    case "random":
      return errorAt("not-arithmetic", expression.span, "a bar is not arithmetic");
    case "unary":
      return foreignPart(expression.operand);
    case "call":
      return expression.arguments.map(foreignPart).find((problem) => problem !== null) ?? null;
    case "binary":
      if (!["+", "-", "*", "/", "^"].includes(expression.operator))
        return errorAt(
          "not-arithmetic",
          expression.span,
          `"${expression.operator}" is not arithmetic`,
          "quantities are joined by + - * / and ^",
        );
      return foreignPart(expression.left) ?? foreignPart(expression.right);
    default:
      return null;
  }
}
