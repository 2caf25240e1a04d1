import { atOnce, type Parts } from "./parts.js";
import type { Column, Table } from "./Table.js";

/** Columns by name, each read when it is first asked for and kept from then on. Going over all of them reads all. */
export class LazyColumns implements ReadonlyMap<string, Column> {
  readonly #read: ReadonlyMap<string, () => Parts<Column>>;
  readonly #known = new Map<string, Column>();

  /** @param read what reads each column, in the order of the table */
  constructor(read: ReadonlyMap<string, () => Parts<Column>>) {
    this.#read = read;
  }

  get size(): number {
    return this.#read.size;
  }

  has(name: string): boolean {
    return this.#read.has(name);
  }

  get(name: string): Column | undefined {
    return atOnce(this.inParts(name));
  }

  /** `get`, with pauses where there are many rows. */
  *inParts(name: string): Parts<Column | undefined> {
    const known = this.#known.get(name);
    const read = this.#read.get(name);
    if (known !== undefined || read === undefined) return known;
    const column = yield* read();
    this.#known.set(name, column);
    return column;
  }

  keys(): MapIterator<string> {
    return this.#read.keys();
  }

  values(): MapIterator<Column> {
    return this.#all().values();
  }

  entries(): MapIterator<[string, Column]> {
    return this.#all().entries();
  }

  [Symbol.iterator](): MapIterator<[string, Column]> {
    return this.entries();
  }

  forEach(visit: (column: Column, name: string, columns: ReadonlyMap<string, Column>) => void): void {
    for (const [name, column] of this.#all()) visit(column, name, this);
  }

  /** In the order of the table, whatever order they were read in. */
  #all(): Map<string, Column> {
    const all = new Map<string, Column>();
    for (const name of this.keys()) {
      const column = this.get(name);
      if (column !== undefined) all.set(name, column);
    }
    return all;
  }
}

/** The same table, whose columns are known by `readSoFar` when they have been asked for. */
export function watched(table: Table): { readonly table: Table; readSoFar(): Map<string, Column> } {
  const read = new Map<string, Column>();
  const reader = (name: string) =>
    function* () {
      const column = yield* columnInParts(table, name);
      if (column === undefined) throw new RangeError(`the table has no column ${name}`);
      read.set(name, column);
      return column;
    };
  const columns = new LazyColumns(new Map([...table.columns.keys()].map((name) => [name, reader(name)])));
  return { table: { ...table, columns }, readSoFar: () => new Map(read) };
}

/** A column of a table, with pauses where it is read from many rows. */
export function* columnInParts({ columns }: Table, name: string): Parts<Column | undefined> {
  return columns instanceof LazyColumns ? yield* columns.inParts(name) : columns.get(name);
}

/** The table with all of its columns read: plain data, which can be sent to another thread. */
export function readAll(table: Table): Table {
  return { ...table, columns: new Map(table.columns) };
}
