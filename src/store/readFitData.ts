import * as v from "valibot";
import type { Column } from "../data/Table.js";
import type { ModelAst } from "../language/ast.js";
import { parseModel } from "../language/parser.js";
import { printModel } from "../language/printer.js";
import type { FitData } from "./FitData.js";
import { estimates, type Fault, faultOf, float64, int32, number, plugin, posterior } from "./schemas.js";

const text = v.string();
const labels = v.array(text);

const columns = {
  number: v.looseObject({ kind: v.literal("number"), values: float64 }),
  text: v.looseObject({ kind: v.literal("text"), codes: int32, levels: labels }),
  date: v.looseObject({ kind: v.literal("date"), codes: int32, levels: labels, days: float64 }),
  unusable: v.looseObject({ kind: v.literal("unusable"), problem: text, hint: text }),
};

const column = v.pipe(
  v.variant("kind", [columns.number, columns.text, columns.date, columns.unusable]),
  v.check((value) => hasItsCodes(value), "codes of its levels"),
);

function hasItsCodes(column: Column): boolean {
  if (!("codes" in column)) return true;
  const { codes, levels } = column;
  return codes.every((code) => code >= -1 && code < levels.length);
}

const table = v.pipe(
  v.looseObject({
    name: text,
    rows: number,
    columns: v.array(v.strictTuple([text, column])),
    notes: v.exactOptional(labels),
    source: v.exactOptional(v.looseObject({ file: text, sha256: text })),
  }),
  v.check(
    ({ rows, columns }) => columns.every(([, one]) => lengthsOf(one).every((length) => length === rows)),
    "a value in every row",
  ),
);

function lengthsOf(column: Column): number[] {
  if (column.kind === "number") return [column.values.length];
  if (column.kind === "date") return [column.codes.length, column.days.length];
  return column.kind === "text" ? [column.codes.length] : [];
}

/** A tree is told by the text that it is printed as: that is read as the same tree, but for places in a text. */
const ast = v.custom<ModelAst>((value) => {
  try {
    const tree: ModelAst = Object(value);
    return withoutPlaces(parseModel(printModel(tree))) === withoutPlaces(tree) && isPlaced(tree);
  } catch {
    return false;
  }
}, "the tree of a model");

/** Keys in one order, without spans and source. */
function withoutPlaces(tree: unknown): string {
  const plain = (key: string, value: unknown) => {
    if (key === "span" || key === "source") return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(tree, plain);
}

function isPlaced({ source }: ModelAst): boolean {
  return v.is(v.looseObject({ name: text, text, parts: v.exactOptional(labels) }), source);
}

const problem = v.looseObject({
  code: text,
  severity: v.picklist(["error", "warning", "note"]),
  message: text,
  hint: v.exactOptional(text),
  span: v.exactOptional(v.looseObject({ start: number, end: number })),
});

const result = v.variant("kind", [
  v.looseObject({ kind: v.literal("posterior"), posterior, level: number }),
  v.looseObject({
    kind: v.literal("estimates"),
    ml: estimates,
    notEstimable: v.array(v.looseObject({ name: text, reason: text, limit: v.nullable(number) })),
    criteria: v.nullable(v.looseObject({ aic: number, bic: number })),
    dispersion: v.nullable(
      v.looseObject({ chiSquare: number, degreesOfFreedom: number, ratio: number, isLarge: v.boolean() }),
    ),
    options: v.looseObject({ level: number, method: text, penalized: v.boolean() }),
  }),
]);

const fit = v.looseObject({
  engine: text,
  model: text,
  ast,
  table,
  data: v.looseObject({ name: text, rows: number, columns: number, sha256: v.nullable(text) }),
  problems: v.array(problem),
  notes: v.array(v.looseObject({ code: text, message: text })),
  plugins: v.array(plugin),
  priors: v.array(v.looseObject({ name: text, distribution: text })),
  design: text,
  seconds: v.record(text, number),
  result,
});

/** The fit that a value is, as plain data, or what is wrong with it. */
export function readFitData(value: unknown): { readonly data: FitData } | { readonly fault: Fault } {
  return isFitData(value) ? { data: value } : { fault: faultOf(fit, value) };
}

function isFitData(value: unknown): value is FitData {
  return v.is(fit, value);
}
