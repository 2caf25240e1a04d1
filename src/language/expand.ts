import type { Binary, Call, Expression, NumberLiteral, RandomEffects, Span, Unary } from "./ast.js";
import { expandGroup } from "./expandGroup.js";
import { errorAt, type Problem } from "./ModelError.js";
import { printExpression } from "./printExpression.js";
import { addTo, cross, nestingProduct, type Product, type Products, union } from "./products.js";
import type { ExpandedFormula, RandomTermFormula, Term, Variable } from "./terms.js";

/**
 * Expands a formula by the rules of Wilkinson and Rogers (1973) as R's `terms` does: terms by degree, then by first
 * appearance; equal terms and equal offsets once. An offset's `name` is the whole call, its `expression` what is inside.
 * Of `(effects | a/b)` come two random terms. What is wrong comes back beside the rest of the formula. Stricter than R
 * where R passes over a slip: to take out a term that is not there, or an offset, and 0 or 1 inside a product, are errors.
 */
export function expandFormula(formula: Expression): { formula: ExpandedFormula; problems: Problem[] } {
  const expansion = new Expansion(formula, "predictor");
  const { intercept, terms, offsets, random, problems } = expansion;
  return { formula: { intercept, terms, offsets, random }, problems: [...problems, ...repeatedCoefficients(random)] };
}

/**
 * Where a part of a formula stands, which decides what it may hold: "sum" the outermost sum, "removed" what a minus
 * takes out of it, "restored" a minus inside of that, "product" an operand of any other operator.
 */
type Position = "sum" | "removed" | "restored" | "product";

const noProducts: Products = new Map();
/** Of two sides multiplied; `(a + b + ...)^9` and long chains of `*` grow exponentially. */
const mostProducts = 100_000;

class Expansion {
  intercept = true;
  readonly terms: readonly Term[];
  readonly problems: Problem[] = [];
  readonly random: RandomTermFormula[] = [];
  readonly #offsets = new Map<string, Variable>();
  /** By printed name, in order of first appearance, which is their number. */
  readonly #variables = new Map<string, Variable & { readonly number: number }>();
  readonly #part: "predictor" | "effects";

