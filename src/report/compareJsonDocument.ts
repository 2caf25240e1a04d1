import { pluginsOf } from "../posterior/PluginRecord.js";
import type { SimulatedReference } from "../summary/SimulatedReference.js";
import type { CompareReport, FitColumn, ReferredReport } from "./CompareReport.js";
import { parameterNames } from "./compareTextReport.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import { jsonConvergence, jsonEstimate, type MlJsonDocument } from "./mlJsonDocument.js";
import { verdict } from "./verdict.js";

/** The document of `compare --json`, version 1: fields may be added, never renamed. */
export interface CompareJsonDocument
  extends Pick<CompareReport, "observations" | "droppedRows" | "plugins" | "relation" | "notes" | "warnings"> {
  readonly schema: 1;
  readonly engines: readonly string[];
  /** Number of levels by grouping factor. */
  readonly groups: Readonly<Record<string, number>>;
  readonly fits: readonly JsonFit[];
  /** The estimates of each fit in the order of `fits`; null for a parameter that it has not. */
  readonly parameters: readonly { readonly name: string; readonly fits: readonly (JsonCell | null)[] }[];
  readonly test: JsonTest | null;
  readonly verdict: string;
  readonly trusted: boolean;
  readonly seconds: { readonly [phase in keyof CompareReport["seconds"]]: JsonNumber };
}

type JsonCell = Omit<MlJsonDocument["parameters"][number], "name">;

interface JsonFit
  extends Pick<
    MlJsonDocument,
    | "engine"
    | "model"
    | "family"
    | "method"
    | "points"
    | "reml"
    | "logLikelihood"
    | "parameterCount"
    | "aic"
    | "bic"
    | "convergence"
    | "notes"
    | "warnings"
  > {
  readonly label: string;
  readonly seconds: { readonly compile: JsonNumber; readonly fit: JsonNumber };
}

interface JsonReferred {
  readonly reference: ReferredReport["reference"];
  readonly pValue: JsonNumber;
}

interface JsonTest extends JsonReferred {
  readonly statistic: JsonNumber;
  readonly degreesOfFreedom: number;
  readonly anticonservative: JsonReferred | null;
  /** Where it was asked for: the p value that counts. */
  readonly simulated: SimulatedReference | null;
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function compareJsonDocument(report: CompareReport): CompareJsonDocument {
  const { observations, droppedRows, groups, fits, relation, notes, warnings, isTrusted, seconds } = report;
  return {
    schema: 1,
    engines: [...new Set(fits.map(({ engine }) => engine))],
    observations,
    droppedRows,
    ...pluginsOf(report),
    groups: Object.fromEntries(groups.map(({ name, levels }) => [name, levels])),
    fits: fits.map(jsonFit),
    parameters: parameterNames(fits).map((name) => ({ name, fits: fits.map((fit) => cell(fit, name)) })),
    relation,
    test: jsonTest(report),
    verdict: verdict(report),
    trusted: isTrusted,
    notes,
    warnings,
    seconds: { read: finite(seconds.read), total: finite(seconds.total) },
  };
}

function jsonFit(fit: FitColumn): JsonFit {
  const { label, engine, model, family, method, points, reml, notes, warnings } = fit;
  return {
    label,
    engine,
    model,
    family,
    method,
    points,
    reml,
    logLikelihood: finite(fit.logLikelihood),
    parameterCount: fit.parameterCount,
    aic: finite(fit.aic),
    bic: finite(fit.bic),
    convergence: jsonConvergence(fit.convergence),
    notes,
    warnings,
    seconds: { compile: finite(fit.seconds.compile), fit: finite(fit.seconds.fit) },
  };
}

function cell({ parameters }: FitColumn, name: string): JsonCell | null {
  const row = parameters.find((parameter) => parameter.name === name);
  if (row === undefined) return null;
  const { name: _, ...estimate } = jsonEstimate(row);
  return estimate;
}

function jsonTest({ test }: CompareReport): JsonTest | null {
  if (test === null) return null;
  const referred = ({ reference, pValue }: ReferredReport) => ({ reference, pValue: finite(pValue) });
  const { statistic, degreesOfFreedom, anticonservative, simulated } = test;
  return {
    statistic: finite(statistic),
    degreesOfFreedom,
    ...referred(test),
    anticonservative: anticonservative === null ? null : referred(anticonservative),
    simulated,
  };
}
