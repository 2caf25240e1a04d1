/** How a terminal marks a text; called on finished pieces, so it never changes a width. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  warn(text: string): string;
}

export interface ReportOptions {
  /** Characters a line; default 80, at least 24. */
  readonly width?: number;
  /** Default: plain text. */
  readonly style?: Style;
}

const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 24;
const plainStyle: Style = { bold: (text) => text, dim: (text) => text, warn: (text) => text };

/** Options with their defaults. */
export function layoutOf({ width = DEFAULT_WIDTH, style = plainStyle }: ReportOptions): Required<ReportOptions> {
  return { width: Math.max(width, MIN_WIDTH), style };
}

/** Sections with an empty line between them; empty ones are left out. */
export function page(sections: readonly (readonly string[])[]): string {
  const parts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** Lines under a title; nothing without lines. */
export function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [style.bold(title), ...lines];
}

/** "1 row", "2 rows" */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Names of levels come from data: what could break a line or move the cursor must not reach a terminal. */
const BREAK = /[\s\p{Cc}]+/u;

/**
 * Lines of at most `width` characters, broken at spaces; every line after the first begins with `hanging` more spaces.
 * Runs of white space and control characters count as one space.
 */
export function wrap(text: string, width: number, indent = 0, hanging = 2): string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of text.split(BREAK).filter((part) => part !== "")) {
    const needed = line.length + word.length + (isEmpty ? 0 : 1);
    if (!isEmpty && needed > width) {
      lines.push(line);
      line = " ".repeat(indent + hanging);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = " ".repeat(indent + hanging) + line.slice(width);
    }
  }
  return isEmpty ? lines : [...lines, line];
}

/** "b[clinic:tr...1:0, Intercept]": a name on one line of at most `width` characters that keeps its two ends. */
export function truncateMiddle(text: string, width: number): string {
  const name = text.split(BREAK).join(" ");
  if (name.length <= width) return name;
  const kept = Math.max(width - 3, 0);
  const end = Math.floor(kept / 2);
  return name.slice(0, kept - end) + "...".slice(0, width) + name.slice(name.length - end);
}

/** Labels and texts in two columns, long texts wrapped within theirs. */
export function labelled(
  entries: readonly (readonly [label: string, text: string])[],
  width: number,
  indent = 0,
): string[] {
  const widest = Math.max(0, ...entries.map(([label]) => label.length));
  const labelWidth = Math.min(widest, Math.max(8, Math.floor(width / 3)));
  const start = indent + labelWidth + 2;
  return entries.flatMap(([label, text]) => {
    const [first = "", ...rest] = wrap(text, width, start, 0);
    return [
      " ".repeat(indent) + truncateMiddle(label, labelWidth).padEnd(labelWidth + 2) + first.slice(start),
      ...rest,
    ];
  });
}

export interface TableColumn {
  readonly header: string;
  readonly cells: readonly string[];
  /** Columns with a larger number go first where the width is short; undefined for one that always stays. */
  readonly dropOrder?: number;
}

const GAP = 2;
/** The share of the width below which names are not shortened to save a column. */
const NAME_SHARE = 0.3;
const MIN_NAME = 10;

/**
 * A table with a column of names and right-aligned columns of numbers. Where it is wider than `width`, columns go one by one
 * until the names keep a fair share of it and can be told apart; names that are still too long lose their middle. The header
 * comes first.
 */
export function table(names: readonly string[], columns: readonly TableColumn[], width: number): string[] {
  const longest = Math.max(0, ...names.map((name) => name.length));
  const wanted = distinctWidth(names, Math.max(MIN_NAME, Math.floor(NAME_SHARE * width)), longest);
  const kept = dropColumns(columns, width - wanted);
  const nameWidth = Math.min(longest, Math.max(MIN_NAME, width - totalWidth(kept)));
  const line = (name: string, cell: (column: TableColumn) => string) =>
    truncateMiddle(name, nameWidth).padEnd(nameWidth) +
    kept.map((column) => cell(column).padStart(GAP + columnWidth(column))).join("");
  return [line("", (column) => column.header), ...names.map((name, row) => line(name, (column) => column.cells[row]))];
}

/** The least width from `least` on at which shortened names stay different. */
function distinctWidth(names: readonly string[], least: number, longest: number): number {
  const isDistinct = (width: number) => new Set(names.map((name) => truncateMiddle(name, width))).size === names.length;
  let width = Math.min(least, longest);
  while (width < longest && !isDistinct(width)) width++;
  return width;
}

function dropColumns(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  const last = Math.max(0, ...columns.map((column) => column.dropOrder ?? 0));
  if (totalWidth(columns) <= width || last === 0) return columns;
  return dropColumns(
    columns.filter((column) => column.dropOrder !== last),
    width,
  );
}

function totalWidth(columns: readonly TableColumn[]): number {
  return columns.reduce((total, column) => total + GAP + columnWidth(column), 0);
}

function columnWidth({ header, cells }: TableColumn): number {
  return Math.max(header.length, ...cells.map((cell) => cell.length));
}
