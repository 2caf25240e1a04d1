import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Fit } from "../../fit/fitted.js";
import type { JointDraws } from "../../posterior/jointDraws.js";
import { CheckError } from "../CheckError.js";
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
  const factor = rows.factors.find(({ name }) => name === group);
  if (factor === undefined) throw new CheckError(unknownGroup(rows, group));
  return {
    names: factor.levels,
    rowsOf: (unit) => [...factor.levelIndex.keys()].filter((i) => factor.levelIndex[i] === unit),
    logDensities: (draws) => groupLogDensities(rows, factor, draws),
  };
}

function unknownGroup({ factors }: RowsAtDraws, group: string): string {
  return factors.length === 0
    ? `group is "${group}", but the model has no grouping factor; leave the option out, and rows are left out`
    : `group is "${group}", which is no grouping factor of the model's mean; it has ${factors.map(({ name }) => name).join(", ")}`;
}
