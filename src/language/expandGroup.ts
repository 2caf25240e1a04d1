import type { Expression } from "./ast.js";
import { errorAt, type Problem } from "./ModelError.js";
import { printExpression } from "./printExpression.js";
import type { Variable } from "./terms.js";

type Factor = readonly Variable[];

/** The grouping factors after the bar of a random effect: of `a/b` come a and a:b. */
export function expandGroup(group: Expression): { groups: Factor[]; problems: Problem[] } {
  const problems: Problem[] = [];
  return { groups: nested(group, problems), problems };
}

function nested(group: Expression, problems: Problem[]): Factor[] {
  if (group.type !== "binary" || group.operator !== "/") {
    const factor = product(group, problems);
    return factor === null ? [] : [factor];
  }
  const outer = nested(group.left, problems);
  const inner = nested(group.right, problems);
  return [...outer, ...inner.map((factor) => merge(outer.at(-1) ?? [], factor))];
}

function product(group: Expression, problems: Problem[]): Factor | null {
  if (group.type === "name" || group.type === "call") {
    return [{ name: printExpression(group), expression: group }];
  }
  if (group.type === "binary" && group.operator === ":") {
    const left = product(group.left, problems);
    const right = product(group.right, problems);
    return left && right && merge(left, right);
  }
  const text = printExpression(group);
  problems.push(errorAt("bad-group", group.span, `"${text}" is not a grouping factor`, groupHint(group)));
  return null;
}

function merge(left: Factor, right: Factor): Factor {
  const names = new Set(left.map((variable) => variable.name));
  return [...left, ...right.filter((variable) => !names.has(variable.name))];
}

function groupHint(group: Expression): string {
  if (group.type === "binary" && (group.operator === "+" || group.operator === "*")) {
    const left = printExpression(group.left);
    const right = printExpression(group.right);
    const crossed = `crossed factors are added: (1 | ${left}) + (1 | ${right})`;
    return group.operator === "+" ? crossed : `${crossed} + (1 | ${left}:${right})`;
  }
  return "a grouping factor is a column g, a:b, or a/b (a and a:b)";
}
