import { checkArgument } from "../argument/checkArgument.js";
import type { Warning } from "../diagnostics/warnings.js";
import { pluginsOf, type WithPlugins } from "../posterior/PluginRecord.js";
import type { SummaryRow } from "../summary/Summary.js";
import { algorithmOf } from "./algorithm.js";
import type { DataReport, FitReport, Seconds } from "./FitReport.js";
import { type JsonCriteria, jsonCriteria } from "./jsonCriteria.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { aFitReport } from "./kinds.js";
import { type JsonCovariance, jsonCovariances, jsonRatios, type MlJsonDocument } from "./mlJsonDocument.js";
import type { ResponseCategories } from "./ResponseCategories.js";

/** A parameter in the JSON document of a posterior. */
export interface JsonRow {
  readonly name: string;
  readonly mean: JsonNumber;
  readonly sd: JsonNumber;
  readonly median: JsonNumber;
  readonly q5: JsonNumber;
  readonly q95: JsonNumber;
  /** Ends of the interval of the document's level. */
  readonly lower: JsonNumber;
  readonly upper: JsonNumber;
  readonly mcse?: JsonNumber;
  /** Monte Carlo standard errors of the other numbers. */
  readonly mcseSd?: JsonNumber;
  readonly mcseMedian?: JsonNumber;
  readonly mcseQ5?: JsonNumber;
  readonly mcseQ95?: JsonNumber;
  readonly mcseLower?: JsonNumber;
  readonly mcseUpper?: JsonNumber;
  readonly rhat?: JsonNumber;
  readonly essBulk?: JsonNumber;
  readonly essTail?: JsonNumber;
}

/** A random effect's row, with what it is an effect of. */
export interface JsonEffectRow extends JsonRow {
  readonly factor: string;
  readonly level: string;
  readonly coefficient: string;
}

