/** The one function that is used of csv-parse: its own types bring Node's globals into the core. */
export declare function parse(
  text: Uint8Array,
  options: { delimiter: string; record_delimiter: string[]; relax_column_count: true; skip_empty_lines: true },
): string[][];

export declare class CsvError extends Error {
  readonly code: string;
  readonly [field: string]: unknown;
}
