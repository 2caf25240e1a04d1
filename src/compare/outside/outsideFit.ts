import { DataError } from "../../data/DataError.js";
import { readAll } from "../../data/LazyColumns.js";
import type { Table } from "../../data/Table.js";
import { toTable } from "../../data/toTable.js";
import type { Quantities } from "../../density/LogDensity.js";
import { suggest } from "../../language/suggest.js";
import { arvizDraws } from "./outsideDraws.js";
import { OutsideNames } from "./outsideNames.js";
import { listed, type OutsideFormat, type OutsideRow, outsideRows } from "./outsideRows.js";

/** An estimate made elsewhere of a quantity of ours, on our scale. */
export interface OutsideEstimate {
  /** `sd[subject, Intercept]` */
  readonly name: string;
  /** What it is called there. */
  readonly outsideName: string;
  readonly estimate: number;
  /** NaN where there is none. */
  readonly standardError: number;
}

/** A fit made elsewhere, as far as it speaks of our model. */
export interface OutsideFit {
  readonly format: OutsideFormat;
  readonly estimates: readonly OutsideEstimate[];
  /** Estimates of nothing in our model, each with the nearest of our names. */
  readonly unmatched: readonly { readonly outsideName: string; readonly hint: string }[];
  /** Parameters of ours that it does not estimate. */
  readonly absent: readonly string[];
  /** Coefficients of ours that are held at 0 there, as those of a reference level. */
  readonly recoded: readonly string[];
}

/**
 * Reads estimates made by lme4, glmmTMB or MASS (`broom.mixed::tidy`), SAS GLIMMIX (ParameterEstimates, CovParms), brms, or anything in
 * columns of names and estimates, and finds what they are called here; variances become sds, covariances correlations.
 * Throws DataError where the table has no names or estimates, names a quantity twice, or has none of ours.
 */
export function outsideFit(table: Table, quantities: Quantities): OutsideFit {
  const { format, rows, references } = outsideRows(table);
  const names = new OutsideNames(quantities);
  const found = rows.map((row) => ({ row, name: names.find(row.claim) }));
  const matched = found.flatMap(({ row, name }) => (name === null ? [] : [{ row, name }]));
  const place = { name: table.name };
  const twice = matched.find(({ name }, k) => matched.findIndex((other) => other.name === name) < k);
  if (twice !== undefined)
    throw new DataError(
      "estimated-twice",
      place,
      `two estimates of ${twice.name}, the second "${twice.row.label}"`,
      "give one fit, and leave one of the two rows out",
    );
  const deviations = new Map(matched.map(({ row, name }) => [name, onOurScale(row).estimate]));
  const estimates = matched.map(({ row, name }) => ({
    name,
    outsideName: row.label,
    ...(correlationOf(row, names, deviations) ?? onOurScale(row)),
  }));
  const unmatched = found.flatMap(({ row, name }) =>
    name === null ? [{ outsideName: row.label, hint: hintFor(row.label, quantities.parameters) }] : [],
  );
  if (estimates.length === 0)
    throw new DataError(
      "no-match",
      place,
      `none of its ${rows.length} estimates is of a parameter of the model: ${listed(unmatched.map(({ outsideName }) => outsideName))}`,
      `${nearestOf(unmatched, quantities.parameters)}the parameters are ${quantities.parameters.join(", ")}; ` +
        "a table of name and estimate with these names is always understood",
    );
  const known = new Set(estimates.map(({ name }) => name));
  return {
    format,
    estimates,
    unmatched,
    absent: quantities.parameters.filter((name) => !known.has(name)),
    recoded: references.flatMap((term) => names.find({ kind: "coefficient", term }) ?? []),
  };
}

/** Our name that was most likely meant, with or without its `beta[...]`; null if none is near. */
function nearest(label: string, parameters: readonly string[]): string | null {
  const terms = new Map(parameters.map((name) => [name.replace(/^beta\[(.*)\]$/, "$1"), name]));
  return suggest(label, parameters) ?? terms.get(suggest(label, [...terms.keys()]) ?? "") ?? null;
}

/** Empty where none is near. */
function hintFor(label: string, parameters: readonly string[]): string {
  const near = nearest(label, parameters);
  return near === null ? "" : `did you mean "${near}"?`;
}

/** What the first of the names that can be guessed was meant for; empty if none can. */
function nearestOf(unmatched: OutsideFit["unmatched"], parameters: readonly string[]): string {
  const guesses = unmatched.flatMap(({ outsideName }) => {
    const near = nearest(outsideName, parameters);
    return near === null ? [] : [`did you mean "${near}" by "${outsideName}"? `];
  });
  return guesses.at(0) ?? "";
}

/** Square roots and reciprocals with their standard errors by the delta method. */
function onOurScale({ claim, estimate, standardError }: OutsideRow): { estimate: number; standardError: number } {
  if (claim.kind === "variance" || claim.kind === "residualVariance") {
    const sd = Math.sqrt(estimate);
    return { estimate: sd, standardError: sd > 0 ? standardError / (2 * sd) : Number.NaN };
  }
  if (claim.kind === "inversePhi") return { estimate: 1 / estimate, standardError: standardError / estimate ** 2 };
  return { estimate, standardError };
}

/** From a covariance and the sds that the same fit gives; no standard error, for that would take their covariances. */
function correlationOf({ claim, estimate }: OutsideRow, names: OutsideNames, deviations: ReadonlyMap<string, number>) {
  if (claim.kind !== "covariance") return null;
  const deviation = (term: string | number) =>
    deviations.get(names.find({ kind: "sd", group: claim.group, term }) ?? "") ?? Number.NaN;
  const products = claim.terms.map(([first, second]) => deviation(first) * deviation(second));
  return { estimate: estimate / (products.find(Number.isFinite) ?? Number.NaN), standardError: Number.NaN };
}

/**
 * The table of estimates in a JSON value: a document of ours or of ArviZ, an array of records, or an object of names and numbers.
 * Throws DataError for anything else.
 */
export function outsideTable(value: unknown, name: string): Table {
  return readAll(recordsOf(value, name));
}

function recordsOf(value: unknown, name: string): Table {
  if (Array.isArray(value)) return toTable(value, name);
  if (typeof value !== "object" || value === null) throw notAFit(name);
  const drawn = arvizDraws(value, name);
  if (drawn !== null) return drawn;
  if ("parameters" in value && Array.isArray(value.parameters)) {
    const effects = "randomEffects" in value && Array.isArray(value.randomEffects) ? value.randomEffects : [];
    return toTable([...value.parameters, ...effects].map(ownRecord), name);
  }
  const entries = Object.entries(value).filter(([, estimate]) => typeof estimate === "number");
  if (entries.length === 0) throw notAFit(name);
  return toTable(
    entries.map(([key, estimate]) => ({ name: key, estimate })),
    name,
  );
}

/** Any of our engines' rows: estimate, mode or mean (maximum likelihood's effects have both), with its standard error or sd. */
function ownRecord(row: unknown): object {
  const cells = typeof row === "object" && row !== null ? new Map<string, unknown>(Object.entries(row)) : new Map();
  return {
    name: cells.get("name"),
    estimate: cells.get("estimate") ?? cells.get("mode") ?? cells.get("mean"),
    standardError: cells.get("standardError") ?? cells.get("sd"),
  };
}

function notAFit(name: string): DataError {
  return new DataError(
    "not-a-fit",
    { name },
    "it holds no estimates",
    'give a fit.json of marginalia, a document of ArviZ, an array of records with "name" and "estimate", or an object of names and numbers',
  );
}
