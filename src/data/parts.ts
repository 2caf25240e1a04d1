/** Rows that are read between two pauses: some milliseconds. */
const ROWS_OF_PART = 2 ** 15;

/** Whether so many rows that have been read end a part. */
export function isEndOfPart(read: number): boolean {
  return read % ROWS_OF_PART === 0;
}

/** What takes long for many rows, with pauses between parts of them; what is computed does not depend on the pauses. */
export type Parts<T> = Generator<undefined, T, void>;

/** Does without a pause what is done in parts. */
export function atOnce<T>(parts: Parts<T>): T {
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** Visits the rows from `first` to before `end`, for all of them in turn, with a pause between parts. */
export function* eachPart(rows: number, visit: (first: number, end: number) => void): Parts<void> {
  for (let first = 0; first < rows; first += ROWS_OF_PART) {
    if (first > 0) yield;
    visit(first, Math.min(rows, first + ROWS_OF_PART));
  }
}