  constructor(formula: Expression, part: "predictor" | "effects") {
    this.#part = part;
    this.#enter(formula);
    const products = [...this.#expand(formula, "sum").values()];
    products.sort((a, b) => a.variables.length - b.variables.length);
    const variables = [...this.#variables.values()].map(({ name, expression }) => ({ name, expression }));
    this.terms = products.map((product) => ({
      variables: product.variables.map((number) => variables[number]),
      ...(product.span && { span: product.span }),
    }));
  }

  get offsets(): readonly Variable[] {
    return [...this.#offsets.values()];
  }

  #enter(expression: Expression): void {
    if (expression.type === "name" || (expression.type === "call" && !isOffset(expression))) {
      const name = printExpression(expression);
      if (!this.#variables.has(name)) this.#variables.set(name, { name, expression, number: this.#variables.size });
    } else if (expression.type === "unary") this.#enter(expression.operand);
    else if (expression.type === "binary") {
      this.#enter(expression.left);
      if (expression.operator !== "^") this.#enter(expression.right);
    }
  }

  #expand(expression: Expression, position: Position): Products {
    switch (expression.type) {
      case "name":
        return this.#variable(expression);
      case "call":
        return isOffset(expression) ? this.#offset(expression, position) : this.#variable(expression);
      case "number":
        return this.#number(expression, position);
      case "string":
        return this.#fail("text-term", expression, "a text is not a term", "a column's name stands without quotes");
      case "unary":
        return this.#unary(expression, position);
      case "random":
        return this.#random(expression, position);
      case "binary":
        return this.#binary(expression, position);
    }
  }

  #variable(expression: Expression): Products {
    const number = this.#variables.get(printExpression(expression))?.number ?? -1;
    return new Map([[String(number), { variables: [number], span: expression.span }]]);
  }

  #number(expression: NumberLiteral, position: Position): Products {
    const { value } = expression;
    if (position === "product") {
      return this.#fail(
        "number-in-product",
        expression,
        `${value} stands inside a product`,
        "move it to the outer sum",
      );
    }
    if (value !== 0 && value !== 1) {
      const hint = "1 is the intercept, 0 its absence; arithmetic stands inside I()";
      return this.#fail("number-term", expression, `${value} is not a term`, hint);
    }
    this.intercept = (value === 1) === (position !== "removed");
    return noProducts;
  }

  #offset(call: Call, position: Position): Products {
    const name = printExpression(call);
    if (this.#part === "effects") {
      return this.#fail("misplaced-offset", call, "an offset is not a random effect", "it stands in the outer sum");
    }
    if (position !== "sum") {
      return this.#fail("misplaced-offset", call, "an offset is added, not multiplied or removed", `as in x + ${name}`);
    }
    if (call.arguments.length !== 1) {
      return this.#fail("bad-offset", call, "offset takes one argument", "as in offset(log(weeks))");
    }
    this.#offsets.set(name, { name, expression: call.arguments[0] });
    return noProducts;
  }

  #unary(expression: Unary, position: Position): Products {
    if (expression.operator === "+") return this.#expand(expression.operand, position);
    if (position === "product" || expression.operator === "!") return this.#arithmetic(expression);
    return this.#remove(noProducts, expression.operand, position);
  }

  #binary(expression: Binary, position: Position): Products {
    const { operator, left, right } = expression;
    if (operator === "+" || operator === "-") return this.#sum(expression, position);
    if (operator === "^") return this.#power(expression);
    if (!isFormulaOperator(operator)) return this.#arithmetic(expression);
    if (isSignedNumber(left) || isSignedNumber(right)) return this.#arithmetic(expression);
    const a = this.#expand(left, "product");
    const b = this.#expand(right, "product");
    if (operator === "/") return union(a, this.#cross(nestingProduct(a), b, expression));
    const products = this.#cross(a, b, expression);
    return operator === ":" ? products : union(union(a, b), products);
  }

  /** Iterates down the left of a sum, which may be as long as a table is wide. */
  #sum(expression: Binary, position: Position): Products {
    const links: Binary[] = [];
    let first: Expression = expression;
    while (first.type === "binary" && (first.operator === "+" || first.operator === "-")) {
      links.push(first);
      first = first.left;
    }
    const sum = new Map(this.#expand(first, position));
    for (const { operator, right } of links.reverse()) {
      if (operator === "+") addTo(sum, this.#expand(right, position));
      else for (const key of this.#removed(sum, right, position)) sum.delete(key);
    }
    return sum;
  }

  #remove(from: Products, expression: Expression, position: Position): Products {
    const rest = new Map(from);
    for (const key of this.#removed(from, expression, position)) rest.delete(key);
    return rest;
  }

  /** The keys of what a minus takes out; in R a name that is not there is passed over, and so is one misspelt. */
  #removed(from: Products, expression: Expression, position: Position): string[] {
    const removed = this.#expand(expression, minus[position]);
    for (const [key, product] of removed) {
      if (from.has(key)) continue;
      const name = this.#print(product);
      this.#fail("nothing-to-remove", { span: product.span }, `there is no term "${name}" before it to take out`);
    }
    return [...removed.keys()];
  }

  #power(expression: Binary): Products {
    const { left, right } = expression;
    if (isSignedNumber(left)) return this.#arithmetic(expression);
    if (right.type !== "number" || !Number.isInteger(right.value) || right.value < 1) {
      const hint = `arithmetic stands inside I(): I(${printExpression(expression)})`;
      return this.#fail("bad-power", expression, "a power of terms is a whole number from 1", hint);
    }
    const base = this.#expand(left, "product");
    if (base.size === 1 && right.value > 1) this.#warnOfPower(expression);
    let products = base;
    for (let degree = 1; degree < right.value; degree++) {
      const next = this.#cross(products, base, expression);
      if (next.size <= products.size) break;
      products = next;
    }
    return products;
  }

  #warnOfPower(expression: Binary): void {
    const text = printExpression(expression);
    const message = `"${text}" is the same as "${printExpression(expression.left)}" in a formula`;
    this.problems.push({
      ...errorAt("idle-power", expression.span, message, `arithmetic stands inside I(): I(${text})`),
      severity: "warning",
    });
  }

  #cross(a: Products, b: Products, expression: Binary): Products {
    if (a.size * b.size > mostProducts) {
      return this.#fail("too-many-terms", expression, `more than ${mostProducts} products of terms`);
    }
    return cross(a, b, expression.span);
  }

  #random(expression: RandomEffects, position: Position): Products {
    if (this.#part === "effects") {
      return this.#fail(
        "nested-random",
        expression,
        "a random effect inside a random effect",
        "add them: (1 | a) + (1 | b)",
      );
    }
    if (position !== "sum") {
      const hint = "as in 1 + x + (1 | subject)";
      return this.#fail("misplaced-random", expression, "a random effect is added, not multiplied or removed", hint);
    }
    const effects = new Expansion(expression.effects, "effects");
    const groups = expandGroup(expression.group);
    this.problems.push(...effects.problems, ...groups.problems);
    const { intercept, terms } = effects;
    if (!intercept && terms.length === 0 && effects.problems.length === 0) {
      this.#fail("no-effects", expression, "no effect is left before the bar", "as in (1 | g) or (0 + x | g)");
    }
    const span = expression.span && { span: expression.span };
    for (const group of groups.groups) {
      this.random.push({ intercept, terms, correlated: expression.correlated, group, ...span });
    }
    return noProducts;
  }

  #arithmetic(expression: Expression): Products {
    const text = printExpression(expression);
    return this.#fail("arithmetic", expression, `"${text}" is arithmetic`, `it stands inside I(): I(${text})`);
  }

  #print(product: Product): string {
    const names = [...this.#variables.keys()];
    return product.variables.map((number) => names[number]).join(":");
  }

  #fail(code: string, where: { readonly span?: Span | undefined }, message: string, hint?: string): Products {
    this.problems.push(errorAt(code, where.span, message, hint));
    return noProducts;
  }
}

