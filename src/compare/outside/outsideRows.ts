import { DataError } from "../../data/DataError.js";
import type { Table } from "../../data/Table.js";

/** What a row of an outside fit says that it estimates, in its own words. */
export type Claim =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "coefficient"; readonly term: string }
  /** An effect is its term, or its position among those of the group, from 1. */
  | { readonly kind: "sd" | "variance"; readonly group: string; readonly term: string | number }
  | {
      readonly kind: "correlation" | "covariance";
      readonly group: string;
      /** Every way to read what may be two terms, for dots join them and are in their names. */
      readonly terms: readonly (readonly [string | number, string | number])[];
    }
  | { readonly kind: "sigma" | "residualVariance" | "phi" | "inversePhi" }
  | { readonly kind: "effect"; readonly group: string; readonly level: string; readonly term: string };

/** A row of an outside fit. */
export interface OutsideRow {
  /** As its author's software has it, for the reader: `subject sd__(Intercept)`. */
  readonly label: string;
  readonly claim: Claim;
  readonly estimate: number;
  /** NaN where the fit gives none. */
  readonly standardError: number;
}

/** The layouts that are understood, as messages call them. */
export type OutsideFormat = "tidy" | "glimmix" | "glimmix covariances" | "names and values";

export interface OutsideRows {
  readonly format: OutsideFormat;
  readonly rows: readonly OutsideRow[];
  /** Rows that estimate nothing: reference levels, missing values. */
  readonly skipped: number;
  /** Coefficients that are held at 0: those of reference levels. */
  readonly references: readonly string[];
}

type Reader = (cells: Cells) => OutsideRow | null;

/** Reads a table of estimates by its columns. Throws DataError where it has no names or no estimates. */
export function outsideRows(table: Table): OutsideRows {
  const columns = new Columns(table);
  const [format, read] = readerFor(columns);
  const all = Array.from({ length: table.rows }, (_, row) => read(columns.at(row)));
  const rows = all.filter((row) => row !== null).filter(({ estimate }) => Number.isFinite(estimate));
  const references = format === "glimmix" ? all.flatMap((_, row) => referenceTerm(columns.at(row))) : [];
  return { format, rows, skipped: all.length - rows.length, references };
}

function readerFor(columns: Columns): [OutsideFormat, Reader] {
  if (columns.find("covparm") !== null) return ["glimmix covariances", covParmRow];
  if (columns.find("term") !== null && columns.find("effect") !== null) return ["tidy", tidyRow];
  if (columns.find("effect") !== null) return ["glimmix", parameterEstimatesRow];
  return ["names and values", namedRow];
}

/** The cells of a row, by what the columns are for. */
interface Cells {
  readonly estimate: number;
  readonly standardError: number;
  /** Empty where there is no such column or no value. */
  text(...names: readonly string[]): string;
}

/** The last is what row names without a header are called. */
const nameColumns = ["name", "term", "parameter", "variable", "coefficient", "row"];
const estimateColumns = ["estimate", "value", "coef", "mean", "mode"];
const errorColumns = ["stderror", "standarderror", "stderr", "esterror", "se", "sd"];

/** How many names a message lists. */
const LISTED = 6;

/** "age, sex and 40 more" */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).join(", ");
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown;
}

/** Columns found by their names without regard to case and punctuation. */
class Columns {
  private readonly table: Table;
  private readonly byKey: ReadonlyMap<string, string>;
  private readonly estimate: string;
  private readonly standardError: string | null;

  constructor(table: Table) {
    this.table = table;
    this.byKey = new Map([...table.columns.keys()].map((name) => [columnKey(name), name]));
    const place = { name: table.name };
    const known = listed([...table.columns.keys()]);
    const estimate = this.find(...estimateColumns);
    if (estimate === null || !this.hasNumber(estimate))
      throw new DataError("no-estimates", place, `no column of estimates among ${known}`, 'call it "estimate"');
    if (this.find(...nameColumns, "effect", "covparm") === null)
      throw new DataError("no-names", place, `no column of names among ${known}`, 'call it "name" or "term"');
    this.estimate = estimate;
    this.standardError = this.find(...errorColumns);
  }

  find(...keys: readonly string[]): string | null {
    const key = keys.find((candidate) => this.byKey.has(candidate));
    return key === undefined ? null : (this.byKey.get(key) ?? null);
  }

  at(row: number): Cells {
    return {
      estimate: this.number(this.estimate, row),
      standardError: this.standardError === null ? Number.NaN : this.number(this.standardError, row),
      text: (...names) => {
        const column = this.find(...names.map(columnKey));
        return column === null ? "" : this.cell(column, row);
      },
    };
  }

