import { effectsSection } from "./effectsSection.js";
import { dataFacts, modelLines, warningLines } from "./fitFacts.js";
import { labelled, layoutOf, page, plural, type ReportOptions, type Style, section, table, wrap } from "./layout.js";
import type { EstimateRow, MlReport, ModeRow } from "./MlReport.js";
import { formatError, formatNumber, formatSeconds, lastDigit } from "./numbers.js";

/** In standard errors. */
const FAR = 1e4;
/** Decimals of a log-likelihood and what is made of it. */
const DECIMALS = 4;

/** The summary of a maximum likelihood fit for a terminal. Numbers are rounded to what their standard error supports. */
export function mlTextReport(report: MlReport, options: ReportOptions = {}): string {
  const { width, style } = layoutOf(options);
  const { ratios, notes, seconds } = report;
  return page([
    modelLines(report.model, width),
    labelled([["engine", engineLine(report)], ...dataFacts(report), ...likelihoodFacts(report)], width),
    section("Population parameters", estimatesTable(report.parameters, width, style), style),
    ratios === null ? [] : section(capitalised(`${ratios.kind}s`), ratiosTable(ratios.rows, width, style), style),
    effectsSection(report.randomEffects, {
      value: ({ mode }) => mode,
      valueName: "modes",
      table: (rows) => modesTable(rows, width, style),
      all: "--json, or --out DIR",
      width,
      style,
    }),
    section(
      "Notes",
      [convergenceLine(report), intervalsLine, ...notes.map(({ message }) => message)].flatMap((text) =>
        wrap(text, width, 2),
      ),
      style,
    ),
    warningLines(report.warnings, width, style),
    wrap(
      `time: read ${formatSeconds(seconds.read)}, compile ${formatSeconds(seconds.compile)}, ` +
        `fit ${formatSeconds(seconds.fit)}, total ${formatSeconds(seconds.total)}`,
      width,
    ),
  ]);
}

const intervalsLine =
  "intervals: 95%, by Wald; those of sds and dispersions on the log scale, those of correlations on Fisher's z";

/** "ml (aghq, 25 points)" */
function engineLine({ method, points, reml }: MlReport): string {
  const details = [method, ...(reml ? ["REML"] : []), ...(points === null ? [] : [plural(points, "point")])];
  return `ml (${details.join(", ")})`;
}

function likelihoodFacts({ likelihood, reml }: MlReport): [string, string][] {
  if (likelihood === null) return [];
  const { logLikelihood, parameterCount, aic, bic } = likelihood;
  const fixed = (value: number) => value.toFixed(DECIMALS);
  return [
    [
      reml ? "restricted log-likelihood" : "log-likelihood",
      `${fixed(logLikelihood)} (${plural(parameterCount, "parameter")})`,
    ],
    ["AIC, BIC", `${fixed(aic)}, ${fixed(bic)}`],
  ];
}

function headed(lines: readonly string[], style: Style): string[] {
  const [header, ...rest] = lines;
  return rest.length === 0 ? [] : [style.dim(header), ...rest];
}

function estimatesTable(rows: readonly EstimateRow[], width: number, style: Style): string[] {
  const cells = (key: "estimate" | "lower" | "upper") => rows.map((row) => supported(row[key], row.standardError));
  const columns = [
    { header: "estimate", cells: cells("estimate") },
    { header: "se", dropOrder: 1, cells: rows.map((row) => formatKnown(row.standardError, formatError)) },
    { header: "lower", dropOrder: 2, cells: cells("lower") },
    { header: "upper", dropOrder: 2, cells: cells("upper") },
  ];
  return headed(
    table(
      rows.map(({ name }) => name),
      columns,
      width,
    ),
    style,
  );
}

/** Three digits of the standard error, six of a bound that is far beyond it; "-" where there is no such number. */
function supported(value: number, standardError: number): string {
  const digit = Math.abs(value) > FAR * standardError ? null : lastDigit({ sd: standardError });
  return formatKnown(value, (known) => formatNumber(known, digit));
}

function formatKnown(value: number, format: (value: number) => string): string {
  return Number.isNaN(value) ? "-" : format(value);
}

function ratiosTable(rows: NonNullable<MlReport["ratios"]>["rows"], width: number, style: Style): string[] {
  const column = (header: string, key: "estimate" | "lower" | "upper", dropOrder: number) => ({
    header,
    dropOrder,
    cells: rows.map((row) => supported(row[key], (row.upper - row.lower) / 4)),
  });
  const columns = [column("ratio", "estimate", 0), column("lower", "lower", 1), column("upper", "upper", 1)];
  return headed(
    table(
      rows.map(({ name }) => name),
      columns,
      width,
    ),
    style,
  );
}

function modesTable(rows: readonly ModeRow[], width: number, style: Style): string[] {
  const columns = [
    { header: "mode", cells: rows.map(({ mode, sd }) => supported(mode, sd)) },
    { header: "sd", dropOrder: 1, cells: rows.map(({ sd }) => formatKnown(sd, formatError)) },
    {
      header: "mean",
      dropOrder: 2,
      cells: rows.map(({ mean, sd }) => (mean === undefined ? "" : supported(mean, sd))),
    },
  ].filter(({ cells }) => cells.some((cell) => cell !== ""));
  return headed(
    table(
      rows.map(({ name }) => name),
      columns,
      width,
    ),
    style,
  );
}

function convergenceLine({ convergence }: MlReport): string {
  const { converged, gradientNorm, iterations, evaluations } = convergence;
  const effort = `${plural(iterations, "iteration")}, ${plural(evaluations, "evaluation")}`;
  const gradient = `gradient in the metric of the Hessian ${gradientNorm.toExponential(1)}`;
  return `${converged ? "converged" : "not converged"}: ${effort}, ${gradient}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
