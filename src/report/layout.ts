/** How a terminal marks a text; called on finished pieces, so it never changes a width. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  warn(text: string): string;
}

/** How a text report is laid out. */
export interface ReportOptions {
  /** Characters a line; default 80, at least 24. */
  readonly width?: number;
  /** Default: plain text. */
  readonly style?: Style;
  /** Significant digits of every number; null, the default, for as many as its error supports, or four. */
  readonly digits?: number | null;
}

const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 24;
const plainStyle: Style = { bold: (text) => text, dim: (text) => text, warn: (text) => text };

/** How a report is laid out: its options with their defaults. */
export type Layout = Required<ReportOptions>;

export function layoutOf(options: ReportOptions): Layout {
  const { width = DEFAULT_WIDTH, style = plainStyle, digits = null } = options;
  return { width: Math.max(width, MIN_WIDTH), style, digits };
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

/** A name on one line: line feeds and control characters become spaces. */
export function onOneLine(name: string): string {
  return name.split(BREAK).join(" ");
}

/** Labels and texts in two columns, long texts wrapped within theirs; a label that is too long has lines of its own. */
export function labelled(
  entries: readonly (readonly [label: string, text: string])[],
  width: number,
  indent = 0,
): string[] {
  const widest = Math.max(0, ...entries.map(([label]) => label.length));
  const labelWidth = Math.min(widest, Math.max(8, Math.floor(width / 3)));
  const start = indent + labelWidth + 2;
  return entries.flatMap(([label, text]) => {
    const lines = wrap(text, width, start, 0);
    if (label.length > labelWidth) return [...wrap(label, width, indent), ...lines];
    const [first = "", ...rest] = lines;
    return [" ".repeat(indent) + label.padEnd(labelWidth + 2) + first.slice(start), ...rest];
  });
}

export interface TableColumn {
  readonly header: string;
  readonly cells: readonly string[];
  /** Columns with a larger number go first where the width is short; undefined for one that always stays. */
  readonly dropOrder?: number;
}

const GAP = 2;
/** The share of the width that names have before a column is dropped for them. */
const NAME_SHARE = 0.4;

/**
 * A table with a column of names and right-aligned columns of numbers, the header first. Where it is wider than `width`, columns are
 * dropped one by one until the names fit, or have their share of the width. A name that is still too long is not cut: it has lines
 * of its own, and its numbers follow on the next.
 */
export function table(names: readonly string[], columns: readonly TableColumn[], width: number): string[] {
  const labels = names.map(onOneLine);
  const longest = Math.max(0, ...labels.map((name) => name.length));
  const kept = dropColumns(columns, width - Math.min(longest, Math.floor(NAME_SHARE * width)));
  const nameWidth = Math.min(longest, Math.max(0, width - totalWidth(kept)));
  const line = (name: string, cell: (column: TableColumn) => string) =>
    name.padEnd(nameWidth) + kept.map((column) => cell(column).padStart(GAP + columnWidth(column))).join("");
  return [
    line("", (column) => column.header),
    ...labels.flatMap((name, row) => {
      const cell = (column: TableColumn) => column.cells[row];
      return name.length <= nameWidth ? [line(name, cell)] : [...wrap(name, width), line("", cell)];
    }),
  ];
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
