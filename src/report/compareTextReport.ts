import type { CompareReport, FitColumn, TestReport } from "./CompareReport.js";
import { dataFacts, modelLines, warningLines } from "./fitFacts.js";
import {
  type Layout,
  labelled,
  layoutOf,
  page,
  plural,
  type ReportOptions,
  type Style,
  section,
  wrap,
} from "./layout.js";
import type { EstimateRow } from "./MlReport.js";
import { engineLine } from "./mlTextReport.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, knownEstimate } from "./numbers.js";
import { formatPValue, referenceLines, verdict } from "./verdict.js";

/** Decimals of a log-likelihood and what is made of it. */
const DECIMALS = 4;
const indent = 2;

/** Fits side by side for a terminal: their models, estimates and likelihoods, the test, and what it comes to. */
export function compareTextReport(report: CompareReport, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { fits, test, notes, seconds } = report;
  return page([
    ...fits.map(({ label, model }) => {
      const lines = modelLines(model, width - indent).map((line) => " ".repeat(indent) + line);
      return section(label, lines, style);
    }),
    labelled(
      [...fits.map((fit): [string, string] => [fit.label, engineLine({ ...fit, priors: null })]), ...dataFacts(report)],
      width,
    ),
    section("Parameters", parametersTable(fits, "se", layout), style),
    section("Fit", likelihoodTable(fits, width, style), style),
    test === null ? [] : section("Likelihood-ratio test", testLines(test, width), style),
    section("Verdict", wrap(verdict(report), width, indent, 0), style),
    section(
      "Notes",
      [...notes.map(({ message }) => message), ...fits.flatMap(fitNotes)].flatMap((text) => wrap(text, width, indent)),
      style,
    ),
    warningLines(allWarnings(report), width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

/** Those of the comparison, then those of each fit by its label. */
export function allWarnings({ warnings, fits }: CompareReport): CompareReport["warnings"] {
  const ofFits = fits.flatMap((fit) =>
    fit.warnings.map((warning) => ({ ...warning, message: `${fit.label}: ${warning.message}` })),
  );
  return [...warnings, ...ofFits];
}

function fitNotes({ label, notes }: FitColumn): string[] {
  return notes.map(({ message }) => `${label}: ${message}`);
}

/** The names of all fits in the order of the first; what only a later one has follows what stands before it there. */
export function parameterNames(fits: readonly Pick<Column<{ readonly name: string }>, "parameters">[]): string[] {
  const names: string[] = [];
  for (const { parameters } of fits) {
    let at = 0;
    for (const { name } of parameters) {
      const known = names.indexOf(name);
      if (known < 0) names.splice(at, 0, name);
      at = (known < 0 ? at : known) + 1;
    }
  }
  return names;
}

interface Column<Row> {
  readonly label: string;
  readonly parameters: readonly Row[];
}

type EstimateCell = Pick<EstimateRow, "name" | "estimate" | "standardError">;

/** Estimates of several fits, each with its error in a column called "se A" or "sd A". */
export function parametersTable(
  fits: readonly Column<EstimateCell>[],
  error: "se" | "sd",
  { width, style, digits }: Layout,
): string[] {
  const names = parameterNames(fits);
  const columns = fits.flatMap(({ label, parameters }) => {
    const rows = names.map((name) => parameters.find((row) => row.name === name));
    const cells = (cell: (row: EstimateCell) => string) => rows.map((row) => (row === undefined ? "" : cell(row)));
    return [
      { header: label, cells: cells((row) => knownEstimate(row.estimate, digits)) },
      { header: `${error} ${label}`, dropOrder: 1, cells: cells((row) => knownEstimate(row.standardError, digits)) },
    ];
  });
  const lines = namedTable(
    names.map((name) => ({ name })),
    columns,
    width,
    style,
  );
  return lines.map((line) => line.trimEnd());
}

function likelihoodTable(fits: readonly FitColumn[], width: number, style: Style): string[] {
  const isRestricted = fits.some(({ reml }) => reml);
  const rows = [isRestricted ? "restricted log-likelihood" : "log-likelihood", ...["parameters", "AIC", "BIC"]];
  const columns = fits.map(({ label, logLikelihood, parameterCount, aic, bic }) => ({
    header: label,
    cells: [logLikelihood.toFixed(DECIMALS), String(parameterCount), aic.toFixed(DECIMALS), bic.toFixed(DECIMALS)],
  }));
  return namedTable(
    rows.map((name) => ({ name })),
    columns,
    width,
    style,
  );
}

function testLines(test: TestReport, width: number): string[] {
  const [first, ...rest] = referenceLines(test);
  return labelled(
    [
      ["statistic", `${test.statistic.toFixed(DECIMALS)}, the difference of the deviances`],
      ["held", plural(test.degreesOfFreedom, "parameter")],
      ["p", formatPValue(test)],
      ["reference", first],
      ...rest.map((line): [string, string] => ["", line]),
    ],
    width,
    indent,
  );
}
