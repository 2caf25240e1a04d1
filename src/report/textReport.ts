import { checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { endsOf, type Summary, type SummaryRow } from "../summary/Summary.js";
import { algorithmOf, effectsBy, explored } from "./algorithm.js";
import { covarianceSection } from "./covarianceSection.js";
import { criteriaSection } from "./criteriaSection.js";
import { effectsSection } from "./effectsSection.js";
import type { FitReport, SamplingReport } from "./FitReport.js";
import { dataFacts, modelLines, warningLines } from "./fitFacts.js";
import { aFitReport } from "./kinds.js";
import {
  type Layout,
  labelled,
  layoutOf,
  page,
  plural,
  type ReportOptions,
  section,
  type TableColumn,
  table,
  wrap,
} from "./layout.js";
import { ratiosSection } from "./mlTextReport.js";
import { formatCount, formatError, formatRhat, formatSeconds, formatSummary } from "./numbers.js";

/**
 * The summary of a fit for a terminal. Each number is rounded to what its own Monte Carlo error supports (`formatSummary`). Where the
 * width is short, columns are dropped in this order: essTail, mcse, median, essBulk, rhat, the interval, sd.
 */
export function textReport(report: FitReport, options: ReportOptions = {}): string {
  checkArgument(aFitReport, report, "textReport", "report");
  checkArgument(anObject, options, "textReport", "options");
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { parameters, linearCombinations = [] } = report.summary;
  return page([
    modelLines(report.model, width),
    labelled([["engine", engine(report)], ...dataFacts(report)], width),
    section(
      "Priors",
      report.priors.flatMap((prior) => wrap(prior, width, 2)),
      style,
    ),
    section("Population parameters", rowsTable(parameters, report.summary, layout), style),
    report.ratios === null ? [] : ratiosSection(report.ratios, layout),
    section("Linear combinations", rowsTable(linearCombinations, report.summary, layout), style),
    covarianceSection(report.covariances ?? [], "at the posterior means of its sds and correlations", layout),
    randomEffects(report.summary, layout),
    section("Diagnostics", [...samplerDiagnostics(report, width), ...approximation(report, width)], style),
    section("Criteria", report.criteria === null ? [] : criteriaSection(report.criteria, width), style),
    section(
      "Notes",
      report.notes.flatMap(({ message }) => wrap(message, width, 2)),
      style,
    ),
    warningLines(report.warnings, width, style),
    wrap(`time: ${times(report)}`, width),
  ]);
}

/** "nuts (HMC, transported coordinates)"; an approximation tells its algorithm among the diagnostics. */
function engine(report: FitReport): string {
  return report.sampling === null ? report.engine : `${report.engine} (${algorithmOf(report)})`;
}

function rowsTable(rows: readonly SummaryRow[], summary: Summary, { width, style, digits }: Layout): string[] {
  const [header, ...lines] = table(
    rows.map((row) => row.name),
    columnsOf(rows, summary, digits),
    width,
  );
  return rows.length === 0 ? [] : [style.dim(header), ...lines];
}

/** Columns of which no row has a value are left out: an approximation has no R-hat, a summary of draws no quantiles. */
function columnsOf(rows: readonly SummaryRow[], { level }: Summary, digits: number | null): TableColumn[] {
  const location = (field: "mean" | "sd" | "median" | "lower" | "upper", header: string, dropOrder: number) => ({
    header,
    dropOrder,
    cells: rows.map((row) => (isMissingQuantile(row, field) ? "" : formatSummary(row, field, digits))),
  });
  const diagnostic = (
    field: "mcse" | "rhat" | "essBulk" | "essTail",
    dropOrder: number,
    format: (value: number) => string,
  ) => ({
    header: field,
    dropOrder,
    cells: rows.map(({ [field]: value }) => (value === undefined ? "" : format(value))),
  });
  const [lower, upper] = endsOf(level).map((probability) => `q${Number((100 * probability).toPrecision(4))}`);
  return [
    location("mean", "mean", 0),
    location("sd", "sd", 1),
    location("median", "median", 5),
    location("lower", lower, 2),
    location("upper", upper, 2),
    diagnostic("mcse", 6, formatError),
    diagnostic("rhat", 3, formatRhat),
    diagnostic("essBulk", 4, formatCount),
    diagnostic("essTail", 7, formatCount),
  ].filter(({ cells }) => cells.some((cell) => cell !== ""));
}

/** Draws that were summarised as they came have no quantiles. */
function isMissingQuantile(row: SummaryRow, field: "mean" | "sd" | "median" | "lower" | "upper"): boolean {
  return field !== "mean" && field !== "sd" && Number.isNaN(row[field]);
}

function randomEffects(summary: Summary, layout: Layout): string[] {
  const { randomEffects: rows } = summary;
  const { width, style } = layout;
  return effectsSection(rows, {
    value: ({ mean }) => mean,
    valueName: "means",
    table: (shown) => rowsTable(shown, summary, layout),
    all: rows.some(({ median }) => Number.isNaN(median)) ? "--json" : "--json, or --out DIR for their draws",
    width,
    style,
  });
}

/** The guard's verdict, what the approximation rests on, and log p(y). */
function approximation(report: FitReport, width: number): string[] {
  const { approximation: made } = report;
  if (made === null) return [];
  const { guard, logMarginalLikelihood } = made;
  const ess = `${formatCount(guard.effectiveSampleSize)} of ${plural(guard.draws, "weighted draw")}`;
  const [effects, hyperparameters] = [effectsBy(made, report), explored(made)];
  return labelled(
    [
      ["guard", guard.verdict],
      ["effective draws", ess],
      ...(effects === null ? [] : [["effects by", effects] as const]),
      ...(hyperparameters === null ? [] : [["hyperparameters", hyperparameters] as const]),
      ["log marginal likelihood", logMarginalLikelihood.toFixed(3)],
    ],
    width,
    2,
  );
}

function samplerDiagnostics({ sampling, summary, partial }: FitReport, width: number): string[] {
  if (sampling === null) return [];
  const rows = [...summary.parameters, ...summary.randomEffects];
  const { divergences, maxTreeDepthHits, ebfmi, gradientEvaluations } = sampling.diagnostics;
  const all = (field: "rhat" | "essBulk" | "essTail") => rows.map((row) => row[field] ?? NaN);
  const facts = [
    chains(sampling, partial),
    plural(divergences, "divergence"),
    ...(sampling.algorithm === "nuts" ? [`${plural(maxTreeDepthHits, "hit")} of the tree depth limit`] : []),
    ...extreme("E-BFMI at least", ebfmi, Math.min, (value) => value.toFixed(2)),
    ...extreme("R-hat at most", all("rhat"), Math.max, formatRhat),
    ...extreme("bulk ESS at least", all("essBulk"), Math.min, formatCount),
    ...extreme("tail ESS at least", all("essTail"), Math.min, formatCount),
    `${gradientEvaluations.warmup} gradients in warm-up and ${gradientEvaluations.sampling} after it`,
  ];
  return wrap(facts.join(", "), width, 2, 0);
}

function chains({ draws }: SamplingReport, partial: boolean): string {
  const ended = partial ? " (ended early)" : "";
  const equal = draws.every((count) => count === draws[0]);
  const count = plural(draws.length, "chain");
  return equal ? `${count} x ${plural(draws[0], "draw")}${ended}` : `${count} of ${draws.join(", ")} draws${ended}`;
}

/** "R-hat at most 1.003", of those that could be computed; nothing where none could, of which warnings tell. */
function extreme(
  label: string,
  values: readonly number[],
  pick: (a: number, b: number) => number,
  format: (value: number) => string,
): string[] {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? [] : [`${label} ${format(known.reduce((a, b) => pick(a, b)))}`];
}

function times({ seconds, sampling }: FitReport): string {
  const running: [string, number][] =
    sampling === null
      ? [["fit", seconds.sampling]]
      : [
          ["warm-up", seconds.warmup],
          ["sampling", seconds.sampling],
        ];
  const phases: [string, number][] = [
    ["read", seconds.read],
    ["compile", seconds.compile],
    ...running,
    ["total", seconds.total],
  ];
  const times = phases.map(([phase, time]) => `${phase} ${formatSeconds(time)}`).join(", ");
  return (sampling?.draws.length ?? 0) > 1 ? `${times} (warm-up and sampling of the slowest chain)` : times;
}
