import { quote } from "./DataError.js";
import type { Doubt, NumericLabel, StrayCell } from "./Table.js";

/** What is wrong with a column in doubt that a model uses by its bare name, and the ways out; a factor may not be one. */
export function describeDoubt(
  name: string,
  doubt: Doubt,
  mayBeFactor = true,
): { readonly message: string; readonly hint: string } {
  const others = doubt.distinct - doubt.cells.length;
  const cells = doubt.cells.map(strayCell).join(", ") + (others > 0 ? ` and ${others} more` : "");
  const share = `${doubt.count} of its ${doubt.total} values`;
  const what = {
    "stray-cells": `${name} is a ${doubt.almost} but for ${share}: ${cells}`,
    "number-format": `${name} has numbers in a form that is not read as one: ${cells}`,
    "ambiguous-dates": `${name} has dates that may be day/month or month/day: ${cells}`,
    "mixed-types": `${name} has values of several types: ${cells}`,
  };
  return {
    message: what[doubt.reason],
    hint: waysOut(doubt, mayBeFactor ? [`for every text as a level, factor(${name})`] : []).join("; "),
  };
}

/** "\".\" (rows 12 and 47)", "\"3l\" (row 60)" */
function strayCell({ text, rows, count }: StrayCell): string {
  const more = count - rows.length;
  const listed = more > 0 ? `${rows.join(", ")} and ${more} more` : rows.join(" and ");
  return `${quote(text)} (${count === 1 ? "row" : "rows"} ${listed})`;
}

function waysOut(doubt: Doubt, factor: readonly string[]): string[] {
  if (doubt.reason === "ambiguous-dates") return ["write dates as 2023-05-31", ...factor];
  if (doubt.reason === "mixed-types") return ["make all its values numbers, or all strings", ...factor];
  const isComma = doubt.commaDecimals === doubt.count;
  const isUnclear = doubt.thousands > 0 && doubt.thousands >= doubt.commaDecimals;
  const asComma = [
    ...(isUnclear ? ["leave out commas between thousands"] : []),
    ...(doubt.commaDecimals > 0 ? ['for decimal commas, --decimal ","'] : []),
  ];
  const texts = doubt.cells.map(({ text }) => text.trim()).filter((text) => !text.includes(","));
  const asMissing =
    doubt.reason === "number-format" || isComma || texts.length === 0
      ? []
      : [`for missing values, --na ${quote(texts.join(","))}`];
  const plain = doubt.almost === "number" ? "write plain numbers such as 1234.5" : "write dates as 2023-05-31";
  return [
    ...asMissing,
    ...asComma,
    ...(asMissing.length > 0 ? ["or correct the cells"] : isComma ? [] : [plain]),
    ...factor,
  ];
}

/** Why a column of numbers is read as text: "its integers have leading zeros, as in \"007\" in row 3". */
export function describeLabel({ reason, text, row }: NumericLabel): string {
  const what = {
    "leading-zeros": "its integers have leading zeros",
    "large-integers": "its integers are beyond 2^53",
    strings: "its numbers are strings",
  };
  return `${what[reason]}, as ${quote(text)} in row ${row}`;
}
