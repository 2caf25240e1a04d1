import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Fit } from "../../fit/fitted.js";
import type { JointDraws } from "../../posterior/jointDraws.js";
import { factorOf } from "./factorOf.js";
import { groupLogDensities } from "./integratedLogDensities.js";
import { rowLogDensities, type UnitLogDensities } from "./rowLogDensities.js";

/** What is left out at a time: rows in the order of the design, or the groups of a factor. */
export interface Units {
  /** Numbers of rows in the data, from 1, or names of groups. */
  readonly names: readonly (number | string)[];
  /** The rows of the design that a unit has. */
  rowsOf(unit: number): ArrayLike<number> & Iterable<number>;
  logDensities(draws: JointDraws): UnitLogDensities;
}

/** Throws CheckError for a factor that the model has not. */
export function unitsOf({ design }: Pick<Fit, "design">, rows: RowsAtDraws, group: string | undefined): Units {
  if (group === undefined)
    return {
      names: [...design.rowIndex].map((row) => row + 1),
      rowsOf: (unit) => [unit],
      logDensities: (draws) => rowLogDensities(rows, draws),
    };
  const factor = factorOf(rows, group);
  return {
    names: factor.levels,
    rowsOf: (unit) => [...factor.levelIndex.keys()].filter((i) => factor.levelIndex[i] === unit),
    logDensities: (draws) => groupLogDensities(rows, factor, draws),
  };
}