  private hasNumber(name: string): boolean {
    return Array.from({ length: this.table.rows }, (_, row) => this.number(name, row)).some(Number.isFinite);
  }

  /** A column of numbers is text where SAS has written a missing one as a dot. */
  private number(name: string, row: number): number {
    const text = this.cell(name, row);
    return text.trim() === "" ? Number.NaN : Number(text);
  }

  private cell(name: string, row: number): string {
    const column = this.table.columns.get(name);
    if (column === undefined || column.kind === "unusable") return "";
    if (column.kind === "number") return Number.isNaN(column.values[row]) ? "" : String(column.values[row]);
    return column.codes[row] < 0 ? "" : column.levels[column.codes[row]];
  }
}

const columnKey = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, "");

function namedRow(cells: Cells): OutsideRow {
  const name = cells.text(...nameColumns);
  return row(name, cells, { kind: "named", name });
}

/** broom.mixed: effect fixed, ran_pars (`sd__`, `cor__`, on request `var__`, `cov__`) or ran_vals. */
function tidyRow(cells: Cells): OutsideRow | null {
  const [effect, term] = [cells.text("effect"), cells.text("term")];
  // lme4 numbers the terms of one factor: Subject, Subject.1.
  const group = cells.text("group").replace(/\.\d+$/, "");
  const component = cells.text("component");
  if (!["", "cond"].includes(component))
    return row(`${component} ${term}`, cells, { kind: "named", name: `${component} ${term}` });
  if (effect === "fixed") return row(term, cells, { kind: "coefficient", term });
  if (effect === "ran_coefs") return null;
  if (effect === "ran_vals") {
    const level = cells.text("level");
    return row(`${group} ${level} ${term}`, cells, { kind: "effect", group, level, term });
  }
  const claim = tidyRandomPart(group, term);
  return claim === null ? null : row(`${group} ${term}`, cells, claim);
}

function tidyRandomPart(group: string, term: string): Claim | null {
  const [, kind, of] = /^(sd|cor|var|cov)_+(.*)$/.exec(term) ?? [];
  if (kind === undefined || of === undefined) return null;
  if (group === "Residual") return { kind: kind === "var" ? "residualVariance" : "sigma" };
  if (kind === "sd") return { kind: "sd", group, term: of };
  if (kind === "var") return { kind: "variance", group, term: of };
  const parts = of.split(".");
  const terms = parts.slice(1).map((_, k) => [parts.slice(0, k + 1).join("."), parts.slice(k + 1).join(".")] as const);
  return { kind: kind === "cor" ? "correlation" : "covariance", group, terms };
}

/**
 * GLIMMIX's ParameterEstimates: the term is in Effect (`post*trt`), the levels of its factors in columns named as they are. A reference
 * level has an estimate of 0 and no standard error.
 */
function parameterEstimatesRow(cells: Cells): OutsideRow | null {
  const effect = cells.text("effect");
  if (effect === "Scale") return row(effect, cells, { kind: "inversePhi" });
  if (isReference(cells)) return null;
  const term = glimmixTerm(cells);
  return row(term, cells, { kind: "coefficient", term });
}

const isReference = ({ estimate, standardError }: Cells) => estimate === 0 && Number.isNaN(standardError);

const referenceTerm = (cells: Cells) => (isReference(cells) ? [glimmixTerm(cells)] : []);

function glimmixTerm(cells: Cells): string {
  const variables = cells.text("effect").split("*");
  return variables.map((variable) => variable + cells.text(variable)).join(":");
}

/** GLIMMIX's CovParms: `UN(2,1)` or an effect's name, the group in Subject or, without one, the effect's name itself. */
function covParmRow(cells: Cells): OutsideRow {
  const [parameter, subject] = [cells.text("covparm"), cells.text("subject")];
  return row(`${parameter} ${subject}`.trim(), cells, covParmClaim(parameter, subject));
}

function covParmClaim(parameter: string, subject: string): Claim {
  if (/^Residual/.test(parameter)) return { kind: "residualVariance" };
  if (/^Scale/.test(parameter)) return { kind: "inversePhi" };
  const [, first, second] = /^UN\((\d+),(\d+)\)$/.exec(parameter) ?? [];
  if (first === undefined || second === undefined) {
    const [group, term] = subject === "" ? [parameter, "Intercept"] : [subject, parameter];
    return { kind: "variance", group, term };
  }
  if (first === second) return { kind: "variance", group: subject, term: Number(first) };
  return { kind: "covariance", group: subject, terms: [[Number(second), Number(first)]] };
}

function row(label: string, { estimate, standardError }: Cells, claim: Claim): OutsideRow {
  return { label, claim, estimate, standardError };
}
