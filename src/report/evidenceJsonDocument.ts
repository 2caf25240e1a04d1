import { pluginsOf } from "../posterior/PluginRecord.js";
import type { EngineEvidence, EvidenceFit } from "../summary/Evidence.js";
import type { EvidenceReport } from "./evidenceTextReport.js";
import { decisiveEngine, evidenceVerdict } from "./evidenceVerdict.js";
import { priorLine } from "./fitFacts.js";
import { type JsonApproximation, type JsonRow, jsonApproximation, jsonRow } from "./jsonDocument.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";

/** The document of `compare A B --engines inla --json`, version 1: fields may be added, never renamed. */
export interface EvidenceJsonDocument
  extends Pick<EvidenceReport, "observations" | "droppedRows" | "plugins" | "notes" | "warnings" | "seconds"> {
  readonly schema: 1;
  /** As asked for, in order. */
  readonly engines: readonly string[];
  /** Number of levels by grouping factor. */
  readonly groups: Readonly<Record<string, number>>;
  readonly models: readonly {
    readonly label: string;
    readonly model: string;
    readonly family: string;
    /** One line each, as in `fit --json`. */
    readonly priors: readonly string[];
  }[];
  /** One an engine. */
  readonly evidence: readonly JsonEvidence[];
  readonly verdict: string;
  readonly trusted: boolean;
}

interface JsonEvidence {
  readonly engine: string;
  readonly fits: readonly JsonFit[];
  /** Of A against B; null where a guard does not trust its approximation. */
  readonly bayesFactor: {
    readonly log: JsonNumber;
    /** Null where it is too large for a number. */
    readonly ratio: JsonNumber;
    readonly byImportance: number | null;
    readonly byIntegration: number | null;
    readonly probabilities: { readonly A: number; readonly B: number };
  } | null;
}

/** The fields of `fit --json`. */
interface JsonFit extends JsonApproximation {
  readonly label: string;
  readonly parameters: readonly JsonRow[];
  readonly seconds: number;
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function evidenceJsonDocument(report: EvidenceReport): EvidenceJsonDocument {
  const { engines, observations, droppedRows, groups, models, notes, warnings, seconds } = report;
  return {
    schema: 1,
    engines: engines.map(({ engine }) => engine),
    observations,
    droppedRows,
    ...pluginsOf(report),
    groups: Object.fromEntries(groups.map(({ name, levels }) => [name, levels])),
    models: models.map(({ label, text, family, priors }) => ({
      label,
      model: text,
      family,
      priors: priors.map(priorLine),
    })),
    evidence: engines.map(jsonEvidence),
    verdict: evidenceVerdict(report),
    trusted: decisiveEngine(engines) !== undefined,
    notes,
    warnings,
    seconds,
  };
}

function jsonEvidence({ engine, fits, bayesFactor }: EngineEvidence): JsonEvidence {
  return {
    engine,
    fits: fits.map(jsonFit),
    bayesFactor:
      bayesFactor === null ? null : { ...bayesFactor, log: finite(bayesFactor.log), ratio: finite(bayesFactor.ratio) },
  };
}

function jsonFit({ label, parameters, approximation, seconds }: EvidenceFit): JsonFit {
  return { label, parameters: parameters.map(jsonRow), ...jsonApproximation({ approximation }), seconds };
}
