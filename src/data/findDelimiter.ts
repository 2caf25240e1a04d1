import { DataError } from "./DataError.js";
import { recordsOf, type TextSource } from "./textRecords.js";

const marks = [",", ";", "\t", "|", " "];
/** Records that a delimiter is judged by, the header among them, and the characters that these are looked for in. */
const judgedRecords = 50;
const judgedLength = 20_000;

/**
 * What stands between the cells of a text: the usual mark, unless another one cuts the header into more cells and fits the
 * records better. Excel's first line "sep=;" decides.
 */
export function findDelimiter(read: TextSource, usual: string): string {
  const head = headOf(read);
  const named = /^sep=(.)\r?\n/.exec(head);
  if (named !== null) return named[1];
  const found = marks.map((mark) => ({ mark, ...shape(head, mark) }));
  const own = found.find(({ mark }) => mark === usual) ?? { mark: usual, cells: 0, isEven: false };
  const others = found.filter(({ cells, isEven }) => isEven && cells > own.cells && (own.cells === 1 || !own.isEven));
  others.sort((a, b) => b.cells - a.cells);
  return others[0]?.mark ?? usual;
}

function headOf(read: TextSource): string {
  let head = "";
  for (const chunk of read()) {
    head += chunk;
    if (head.length >= judgedLength) break;
  }
  return head.slice(head.startsWith("\ufeff") ? 1 : 0, judgedLength);
}

/** Cells of the header, and whether the records have as many, empty ones at their ends aside. */
function shape(head: string, mark: string): { readonly cells: number; readonly isEven: boolean } {
  const isCut = head.length >= judgedLength - 1;
  const records = recordsIn(head, mark, isCut);
  const [header = [], ...others] = records.slice(0, judgedRecords);
  const isEven = others.every((record) => filled(record) <= header.length && record.length >= header.length);
  return { cells: header.length, isEven: header.length > 1 && isEven };
}

/** The records of a text; the last is left out where the text is cut. None where quotes are misplaced. */
function recordsIn(head: string, mark: string, isCut: boolean): string[][] {
  try {
    return recordsOf({ text: isCut ? closed(head) : head, line: 1 }, mark, "").slice(0, isCut ? -1 : undefined);
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

/** The text with a quote that is open at its end closed. */
function closed(text: string): string {
  return text.split('"').length % 2 === 0 ? `${text}"` : text;
}

/** Cells up to the last one that is not empty. */
function filled(record: readonly string[]): number {
  let count = record.length;
  while (count > 0 && record[count - 1] === "") count--;
  return count;
}
