import type { Table } from "./Table.js";

/** What a result says of the table that it is of. */
export interface TableFacts {
  /** The file's path as it was given, or "data". */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** SHA-256 of the file's bytes, in hexadecimal digits; null for data in memory. */
  readonly sha256: string | null;
}

export function tableFacts({ name, rows, columns, source }: Table): TableFacts {
  return { name: source?.file ?? name, rows, columns: columns.size, sha256: source?.sha256 ?? null };
}
