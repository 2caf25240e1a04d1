import { checkArgument } from "../../argument/checkArgument.js";
import { texts as listOfTexts } from "../../argument/kinds.js";
import { readAll } from "../../data/LazyColumns.js";
import { parseTable } from "../../data/parseTable.js";
import type { Table } from "../../data/Table.js";
import { toTable } from "../../data/toTable.js";

/** A quantity of an outside fit with its draws, over all chains. */
interface Drawn {
  readonly name: string;
  readonly draws: readonly number[];
}

/**
 * The means and sds of draws in CSV texts, one a chain or one of all: those of CmdStan, whose comments may say what its columns are called (`# beta_mu.2 = beta[post]`),
 * or those with the columns .chain, .iteration and .draw of R's posterior. Null for texts of anything else.
 */
export function outsideDraws(texts: readonly string[], name: string): Table | null {
  checkArgument(listOfTexts, texts, "outsideDraws", "texts");
  const [first = ""] = texts;
  const header = first.split("\n").find((line) => !line.startsWith("#")) ?? "";
  if (!/^(lp__|"?\.chain"?,)/.test(header.trim())) return null;
  const found = new Map<string, number[]>();
  for (const text of texts) {
    const lines = text.split("\n");
    const comments = lines.filter((line) => line.startsWith("#"));
    const called = new Map(comments.flatMap((line) => aliasOf(line)));
    const { columns } = readAll(parseTable(lines.filter((line) => !line.startsWith("#")).join("\n"), { name }));
    const own = new Map<string, readonly number[]>();
    for (const [column, cells] of columns)
      if (cells.kind === "number" && !column.startsWith(".") && !column.endsWith("__")) {
        // A file that says what its columns are called says it of all that a model has.
        const quantity = called.size === 0 ? column : called.get(column);
        if (quantity !== undefined) own.set(quantity, Array.from(cells.values));
      }
    for (const [quantity, draws] of own) found.set(quantity, [...(found.get(quantity) ?? []), ...draws]);
  }
  return estimatesOf(
    [...found].map(([quantity, draws]) => ({ name: quantity, draws })),
    name,
  );
}

/** "# beta_mu.2 = beta[post]" as an entry. */
function aliasOf(comment: string): (readonly [string, string])[] {
  const [, column, quantity] = /^# (\w+(?:\.\d+)*) = (.*)$/.exec(comment) ?? [];
  return column === undefined || quantity === undefined ? [] : [[column, quantity]];
}

/**
 * The means and sds of the draws in a JSON document of ArviZ, under names made of variables and coordinates: `beta[post]`, and `b[subject, 17, post]` of a
 * variable `b_subject` by level and coefficient. Null for a value that is none.
 */
export function arvizDraws(value: object, name: string): Table | null {
  if (!("posterior" in value) || typeof value.posterior !== "object" || value.posterior === null) return null;
  const [dims, coords] = [fieldsOf(value, "dims"), fieldsOf(value, "coords")];
  const drawn = Object.entries(value.posterior).flatMap(([variable, nested]) => {
    const dimensions = listOf(dims.get(variable)).map(String);
    const labels = dimensions.map((dimension) => listOf(coords.get(dimension)).map(String));
    const draws = listOf(nested).flatMap(listOf);
    return combinations(labels).map(({ coordinates, places }) => ({
      name: nameOf(variable, coordinates),
      draws: draws.map((values) => Number(places.reduce<unknown>((part, place) => listOf(part)[place], values))),
    }));
  });
  return estimatesOf(drawn, name);
}

function nameOf(variable: string, coordinates: readonly string[]): string {
  const [, prefix, factor] = /^(.*\.)?b_(.+)$/.exec(variable) ?? [];
  if (coordinates.length === 0) return variable;
  if (factor !== undefined && coordinates.length === 2)
    return `${prefix ?? ""}b[${[factor, ...coordinates].join(", ")}]`;
  return `${variable}[${coordinates.join(", ")}]`;
}

/** All combinations of coordinates, with their places. */
function combinations(labels: readonly (readonly string[])[]) {
  let all: { readonly coordinates: readonly string[]; readonly places: readonly number[] }[] = [
    { coordinates: [], places: [] },
  ];
  for (const names of labels)
    all = all.flatMap(({ coordinates, places }) =>
      names.map((label, k) => ({ coordinates: [...coordinates, label], places: [...places, k] })),
    );
  return all;
}

function fieldsOf(value: object, field: string): ReadonlyMap<string, unknown> {
  const own: unknown = Reflect.get(value, field);
  return new Map(typeof own === "object" && own !== null ? Object.entries(own) : []);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function estimatesOf(drawn: readonly Drawn[], name: string): Table {
  const rows = drawn.map((quantity) => {
    const { length } = quantity.draws;
    const estimate = quantity.draws.reduce((total, draw) => total + draw, 0) / length;
    const squares = quantity.draws.reduce((total, draw) => total + (draw - estimate) * (draw - estimate), 0);
    return { name: quantity.name, estimate, standardError: Math.sqrt(squares / (length - 1)) };
  });
  return readAll(toTable(rows, name));
}
