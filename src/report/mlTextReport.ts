import { checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { type MlFacts, mlAlgorithmOf } from "./algorithm.js";
import { bootstrapLine, bootstrapSection } from "./bootstrapSection.js";
import { covarianceSection } from "./covarianceSection.js";
import { effectsSection } from "./effectsSection.js";
import { dataFacts, modelLines, warningLines } from "./fitFacts.js";
import { anMlReport } from "./kinds.js";
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
import type { EstimateRow, ImportanceReport, MlReport, ModeRow, TermRow } from "./MlReport.js";
import { namedTable } from "./namedTable.js";
import { formatKnown, formatProbability, formatSeconds, formatStatistic, knownEstimate, percent } from "./numbers.js";
import type { Ratios } from "./Ratios.js";

/** Decimals of a log-likelihood and what is made of it. */
const DECIMALS = 4;

/** The summary of a maximum likelihood fit for a terminal. Numbers have four significant digits, or as many as are asked for. */
export function mlTextReport(report: MlReport, options: ReportOptions = {}): string {
  checkArgument(anMlReport, report, "mlTextReport", "report");
  checkArgument(anObject, options, "mlTextReport", "options");
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { ratios, notes, seconds } = report;
  const coefficients = report.parameters.filter(isCoefficient);
  const thresholds = report.parameters.filter(({ name }) => name.startsWith("threshold["));
  const others = report.parameters.filter((row) => !isCoefficient(row) && !thresholds.includes(row));
  return page([
    modelLines(report.model, width),
    labelled([["engine", engineLine(report)], ...dataFacts(report), ...likelihoodFacts(report)], width),
    section("Priors", report.priors?.flatMap((prior) => wrap(prior, width, 2)) ?? [], style),
    section("Coefficients", coefficientsTable(coefficients, layout), style),
    section(
      "Not estimable",
      report.notEstimable.flatMap(({ name, reason }) => wrap(`${name}: ${reason}`, width, 2)),
      style,
    ),
    section("Thresholds", estimatesTable(thresholds, layout), style),
    section("Variance parameters", estimatesTable(others, layout), style),
    bootstrapSection(report.bootstrap, layout),
    covarianceSection(report.covariances ?? [], "at the estimates", layout),
    termsSection(report.terms, width, style),
    ratios === null ? [] : ratiosSection(ratios, layout),
    effectsSection(report.randomEffects, {
      value: ({ mode }) => mode,
      valueName: "modes",
      table: (rows) => modesTable(rows, layout),
      all: "--json, or --out DIR",
      width,
      style,
    }),
    section(
      "Notes",
      [
        convergenceLine(report),
        intervalsLine(report),
        ...testsLine(report),
        ...notes.map(({ message }) => message),
      ].flatMap((text) => wrap(text, width, 2)),
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

/** A coefficient is what is tested for being zero. */
function isCoefficient({ statistic }: EstimateRow): boolean {
  return statistic !== undefined;
}

function intervalsLine({ parameters, level, intervals, bootstrap }: MlReport): string {
  if (bootstrap !== null) return bootstrapLine(bootstrap, level);
  if (intervals === "profile") return `intervals: ${percent(level)}, from the profile likelihood`;
  const byStudent = parameters.some(({ degreesOfFreedom }) => degreesOfFreedom !== undefined)
    ? "those of coefficients by t with Satterthwaite's degrees of freedom; "
    : "";
  const profiled = parameters.filter(({ interval }) => interval === "profile").map(({ name }) => name);
  const byProfile =
    profiled.length === 0
      ? ""
      : `; of ${profiled.join(", ")} from the profile likelihood, as the Wald limits are more than a factor of 100 apart`;
  return (
    `intervals: ${percent(level)}, by Wald; ${byStudent}those of sds and dispersions on the log scale, those of correlations on Fisher's z` +
    byProfile
  );
}

function testsLine({ terms }: MlReport): string[] {
  if (terms.length === 0) return [];
  const kind = terms[0].test === "F" ? "type III with Satterthwaite's denominator" : "type III";
  return [`tests of terms: ${kind}, each term at the mean over the levels of the factors that it interacts with`];
}

/** "ml (aghq, 25 points)" */
export function engineLine(facts: MlFacts): string {
  return `ml (${mlAlgorithmOf(facts)})`;
}

function likelihoodFacts({ likelihood, reml }: MlReport): [string, string][] {
  if (likelihood === null) return [];
  const { logLikelihood, logPrior, parameterCount, criteria, importance } = likelihood;
  const fixed = (value: number) => value.toFixed(DECIMALS);
  return [
    [
      reml ? "restricted log-likelihood" : "log-likelihood",
      `${fixed(logLikelihood)} (${plural(parameterCount, "parameter")})`,
    ],
    ...(importance === null ? [] : [importanceFact(importance)]),
    ...(logPrior === null ? [] : [["log prior", fixed(logPrior)] as [string, string]]),
    ...(criteria === null ? [] : [["AIC, BIC", `${fixed(criteria.aic)}, ${fixed(criteria.bic)}`] as [string, string]]),
  ];
}

function importanceFact({ logLikelihood, standardError, paretoK }: ImportanceReport): [string, string] {
  const error = `+- ${standardError.toFixed(DECIMALS)}`;
  return ["importance sampling", `${logLikelihood.toFixed(DECIMALS)} ${error} (Pareto k ${paretoK.toFixed(2)})`];
}

/** The estimate itself always stays; the ends of its interval, its test and its standard error go in that order, last ones first. */
function estimateColumns(rows: readonly EstimateRow[], digits: number | null) {
  const cells = (key: "estimate" | "standardError" | "lower" | "upper") =>
    rows.map((row) => knownEstimate(row[key], digits));
  return {
    estimate: { header: "estimate", cells: cells("estimate") },
    error: { header: "se", dropOrder: 1, cells: cells("standardError") },
    interval: [
      { header: "lower", dropOrder: 2, cells: cells("lower") },
      { header: "upper", dropOrder: 2, cells: cells("upper") },
    ],
  };
}

function estimatesTable(rows: readonly EstimateRow[], { width, style, digits }: Layout): string[] {
  const { estimate, error, interval } = estimateColumns(rows, digits);
  return namedTable(rows, [estimate, error, ...interval], width, style);
}

function coefficientsTable(rows: readonly EstimateRow[], { width, style, digits }: Layout): string[] {
  const { estimate, error, interval } = estimateColumns(rows, digits);
  const isStudent = rows.some(({ degreesOfFreedom }) => degreesOfFreedom !== undefined);
  const number = (header: string, dropOrder: number, key: "degreesOfFreedom" | "statistic") => ({
    header,
    dropOrder,
    cells: rows.map((row) => formatKnown(row[key] ?? NaN, formatStatistic)),
  });
  const test = [
    ...(isStudent ? [number("df", 5, "degreesOfFreedom")] : []),
    number(isStudent ? "t" : "z", 4, "statistic"),
    { header: "p", dropOrder: 3, cells: rows.map(({ pValue = NaN }) => formatKnown(pValue, formatProbability)) },
  ];
  return namedTable(rows, [estimate, error, ...test, ...interval], width, style);
}

/** Whether a term matters: all tests are of one kind, that of the method. */
function termsSection(rows: readonly TermRow[], width: number, style: Style): string[] {
  if (rows.length === 0) return [];
  const isF = rows[0].test === "F";
  const denominators = rows.map((row) => formatKnown(row.denominatorDegreesOfFreedom ?? NaN, formatStatistic));
  const columns = [
    { header: isF ? "F" : "chi2", cells: rows.map(({ statistic }) => formatKnown(statistic, formatStatistic)) },
    { header: "df", dropOrder: 1, cells: rows.map(({ degreesOfFreedom }) => String(degreesOfFreedom)) },
    ...(isF ? [{ header: "residual df", dropOrder: 1, cells: denominators }] : []),
    { header: "p", cells: rows.map(({ pValue }) => formatKnown(pValue, formatProbability)) },
  ];
  const title = isF ? "Terms: F tests" : "Terms: Wald chi-square tests";
  return section(title, namedTable(rows, columns, width, style), style);
}

export function ratiosSection({ plural, rows }: Ratios, { width, style, digits }: Layout): string[] {
  const column = (header: string, key: "estimate" | "lower" | "upper", dropOrder: number) => ({
    header,
    dropOrder,
    cells: rows.map((row) => knownEstimate(row[key], digits)),
  });
  const columns = [column("ratio", "estimate", 0), column("lower", "lower", 1), column("upper", "upper", 1)];
  return section(capitalised(plural), namedTable(rows, columns, width, style), style);
}

function modesTable(rows: readonly ModeRow[], { width, style, digits }: Layout): string[] {
  const columns = [
    { header: "mode", cells: rows.map(({ mode }) => knownEstimate(mode, digits)) },
    { header: "sd", dropOrder: 1, cells: rows.map(({ sd }) => knownEstimate(sd, digits)) },
    {
      header: "mean",
      dropOrder: 2,
      cells: rows.map(({ mean }) => (mean === undefined ? "" : knownEstimate(mean, digits))),
    },
  ].filter(({ cells }) => cells.some((cell) => cell !== ""));
  return namedTable(rows, columns, width, style);
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
