import { checkArgument } from "../argument/checkArgument.js";
import type { Warning } from "../diagnostics/warnings.js";
import { pluginsOf, type WithPlugins } from "../posterior/PluginRecord.js";
import { mlAlgorithmOf } from "./algorithm.js";
import type { DataReport } from "./FitReport.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { anMlReport } from "./kinds.js";
import type { BootstrapReport, EstimateRow, ImportanceReport, MlReport, TermRow } from "./MlReport.js";
import type { Ratios } from "./Ratios.js";
import type { ResponseCategories } from "./ResponseCategories.js";

/** The document of `--engine ml --json`, version 1: fields may be added, never renamed. */
export interface MlJsonDocument extends WithPlugins {
  readonly schema: 1;
  readonly engine: "ml";
  /** Which algorithm ran, in words: "aghq, 41 points". */
  readonly algorithm: string;
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
  readonly method: string;
  readonly points: number | null;
  readonly reml: boolean;
  readonly penalized: boolean;
  /** Those that a penalised fit used. */
  readonly priors: readonly string[] | null;
  readonly intervals: "wald" | "profile" | "bootstrap";
  /** Probability of the intervals. */
  readonly level: number;
  /** Present where the intervals are by the bootstrap. */
  readonly bootstrap?: JsonBootstrap;
  readonly parameters: readonly JsonEstimate[];
  /** Of the parameters, row by row in their order; null without standard errors. */
  readonly covariance: readonly (readonly JsonNumber[])[] | null;
  /** Coefficients without an estimate, and where the likelihood lets them run. */
  readonly notEstimable: readonly {
    readonly name: string;
    readonly reason: string;
    readonly limit: "Infinity" | "-Infinity" | null;
  }[];
  readonly terms: readonly JsonTerm[];
  readonly ratios: {
    readonly kind: string;
    readonly parameters: readonly Pick<JsonEstimate, "name" | "estimate" | "lower" | "upper">[];
  } | null;
  /** Present where they were asked for: G, correlations and LDL' of each random term at the estimates. */
  readonly covariances?: readonly JsonCovariance[];
  readonly randomEffects: readonly {
    readonly name: string;
    readonly factor: string;
    readonly level: string;
    readonly coefficient: string;
    readonly mode: JsonNumber;
    readonly sd: JsonNumber;
    readonly mean?: JsonNumber;
  }[];
  readonly logLikelihood: JsonNumber;
  /** Of a penalised fit, at the estimates. */
  readonly logPrior: JsonNumber;
  /** The log-likelihood by importance sampling, where factors cross and it was asked for. */
  readonly importanceSampling: { readonly [name in keyof ImportanceReport]: JsonNumber } | null;
  readonly parameterCount: JsonNumber;
  readonly aic: JsonNumber;
  readonly bic: JsonNumber;
  readonly convergence: {
    readonly converged: boolean;
    readonly gradientNorm: JsonNumber;
    readonly iterations: number;
    readonly evaluations: number;
  };
  readonly seconds: { readonly [phase in keyof MlReport["seconds"]]: JsonNumber };
  readonly notes: MlReport["notes"];
  readonly warnings: readonly Warning[];
  readonly droppedRows: number;
}

/** The covariance matrix of a random term in a JSON document. */
export interface JsonCovariance {
  readonly group: string;
  readonly coefficients: readonly string[];
  readonly covariance: readonly (readonly JsonNumber[])[];
  readonly correlation: readonly (readonly JsonNumber[])[];
  readonly L: readonly (readonly JsonNumber[])[];
  readonly D: readonly JsonNumber[];
}

/** An estimate in a JSON document. */
export interface JsonEstimate {
  readonly name: string;
  readonly estimate: JsonNumber;
  readonly standardError: JsonNumber;
  readonly lower: JsonNumber;
  readonly upper: JsonNumber;
  /** Of an sd whose interval is from the profile likelihood where the others are by Wald. */
  readonly interval?: "profile";
  /** Of a coefficient: t or, without degrees of freedom, z. */
  readonly degreesOfFreedom?: JsonNumber;
  readonly statistic?: JsonNumber;
  readonly pValue?: JsonNumber;
}

/** The parametric bootstrap in a JSON document. */
export interface JsonBootstrap extends Omit<BootstrapReport, "parameters"> {
  readonly parameters: readonly {
    readonly name: string;
    readonly estimates: number;
    readonly bias: JsonNumber;
    readonly biasError: JsonNumber;
    readonly sd: JsonNumber;
  }[];
}

