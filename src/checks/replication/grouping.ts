import type { Column } from "../../data/Table.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { CheckError } from "../CheckError.js";

/** Rows in groups, in the order of the table. */
export interface Grouping {
  readonly name: string;
  readonly levels: readonly string[];
  /** Per row used. */
  readonly levelIndex: Int32Array;
}

/** Beyond so many levels a column of numbers is none of groups. */
const MOST_NUMBERS = 1000;

/** The groups of a grouping factor of any predictor, or of a column that the model reads. Throws CheckError where there is none of that name. */
export function groupingNamed({ design, table }: PreparedModel, name: string, order: Int32Array): Grouping {
  const factor = design.predictors.flatMap(({ factors }) => factors).find((one) => one.name === name);
  if (factor !== undefined) return { name, levels: factor.levels, levelIndex: order.map((i) => factor.levelIndex[i]) };
  const rows = order.map((i) => design.rowIndex[i]);
  const codes = coded(table.columns.get(name), rows);
  if (codes !== null) return { name, ...codes };
  const factors = design.predictors.flatMap((part) => part.factors.map((one) => one.name));
  const columns = [...table.columns].flatMap(([column, { kind }]) => (kind === "unusable" ? [] : [column]));
  const allowed = [...new Set([...factors, ...columns])].join(", ");
  throw new CheckError(`group is "${name}", which is no grouping factor or column of the model; it has ${allowed}`);
}

/** The first grouping factor of the mean, within whose groups rows are alike. */
export function firstGrouping({ design: { predictors } }: PreparedModel, order: Int32Array): Grouping | null {
  const factor = predictors[0].factors.at(0);
  return factor === undefined
    ? null
    : { name: factor.name, levels: factor.levels, levelIndex: order.map((i) => factor.levelIndex[i]) };
}

function coded(column: Column | undefined, rows: Int32Array): Omit<Grouping, "name"> | null {
  if (column === undefined || column.kind === "unusable") return null;
  if (column.kind !== "number") {
    const present = [...new Set(rows.map((row) => column.codes[row]))]
      .filter((code) => code >= 0)
      .sort((a, b) => a - b);
    return {
      levels: present.map((code) => column.levels[code]),
      levelIndex: rows.map((row) => present.indexOf(column.codes[row])),
    };
  }
  const values = Float64Array.from(new Set(Float64Array.from(rows, (row) => column.values[row]))).sort();
  if (values.length > MOST_NUMBERS) return null;
  const places = new Map([...values].map((value, at) => [value, at]));
  return {
    levels: Array.from(values, String),
    levelIndex: rows.map((row) => places.get(column.values[row]) ?? -1),
  };
}

/** The rows of each level, in the order of the table. */
export function rowsOfLevels({ levels, levelIndex }: Grouping): Int32Array[] {
  const rows: number[][] = levels.map(() => []);
  levelIndex.forEach((level, i) => {
    if (level >= 0) rows[level].push(i);
  });
  return rows.map((own) => Int32Array.from(own));
}
