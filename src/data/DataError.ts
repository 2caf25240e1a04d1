/** Where in a file or a table something is wrong. Everything counts from 1. */
export interface DataPlace {
  /** The file as it was named, or what the caller called the table. */
  readonly name: string;
  /** Line of the file, that on which the row begins. */
  readonly line?: number;
  /** Position of the column. */
  readonly column?: number;
  /** Row of a table in memory. */
  readonly row?: number;
  readonly columnName?: string;
}

/** Data that cannot be read as a table: place, cause and way out, as in `trial.csv:17:3: ...`. */
export class DataError extends Error {
  /** A stable word for programs, such as "cell-count". */
  readonly code: string;
  readonly place: DataPlace;
  /** The way out. */
  readonly hint: string;

  constructor(code: string, place: DataPlace, problem: string, hint: string) {
    super(`${printPlace(place)}: ${problem}\n  ${hint}`);
    this.name = "DataError";
    this.code = code;
    this.place = place;
    this.hint = hint;
  }
}

function printPlace({ name, line, column, row, columnName }: DataPlace): string {
  if (line !== undefined) return [name, line, column].filter((part) => part !== undefined).join(":");
  const parts = [row && `row ${row}`, columnName !== undefined && `column ${quote(columnName)}`].filter(Boolean);
  return parts.length > 0 ? `${name}: ${parts.join(", ")}` : name;
}

const longestQuote = 40;

/** Text in double quotes for a message: on one line, escaped, and not too long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}...` : text);
}
