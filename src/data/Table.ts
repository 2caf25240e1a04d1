/** A column of numbers; NaN is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly values: Float64Array;
}

/** A column of text as a factor: levels in code-point order and, per row, the level's position or -1 for missing. */
export interface TextColumn {
  readonly kind: "text";
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

export type Column = NumberColumn | TextColumn;

/** Typed columns of equal length. */
export interface Table {
  /** What errors call it: a file name, or "data". */
  readonly name: string;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}