/** The test of a term in a JSON document. */
export interface JsonTerm {
  readonly name: string;
  readonly test: "F" | "chi-square";
  readonly statistic: JsonNumber;
  readonly degreesOfFreedom: number;
  readonly denominatorDegreesOfFreedom: JsonNumber;
  readonly pValue: JsonNumber;
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function mlJsonDocument(report: MlReport): MlJsonDocument {
  checkArgument(anMlReport, report, "mlJsonDocument", "report");
  const { likelihood, convergence, seconds } = report;
  return {
    schema: 1,
    engine: "ml",
    algorithm: mlAlgorithmOf(report),
    version: report.version,
    seed: report.options.seed,
    options: report.options,
    model: report.model,
    family: report.family,
    categories: report.categories,
    observations: report.observations,
    data: report.data,
    groups: Object.fromEntries(report.groups.map(({ name, levels }) => [name, levels])),
    method: report.method,
    points: report.points,
    reml: report.reml,
    penalized: report.priors !== null,
    priors: report.priors,
    intervals: report.intervals,
    level: report.level,
    ...(report.bootstrap === null ? {} : { bootstrap: jsonBootstrap(report.bootstrap) }),
    parameters: report.parameters.map(jsonEstimate),
    covariance: report.covariance?.map((row) => row.map(finite)) ?? null,
    notEstimable: report.notEstimable.map(({ name, reason, limit }) => ({
      name,
      reason,
      limit: limit === null ? null : limit > 0 ? "Infinity" : "-Infinity",
    })),
    terms: report.terms.map(jsonTerm),
    ratios: jsonRatios(report.ratios),
    ...jsonCovariances(report.covariances),
    randomEffects: report.randomEffects.map(({ name, factor, level, coefficient, mode, sd, mean }) => ({
      name,
      factor,
      level,
      coefficient,
      mode: finite(mode),
      sd: finite(sd),
      ...(mean === undefined ? {} : { mean: finite(mean) }),
    })),
    logLikelihood: finite(likelihood?.logLikelihood ?? NaN),
    logPrior: finite(likelihood?.logPrior ?? NaN),
    importanceSampling: jsonImportance(likelihood?.importance ?? null),
    parameterCount: likelihood?.parameterCount ?? null,
    aic: finite(likelihood?.criteria?.aic ?? NaN),
    bic: finite(likelihood?.criteria?.bic ?? NaN),
    convergence: jsonConvergence(convergence),
    seconds: {
      read: finite(seconds.read),
      compile: finite(seconds.compile),
      fit: finite(seconds.fit),
      total: finite(seconds.total),
    },
    notes: report.notes.map(({ code, message }) => ({ code, message })),
    warnings: report.warnings.map(({ code, message, advice }) => ({ code, message, advice })),
    droppedRows: report.droppedRows,
    ...pluginsOf(report),
  };
}

function jsonImportance(importance: ImportanceReport | null): MlJsonDocument["importanceSampling"] {
  if (importance === null) return null;
  return {
    logLikelihood: finite(importance.logLikelihood),
    standardError: finite(importance.standardError),
    paretoK: finite(importance.paretoK),
    effectiveSampleSize: finite(importance.effectiveSampleSize),
    draws: importance.draws,
  };
}

export function jsonConvergence(convergence: MlReport["convergence"]): MlJsonDocument["convergence"] {
  const { converged, gradientNorm, iterations, evaluations } = convergence;
  return { converged, gradientNorm: finite(gradientNorm), iterations, evaluations };
}

export function jsonEstimate(row: EstimateRow): JsonEstimate {
  const { name, estimate, standardError, lower, upper, interval, degreesOfFreedom, statistic, pValue } = row;
  return {
    name,
    estimate: finite(estimate),
    standardError: finite(standardError),
    lower: finite(lower),
    upper: finite(upper),
    ...(interval === undefined ? {} : { interval }),
    ...(degreesOfFreedom === undefined ? {} : { degreesOfFreedom: finite(degreesOfFreedom) }),
    ...(statistic === undefined ? {} : { statistic: finite(statistic) }),
    ...(pValue === undefined ? {} : { pValue: finite(pValue) }),
  };
}

function jsonTerm({ name, test, statistic, degreesOfFreedom, ...term }: TermRow): JsonTerm {
  return {
    name,
    test,
    statistic: finite(statistic),
    degreesOfFreedom,
    denominatorDegreesOfFreedom: finite(term.denominatorDegreesOfFreedom ?? NaN),
    pValue: finite(term.pValue),
  };
}

export function jsonCovariances(terms: MlReport["covariances"]): Pick<MlJsonDocument, "covariances"> {
  if (terms === null) return {};
  const matrix = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map(finite));
  return {
    covariances: terms.map(({ group, coefficients, covariance, correlation, L, D }) => ({
      group,
      coefficients,
      covariance: matrix(covariance),
      correlation: matrix(correlation),
      L: matrix(L),
      D: D.map(finite),
    })),
  };
}

export function jsonRatios(ratios: Ratios | null): MlJsonDocument["ratios"] {
  if (ratios === null) return null;
  return {
    kind: ratios.kind,
    parameters: ratios.rows.map(({ name, estimate, lower, upper }) => ({
      name,
      estimate: finite(estimate),
      lower: finite(lower),
      upper: finite(upper),
    })),
  };
}

function jsonBootstrap({ parameters, ...facts }: BootstrapReport): JsonBootstrap {
  return {
    ...facts,
    parameters: parameters.map(({ name, estimates, bias, biasError, sd }) => ({
      name,
      estimates,
      bias: finite(bias),
      biasError: finite(biasError),
      sd: finite(sd),
    })),
  };
}
