import type { Column } from "../data/Table.js";
import type { Design } from "../design/Design.js";
import type { Fit } from "../fit/fitted.js";
import { cellOf } from "./augmentTable.js";
import type { Dimension, InferenceGroup, InferenceVariable } from "./InferenceData.js";

/** The dimension of rows. */
const ROWS = "obs";

/** The rows that were used, in the order of the table, where the design has them in its own. */
export interface RowsInOrder {
  /** Length n: rows of the design. */
  readonly order: Int32Array;
  /** The dimension of rows: their numbers in the table, from 1. */
  readonly dimension: Dimension;
}

export function rowsInOrder({ rowIndex }: Design): RowsInOrder {
  const order = Int32Array.from(rowIndex.keys()).sort((a, b) => rowIndex[a] - rowIndex[b]);
  return { order, dimension: { name: ROWS, coordinates: order.map((i) => rowIndex[i] + 1) } };
}

/** The names of the data's variables, which are not those of variables and dimensions of other groups. */
export type DataName = (name: string) => string;

/** `taken` are groups whose variables keep their names. A name of netCDF has no "/". */
export function dataNames(taken: readonly InferenceGroup[]): DataName {
  const variables = taken.flatMap((group) => group.variables);
  const dimensions = variables.flatMap((variable) => variable.dimensions);
  const names = new Set([...variables, ...dimensions].map(({ name }) => name).concat("chain", "draw", ROWS));
  return (name) => {
    const plain = name.replaceAll("/", "_");
    return names.has(plain) ? `${plain}_data` : plain;
  };
}

/** The response, and the other columns that the model reads. */
export function dataGroups({ design, table }: Fit, rows: RowsInOrder, nameOf: DataName): InferenceGroup[] {
  const { order, dimension } = rows;
  const { name, values, trials } = design.response;
  const numbers = (of: string, own: Float64Array): InferenceVariable => ({
    ...{ name: nameOf(of), type: "number", drawn: null, dimensions: [dimension] },
    values: () => [Float64Array.from(order, (i) => own[i])],
  });
  const used = Array.from(order, (i) => design.rowIndex[i]);
  const columns = [...table.columns].filter(([column]) => column !== name);
  const constants = columns.flatMap(([column, cells]) => columnVariable(nameOf(column), cells, used, dimension));
  const hasTrials = trials === null || columns.some(([column]) => column === "trials");
  const groups = [
    { name: "observed_data", variables: [numbers(name, values)] },
    { name: "constant_data", variables: [...constants, ...(hasTrials ? [] : [numbers("trials", trials)])] },
  ];
  return groups.filter(({ variables }) => variables.length > 0);
}

function columnVariable(
  name: string,
  column: Column,
  rows: readonly number[],
  dimension: Dimension,
): InferenceVariable[] {
  if (column.kind === "unusable") return [];
  const shape = { name, drawn: null, dimensions: [dimension] };
  if (column.kind === "number")
    return [{ ...shape, type: "number", values: () => [Float64Array.from(rows, (row) => column.values[row])] }];
  return [{ ...shape, type: "text", values: () => [rows.map((row) => String(cellOf(column, row) ?? ""))] }];
}
