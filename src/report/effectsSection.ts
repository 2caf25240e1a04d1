import { type Style, section, wrap } from "./layout.js";

/** Up to so many random effects are all shown; of more, each term's largest and smallest. */
const MAX_EFFECTS_SHOWN = 20;
const EXTREMES = 3;

/** What the section needs of a random effect's row. */
export interface EffectRow {
  readonly factor: string;
  readonly coefficient: string;
}

export interface EffectsSectionOptions<Row> {
  /** What rows are ordered by, and its name in the plural: "means". */
  value(row: Row): number;
  readonly valueName: string;
  table(rows: readonly Row[]): string[];
  /** Where all of them are to be had. */
  readonly all: string;
  readonly width: number;
  readonly style: Style;
}

/** A table of all random effects, or of each term's extremes where they are many. */
export function effectsSection<Row extends EffectRow>(
  rows: readonly Row[],
  options: EffectsSectionOptions<Row>,
): string[] {
  const { width, style } = options;
  if (rows.length <= MAX_EFFECTS_SHOWN) return section("Random effects", options.table(rows), style);
  return [
    style.bold(`Random effects: ${rows.length}`),
    ...byTerm(rows).flatMap((term) => digest(term, options)),
    ...wrap(`all ${rows.length}: ${options.all}`, width),
  ];
}

function byTerm<Row extends EffectRow>(rows: readonly Row[]): Row[][] {
  const terms = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `b[${row.factor}, *, ${row.coefficient}]`;
    const term = terms.get(key);
    if (term === undefined) terms.set(key, [row]);
    else term.push(row);
  }
  return [...terms.values()];
}

function digest<Row extends EffectRow>(
  term: readonly Row[],
  { value, valueName, table, width }: EffectsSectionOptions<Row>,
): string[] {
  const { factor, coefficient } = term[0];
  const title = `b[${factor}, *, ${coefficient}]: ${term.length} effects`;
  if (term.length <= 2 * EXTREMES) return [...wrap(title, width), ...table(term)];
  const ordered = [...term].sort((a, b) => value(b) - value(a));
  return [
    ...wrap(`${title}, the ${EXTREMES} largest and the ${EXTREMES} smallest ${valueName}`, width),
    ...table([...ordered.slice(0, EXTREMES), ...ordered.slice(-EXTREMES)]),
  ];
}
