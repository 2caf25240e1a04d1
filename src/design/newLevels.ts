import type { Variable } from "../language/terms.js";
import type { Evaluation } from "./Evaluation.js";
import { evaluate } from "./evaluate.js";
import { levelTexts } from "./factorByCode.js";

/** Levels of a grouping factor in other rows. */
export interface NewLevels {
  readonly name: string;
  /** The levels of the fit, then those that it has not, in order of appearance. */
  readonly levels: readonly string[];
  /** How many of them the fit has. */
  readonly known: number;
  /** Length m: the level of each row; -1 where the factor has not been read. */
  readonly levelIndex: Int32Array;
}

/** The level of each row, those that the fit has not behind its own; null where a variable has no value. */
export function newLevels(
  name: string,
  known: readonly string[],
  group: readonly Variable[],
  evaluation: Evaluation,
): NewLevels | null {
  const texts = group.map(({ expression }) =>
    levelTexts(expression, evaluation, (inner) => evaluate(inner, evaluation)),
  );
  const present = texts.filter((each) => each !== null);
  if (present.length < texts.length) return null;
  const positions = new Map(known.map((level, position) => [level, position]));
  const levelIndex = Int32Array.from(evaluation.rows, (_, i) => {
    const level = present.map((each) => each[i]).join(":");
    const position = positions.get(level) ?? positions.size;
    positions.set(level, position);
    return position;
  });
  return { name, levels: [...positions.keys()], known: known.length, levelIndex };
}

/** A factor whose columns are not read. */
export function unread(name: string, levels: readonly string[], rows: number): NewLevels {
  return { name, levels, known: levels.length, levelIndex: new Int32Array(rows).fill(-1) };
}