/** The document of `--json`, version 1: fields may be added, never renamed. */
export interface JsonDocument extends WithPlugins {
  readonly schema: 1;
  readonly engine: string;
  /** Which algorithm ran, in words; null where an engine of a plugin does not tell. */
  readonly algorithm: string | null;
  readonly version: string;
  readonly seed: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly family: string;
  /** The names of the categories of the response, and whether they have an order; null where it is none of several. */
  readonly categories: ResponseCategories | null;
  readonly observations: number;
  /** The table: its file, or "data", its rows and columns, and the SHA-256 of the file's bytes. */
  readonly data: DataReport;
  /** Number of levels by grouping factor. */
  readonly groups: Readonly<Record<string, number>>;
  /** Probability of the intervals `lower` to `upper`. */
  readonly level: number;
  readonly parameters: readonly JsonRow[];
  readonly randomEffects: readonly JsonEffectRow[];
  /** exp of coefficients: of their medians and the ends of their intervals; null where the link does not make ratios. */
  readonly ratios: MlJsonDocument["ratios"];
  /** Present where they were asked for: G, correlations and LDL' of each random term at the posterior means. */
  readonly covariances?: readonly JsonCovariance[];
  /** Present where some were asked for. */
  readonly linearCombinations?: readonly JsonRow[];
  /** Absent for an engine that does not sample. */
  readonly diagnostics?: {
    readonly divergences: number;
    readonly maxTreeDepthHits: number;
    readonly ebfmi: readonly JsonNumber[];
    readonly gradientEvaluations: { readonly warmup: number; readonly sampling: number };
    /** Draws of each chain. */
    readonly draws: readonly number[];
    readonly parametrization: string;
    readonly algorithm: string;
  };
  /** Of an approximation only: log p(y) with all constants, and what its guard says. */
  readonly logMarginalLikelihood?: JsonNumber;
  readonly logMarginalLikelihoods?: { readonly importance: JsonNumber; readonly integration: JsonNumber };
  readonly guard?: {
    readonly paretoK: JsonNumber;
    readonly verdict: string;
    readonly trusted: boolean;
    readonly effectiveSampleSize: JsonNumber;
    readonly draws: number;
  };
  readonly integration?: { readonly method: string; readonly points: number };
  readonly exploration?: { readonly kind: string; readonly spacing: number | null; readonly points: number };
  /** Present where they were asked for. */
  readonly criteria?: JsonCriteria;
  readonly seconds: { readonly [phase in keyof Seconds]: JsonNumber };
  /** How the data were read. */
  readonly notes: FitReport["notes"];
  readonly warnings: readonly Warning[];
  readonly droppedRows: number;
  readonly priors: readonly string[];
  readonly partial: boolean;
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function jsonDocument(report: FitReport): JsonDocument {
  checkArgument(aFitReport, report, "jsonDocument", "report");
  const { seconds } = report;
  return {
    schema: 1,
    engine: report.engine,
    algorithm: algorithmOf(report),
    version: report.version,
    seed: report.options.seed,
    options: report.options,
    model: report.model,
    family: report.family,
    categories: report.categories,
    observations: report.observations,
    data: report.data,
    groups: Object.fromEntries(report.groups.map(({ name, levels }) => [name, levels])),
    level: report.summary.level,
    parameters: report.summary.parameters.map(jsonRow),
    randomEffects: report.summary.randomEffects.map((row) => {
      const { factor, level, coefficient } = row;
      return { ...jsonRow(row), factor, level, coefficient };
    }),
    ratios: jsonRatios(report.ratios),
    ...jsonCovariances(report.covariances),
    ...jsonCombinations(report),
    ...jsonDiagnostics(report),
    ...jsonApproximation(report),
    ...(report.criteria === null ? {} : { criteria: jsonCriteria(report.criteria) }),
    seconds: {
      read: finite(seconds.read),
      compile: finite(seconds.compile),
      warmup: finite(seconds.warmup),
      sampling: finite(seconds.sampling),
      total: finite(seconds.total),
    },
    notes: report.notes,
    warnings: report.warnings.map(({ code, message, advice }) => ({ code, message, advice })),
    droppedRows: report.droppedRows,
    ...pluginsOf(report),
    priors: report.priors,
    partial: report.partial,
  };
}

const MONTE_CARLO_FIELDS = [
  ...(["mcse", "mcseSd", "mcseMedian", "mcseQ5", "mcseQ95", "mcseLower", "mcseUpper"] as const),
  ...(["rhat", "essBulk", "essTail"] as const),
];

export function jsonRow(row: SummaryRow): JsonRow {
  const { mean, sd, median, q5, q95 } = row;
  const monteCarlo: Record<string, JsonNumber> = {};
  for (const field of MONTE_CARLO_FIELDS) {
    const value = row[field];
    if (value !== undefined) monteCarlo[field] = finite(value);
  }
  return {
    name: row.name,
    mean: finite(mean),
    sd: finite(sd),
    median: finite(median),
    q5: finite(q5),
    q95: finite(q95),
    lower: finite(row.lower),
    upper: finite(row.upper),
    ...monteCarlo,
  };
}

function jsonDiagnostics({ sampling }: FitReport): Pick<JsonDocument, "diagnostics"> {
  if (sampling === null) return {};
  const { divergences, maxTreeDepthHits, ebfmi, gradientEvaluations } = sampling.diagnostics;
  const { warmup, sampling: drawing } = gradientEvaluations;
  return {
    diagnostics: {
      divergences,
      maxTreeDepthHits,
      ebfmi: ebfmi.map(finite),
      gradientEvaluations: { warmup, sampling: drawing },
      draws: sampling.draws,
      parametrization: sampling.parametrization,
      algorithm: sampling.algorithm,
    },
  };
}

function jsonCombinations({ summary }: FitReport): Pick<JsonDocument, "linearCombinations"> {
  const rows = summary.linearCombinations;
  return rows === undefined ? {} : { linearCombinations: rows.map(jsonRow) };
}

export type JsonApproximation = Pick<
  JsonDocument,
  "logMarginalLikelihood" | "logMarginalLikelihoods" | "guard" | "integration" | "exploration"
>;

export function jsonApproximation({ approximation }: Pick<FitReport, "approximation">): JsonApproximation {
  if (approximation === null) return {};
  const { guard, logMarginalLikelihoods, integration, points } = approximation;
  const orNull = (value: number | null) => (value === null ? null : finite(value));
  return {
    logMarginalLikelihood: finite(approximation.logMarginalLikelihood),
    logMarginalLikelihoods: {
      importance: orNull(logMarginalLikelihoods.importance),
      integration: orNull(logMarginalLikelihoods.integration),
    },
    guard: {
      paretoK: finite(guard.paretoK),
      verdict: guard.verdict,
      trusted: guard.isTrusted,
      effectiveSampleSize: finite(guard.effectiveSampleSize),
      draws: guard.draws,
    },
    integration: { method: integration, points },
    ...(approximation.exploration === undefined ? {} : { exploration: approximation.exploration }),
  };
}
