/** How the cells of a text are read. */
export interface CellFormat {
  readonly decimal: "." | ",";
  /** Cells that are missing, white space aside. */
  readonly missing: ReadonlySet<string>;
  /** Those of them that are numbers: 999 is missing as 999.0, too. Null for none. */
  readonly missingNumbers: ReadonlySet<number> | null;
}

const alwaysMissing = ["", "NA", "NaN"];
const literals = {
  ".": /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/,
  ",": /^\s*[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?\s*$/,
} as const;

/** The format with these texts missing besides empty cells, NA and NaN. */
export function cellFormat(decimal: "." | ",", na: readonly string[]): CellFormat {
  const missing = new Set([...alwaysMissing, ...na.map((text) => text.trim())]);
  const numbers = na.map((text) => numberIn(text, decimal)).filter((value) => value !== null);
  return { decimal, missing, missingNumbers: numbers.length === 0 ? null : new Set(numbers) };
}

export function isMissingCell(cell: string, { missing, missingNumbers, decimal }: CellFormat): boolean {
  if (missing.has(cell) || missing.has(cell.trim())) return true;
  return missingNumbers?.has(numberIn(cell, decimal) ?? Number.NaN) ?? false;
}

/** The number that a cell is, perhaps an infinite one; null where it is none. */
export function numberIn(cell: string, decimal: "." | ","): number | null {
  if (!literals[decimal].test(cell)) return null;
  return Number(decimal === "." ? cell : cell.replace(",", "."));
}

/** Why the text of a number says more than the number: an integer with leading zeros, or one beyond 2^53. */
export function labelReason(cell: string, value: number): "leading-zeros" | "large-integers" | null {
  const first = cell.charCodeAt(0);
  const isPlain = first >= 48 && first <= 57;
  if (isPlain ? first === 48 && cell.length > 1 && zeroPadded.test(cell) : zeroPadded.test(cell))
    return "leading-zeros";
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && integer.test(cell) ? "large-integers" : null;
}

const zeroPadded = /^\s*[+-]?0\d+\s*$/;
const integer = /^\s*[+-]?\d+\s*$/;

const grouped = String.raw`(?:\d{1,3}(?:[,.'\u2019\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+)(?:[eEdD][+-]?\d+)?`;
const currency = String.raw`(?:[$\u00a3\u00a5\u20ac]|USD|EUR|GBP|CHF|JPY)`;
const otherForms = new RegExp(
  String.raw`^(?:[+\-\u2212]?\s*${currency}?\s*[+\-\u2212]?${grouped}\s*(?:%|${currency})?|\(${currency}?\s*${grouped}\)|[+-]?Inf(?:inity)?)$`,
  "i",
);
const limit = /^(?:<|>|<=|>=|\u2264|\u2265|~)\s*[+-]?\d/;
const commaDecimal = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$/;

/**
 * What a cell that is no number looks like: a number written in another way ("1,234", "12,5", "$3", "5%", "1e400"), a
 * limit ("<0.1"), a sign for a missing value, or neither.
 */
export function strayKind(cell: string): "number-format" | "limit" | "placeholder" | null {
  const text = cell.trim();
  if (placeholders.has(text.toLowerCase()) || /^[.\-_?*/]+$/.test(text) || /^\.[a-z]$/i.test(text))
    return "placeholder";
  if (limit.test(text)) return "limit";
  return otherForms.test(text) ? "number-format" : null;
}

/** Whether a cell is a number by a decimal comma, and by no decimal point. */
export function hasDecimalComma(cell: string): boolean {
  return commaDecimal.test(cell.trim());
}

/** Whether the commas of a cell may be those between thousands: "1,200", but not "0,200" or "12,5". */
export function mayGroupThousands(cell: string): boolean {
  return /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/.test(cell.trim());
}

const placeholders: ReadonlySet<string> = new Set([
  ...["na", "n/a", "#n/a", "nan", "null", "nil", "none", "missing", "unknown", "(null)", "<na>", "n.a.", "nd"],
  ...["#null!", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "error"],
]);

/** Signs of a missing value that no one uses as the name of a level. */
export function isMissingSign(level: string): boolean {
  return /^(?:\.[a-z]?|\?+|#?n\/a|<na>|n\.a\.|na|nan|null|\(null\)|#(?:null!|value!|ref!|div\/0!|num!|name\?))$/i.test(
    level.trim(),
  );
}
