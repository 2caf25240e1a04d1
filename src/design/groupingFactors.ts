import { errorAt, type Problem } from "../language/ModelError.js";
import type { RandomTermFormula, Variable } from "../language/terms.js";
import { isLong, mapSteps, type Steps } from "../math/steps.js";
import type { GroupingFactor, RandomTerm } from "./Design.js";
import type { Evaluator } from "./evaluate.js";
import { crossedFactor, factorOfNumbers } from "./factor.js";
import { findParent } from "./findParent.js";
import { hasFreeSd } from "./holdCovariance.js";
import { counted, warningAt } from "./problems.js";
import type { FactorValue } from "./Value.js";

/** The grouping factors of a predictor, each once, and for each of its random terms the position of its factor, or -1. */
export interface Grouping {
  readonly factors: readonly GroupingFactor[];
  readonly factorOfTerm: readonly number[];
}

/** Builds the factors behind the bars, with their nesting; one whose variables have no value is left out. */
export function* groupingFactors(
  random: readonly RandomTermFormula[],
  variables: Evaluator,
  rows: number,
  problems: Problem[],
): Steps<Grouping> {
  const factors = new Map<string, { name: string; value: FactorValue }>();
  const keys = yield* mapSteps(random, function* ({ group }) {
    const key = JSON.stringify(group.map((variable) => variable.name).sort());
    if (factors.has(key)) return key;
    const values = group.map((variable) => groupValue(variable, variables, problems));
    const present = values.filter((value) => value !== null);
    const name = group.map((variable) => variable.name).join(":");
    if (isLong(rows)) yield;
    if (present.length === values.length) factors.set(key, { name, value: crossedFactor(present) });
    if (isLong(rows)) yield;
    return key;
  });
  const order = [...factors.keys()];
  const built = [...factors.values()];
  const levels = built.map(({ name, value }) => ({ name, levels: value.levels, levelIndex: value.codes }));
  const nested = yield* mapSteps(levels, function* (factor, f) {
    if (isLong(rows)) yield;
    return { ...factor, parent: findParent(f, levels) };
  });
  return {
    factors: nested,
    factorOfTerm: keys.map((key) => order.indexOf(key)),
  };
}

/** The same factor with its rows in another order. */
export function reordered(factor: GroupingFactor, order: Int32Array): GroupingFactor {
  const levelIndex = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) levelIndex[i] = factor.levelIndex[order[i]];
  return { ...factor, levelIndex };
}

function groupValue(variable: Variable, variables: Evaluator, problems: Problem[]): FactorValue | null {
  const value = variables(variable);
  if (value?.kind === "number") return factorOfNumbers(value.values);
  if (value?.kind !== "polynomial") return value;
  const message = `the polynomial ${variable.name} is no grouping factor`;
  problems.push(errorAt("bad-group", variable.expression.span, message, "a grouping factor is a column"));
  return null;
}

/** Below three levels a standard deviation that is not held at a number has next to nothing to go on. */
export function checkLevels(
  factors: readonly GroupingFactor[],
  terms: readonly Pick<RandomTerm, "factor" | "held" | "span">[],
  problems: Problem[],
): void {
  factors.forEach(({ name, levels }, f) => {
    const own = terms.filter(({ factor }) => factor === f);
    if (levels.length >= 3 || own.length === 0 || !own.some(hasFreeSd)) return;
    const message = `the grouping factor ${name} has ${counted(levels.length, "level")}, too few to learn a standard deviation from`;
    const code = levels.length === 1 ? "one-group" : "few-levels";
    problems.push(warningAt(code, own[0].span, message, "its prior will decide; a fixed effect may serve better"));
  });
}
