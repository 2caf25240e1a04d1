import type { Expression, ModelSource, Name } from "../language/ast.js";
import { errorAt, ModelError, type Problem } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import { exp, inverseLogit, log, logit } from "../math/special/elementary.js";
import { power } from "../math/special/power.js";

/** Functions of one argument that arithmetic may have. */
const functions: ReadonlyMap<string, (x: number) => number> = new Map([
  ["exp", exp],
  ["log", log],
  ["sqrt", Math.sqrt],
  ["abs", Math.abs],
  ["logit", logit],
  ["inverse_logit", inverseLogit],
]);

/** A weighted sum of quantities and a number. */
export interface LinearForm {
  readonly weights: ReadonlyMap<string, number>;
  readonly constant: number;
}

/** The names of quantities in an expression. */
export function quantityNames(expression: Expression): Name[] {
  switch (expression.type) {
    case "name":
      return [expression];
    case "call":
      return expression.arguments.flatMap(quantityNames);
    case "unary":
      return quantityNames(expression.operand);
    case "binary":
      return [...quantityNames(expression.left), ...quantityNames(expression.right)];
    default:
      return [];
  }
}

/** Throws ModelError where a name is none of those known, or a call none of a function; `what` they are: "parameters". */
export function checkNames(expression: Expression, known: readonly string[], what: string, source: ModelSource): void {
  const unknown = quantityNames(expression).filter(({ name }) => !known.includes(name));
  const problems = [
    ...unknown.map(({ name, span }) =>
      errorAt("unknown-name", span, `there is no "${name}"`, didYouMean(name, known, what)),
    ),
    ...badCalls(expression),
  ];
  if (problems.length > 0) throw new ModelError(problems, source);
}

function badCalls(expression: Expression): Problem[] {
  switch (expression.type) {
    case "call": {
      const { name } = expression.callee;
      const inner = expression.arguments.flatMap(badCalls);
      if (!functions.has(name))
        return [
          ...inner,
          errorAt(
            "unknown-function",
            expression.callee.span,
            `unknown function "${name}"`,
            didYouMean(name, [...functions.keys()], "functions"),
          ),
        ];
      const count = expression.arguments.length;
      return count === 1
        ? inner
        : [...inner, errorAt("wrong-arguments", expression.span, `${name}() takes 1 argument, not ${count}`)];
    }
    case "unary":
      return badCalls(expression.operand);
    case "binary":
      return [...badCalls(expression.left), ...badCalls(expression.right)];
    default:
      return [];
  }
}

/** The values of an expression whose names have S values each. */
export function valuesOf(expression: Expression, size: number, quantity: (name: string) => Float64Array): Float64Array {
  switch (expression.type) {
    case "number":
      return new Float64Array(size).fill(expression.value);
    case "name":
      return quantity(expression.name);
    case "unary": {
      const values = valuesOf(expression.operand, size, quantity);
      return expression.operator === "-" ? values.map((value) => -value) : values;
    }
    case "binary": {
      const [left, right] = [expression.left, expression.right].map((side) => valuesOf(side, size, quantity));
      const operation = operations.get(expression.operator);
      return operation === undefined ? left : left.map((value, s) => operation(value, right[s]));
    }
    case "call": {
      const apply = functions.get(expression.callee.name) ?? ((x: number) => x);
      return valuesOf(expression.arguments[0], size, quantity).map(apply);
    }
    default:
      throw new RangeError(`${expression.type} is not arithmetic`);
  }
}

const operations: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ["+", (left: number, right: number) => left + right],
  ["-", (left: number, right: number) => left - right],
  ["*", (left: number, right: number) => left * right],
  ["/", (left: number, right: number) => left / right],
  ["^", power],
]);

/** The weights of an expression that is a sum of its quantities; null of one that is not. */
export function linearForm(expression: Expression): LinearForm | null {
  switch (expression.type) {
    case "number":
      return { weights: new Map(), constant: expression.value };
    case "name":
      return { weights: new Map([[expression.name, 1]]), constant: 0 };
    case "unary": {
      const inner = linearForm(expression.operand);
      return inner && (expression.operator === "-" ? scaled(inner, -1) : inner);
    }
    case "binary": {
      const [left, right] = [linearForm(expression.left), linearForm(expression.right)];
      return left && right && combined(expression.operator, left, right);
    }
    case "call": {
      const inner = linearForm(expression.arguments[0]);
      const apply = functions.get(expression.callee.name);
      return inner && apply && isConstant(inner) ? { weights: inner.weights, constant: apply(inner.constant) } : null;
    }
    default:
      return null;
  }
}

function combined(operator: string, left: LinearForm, right: LinearForm): LinearForm | null {
  if (operator === "+") return added(left, right);
  if (operator === "-") return added(left, scaled(right, -1));
  if (operator === "*" && isConstant(left)) return scaled(right, left.constant);
  if (operator === "*" && isConstant(right)) return scaled(left, right.constant);
  if (operator === "/" && isConstant(right)) return scaled(left, 1 / right.constant);
  if (operator === "^" && isConstant(left) && isConstant(right))
    return { weights: left.weights, constant: power(left.constant, right.constant) };
  return null;
}

function isConstant({ weights }: LinearForm): boolean {
  return weights.size === 0;
}

function scaled({ weights, constant }: LinearForm, by: number): LinearForm {
  return { weights: new Map([...weights].map(([name, weight]) => [name, by * weight])), constant: by * constant };
}

function added(left: LinearForm, right: LinearForm): LinearForm {
  const weights = new Map(left.weights);
  for (const [name, weight] of right.weights) weights.set(name, (weights.get(name) ?? 0) + weight);
  return { weights, constant: left.constant + right.constant };
}