const minus: Readonly<Record<Position, Position>> = {
  sum: "removed",
  removed: "restored",
  restored: "removed",
  product: "product",
};

function isOffset(call: Call): boolean {
  return call.callee.name === "offset";
}

/** False for comparisons and logical operators, which stand inside I(). */
function isFormulaOperator(operator: Binary["operator"]): boolean {
  return ["+", "-", "*", "/", ":", "^"].includes(operator);
}

function isSignedNumber(expression: Expression): boolean {
  return expression.type === "number" || (expression.type === "unary" && isSignedNumber(expression.operand));
}

/** In one predictor a coefficient can vary over a factor once; twice, the two variances could not be told apart. */
function repeatedCoefficients(random: readonly RandomTermFormula[]): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { intercept, terms, group, span } of random) {
    const factor = group.map((variable) => variable.name);
    const names = terms.map((term) => term.variables.map((variable) => variable.name));
    for (const coefficient of intercept ? [["Intercept"], ...names] : names) {
      const key = JSON.stringify([[...factor].sort(), [...coefficient].sort()]);
      const name = `${coefficient.join(":")} varies over ${factor.join(":")}`;
      if (seen.has(key)) problems.push(errorAt("repeated-effect", span, `${name} twice`, repeatedHint));
      seen.add(key);
    }
  }
  return problems;
}

const repeatedHint =
  "one term holds all effects of a factor: (1 + x | g); without an intercept of its own: (0 + x | g)";
