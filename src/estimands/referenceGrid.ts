import type { OptionProblem } from "../engine/OptionsError.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import type { Fitted } from "../predict/Fitted.js";
import type { HeldVariable, Level } from "../summary/Estimands.js";
import { type GivenLevels, givenLevels, notAllowed } from "./givenLevels.js";
import type { ModelVariable } from "./ModelVariable.js";
import { modelVariables, valueAt } from "./modelVariables.js";
import { unknownVariable } from "./unknownVariable.js";

/** The combinations of values that means are taken at, and what they are averaged over. */
export interface ReferenceGrid {
  /** What means are asked of: those of `of`, then those of `by`. The first varies fastest. */
  readonly dimensions: readonly Dimension[];
  readonly of: readonly string[];
  readonly by: readonly string[];
  /** Factors that are averaged over. */
  readonly averaged: readonly Dimension[];
  readonly held: readonly (HeldVariable & { readonly variable: ModelVariable })[];
  /** All variables of the model that are read. */
  readonly variables: readonly ModelVariable[];
  /** Names of the variables that were given values. */
  readonly given: ReadonlySet<string>;
  /** Whether columns of grouping factors are read. */
  readonly hasGroups: boolean;
}

/** A variable with its values. */
export interface Dimension {
  readonly variable: ModelVariable;
  readonly levels: readonly Level[];
}

/** What a grid is asked for. */
export interface GridQuestion {
  readonly of: readonly string[];
  readonly by: readonly string[];
  readonly at: GivenLevels;
  /** Whether effects are those of known levels, so that each grouping factor needs values. */
  readonly conditional: boolean;
  /** Whether rows of the data are averaged over, in which variables have the values they have. */
  readonly rows: boolean;
}

/** Cells of a grid beyond which it would take long, and was hardly meant. */
const MOST_CELLS = 200_000;

/** The grid of a model: factors over their levels, numbers at their means or as they are given. Problems go to the list. */
export function referenceGrid(fit: ModelToFit, question: GridQuestion, problems: OptionProblem[]): ReferenceGrid {
  const all = modelVariables(fit);
  const { conditional, rows } = question;
  const usable = all.filter(({ role }) => role !== "group" || conditional);
  const byName = new Map(usable.map((variable) => [variable.name, variable]));
  const hint = ', whose levels count with effects "conditional"';
  const unknown = (option: string, name: string, known: readonly string[]) =>
    unknownVariable(option, name, known, fit, hint);
  const at = givenLevels(question.at, byName, problems, (name) => unknown("at", name, [...byName.keys()]));
  const ofMean = usable.filter(({ role }) => role !== "other").map(({ name }) => name);
  const named = (option: "of" | "by") => {
    problems.push(
      ...question[option].filter((name) => !ofMean.includes(name)).map((name) => unknown(option, name, ofMean)),
    );
    return [...new Set(question[option])].filter((name) => ofMean.includes(name));
  };
  const of = named("of");
  const several = [...at].filter(([name, levels]) => levels.length > 1 && !of.includes(name)).map(([name]) => name);
  const by = [...new Set([...named("by"), ...several])];
  const both = by.filter((name) => of.includes(name));
  problems.push(...both.map((name) => notAllowed("by", `by names "${name}", which of names too`)));
  const dimension = (variable: ModelVariable) => ({ variable, levels: at.get(variable.name) ?? variable.levels });
  const asked = [...of, ...by];
  const dimensions = asked.flatMap((name) => byName.get(name) ?? []).map(dimension);
  const others = usable.filter(({ name }) => !asked.includes(name) && !(rows && !at.has(name)));
  const isAveraged = (one: ModelVariable) =>
    one.role === "mean" && one.isOverLevels && !at.has(one.name) && one.levels.length > 1;
  const averaged = others.filter(isAveraged).map(dimension);
  const held = others
    .filter((one) => !isAveraged(one) && (one.role !== "group" || at.has(one.name)))
    .map((variable) => heldAt(variable, at.get(variable.name)));
  const missing =
    conditional && !rows
      ? usable.filter(({ name, role }) => role === "group" && !asked.includes(name) && !at.has(name))
      : [];
  const isRefused = problems.some(({ option }) => option === "effects");
  if (missing.length > 0 && !isRefused) problems.push(needsGroups(missing));
  const cells = [...dimensions, ...averaged].reduce((count, { levels }) => count * levels.length, 1);
  if (cells > MOST_CELLS) problems.push(tooManyCells(cells, [...dimensions, ...averaged]));
  return { dimensions, of, by, averaged, held, variables: usable, given: new Set(at.keys()), hasGroups: conditional };
}

function heldAt(variable: ModelVariable, given: readonly Level[] | undefined) {
  const { name, kind, levels, range } = variable;
  if (given !== undefined) return { name, value: given[0], how: "given" as const, variable };
  if (kind === "factor")
    return { name, value: levels[0], how: levels.length > 1 ? ("first" as const) : ("only" as const), variable };
  const isConstant = range !== null && range[0] === range[1];
  const value = levels.reduce<number>((sum, level) => sum + Number(level), 0) / levels.length;
  return { name, value, how: isConstant ? ("only" as const) : ("mean" as const), variable };
}

function needsGroups(missing: readonly ModelVariable[]): OptionProblem {
  const names = missing.map(({ name }) => name).join(", ");
  return {
    option: "effects",
    code: "conflict",
    message: `effects is "conditional", and the grid has no levels of ${names}; name them in of or by, give them in at, average over the rows, or take marginal effects`,
  };
}

function tooManyCells(cells: number, dimensions: readonly Dimension[]): OptionProblem {
  const sizes = dimensions.map(({ variable, levels }) => `${variable.name} ${levels.length}`).join(", ");
  return {
    option: "at",
    code: "conflict",
    message: `the grid has ${cells} combinations of levels (${sizes}), more than ${MOST_CELLS}; give some of them in at, or average over the rows`,
  };
}

/** The number of combinations. */
export function sizeOf(dimensions: readonly Dimension[]): number {
  return dimensions.reduce((count, { levels }) => count * levels.length, 1);
}

/** The level that each dimension has in combination k, the first varying fastest. */
export function combination(dimensions: readonly Dimension[], k: number): Level[] {
  let rest = k;
  return dimensions.map(({ levels }) => {
    const level = levels[rest % levels.length];
    rest = Math.floor(rest / levels.length);
    return level;
  });
}

/** The share of each combination of what is averaged over: alike, or as often as the rows used have it. */
export function shares({ averaged }: ReferenceGrid, weights: "equal" | "observed", { design }: Fitted): Float64Array {
  const count = sizeOf(averaged);
  if (weights === "equal") return new Float64Array(count).fill(1 / count);
  const found = new Float64Array(count);
  for (const row of design.rowIndex) {
    let [place, step] = [0, 1];
    for (const { variable, levels } of averaged) {
      place += step * levels.indexOf(valueAt(variable, row));
      step *= levels.length;
    }
    found[place]++;
  }
  return found.map((rows) => rows / design.rows);
}
