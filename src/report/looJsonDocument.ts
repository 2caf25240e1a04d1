import type { Loo, LooEstimate, UnitMethod } from "../summary/CrossValidation.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import type { LooReport } from "./looTextReport.js";
import { looVerdict } from "./looTextReport.js";

/** The document of `loo --json`, version 1: fields may be added, never renamed. */
export interface LooJsonDocument {
  readonly schema: 1;
  readonly models: readonly JsonLoo[];
  /** The best first; null of one model. */
  readonly comparison:
    | readonly {
        readonly label: string;
        readonly difference: LooEstimate;
        readonly stackingWeight: number;
        readonly pseudoBmaPlusWeight: number;
        readonly pseudoBmaWeight: number;
      }[]
    | null;
  /** Null of one model. */
  readonly verdict: string | null;
  readonly trusted: boolean;
  readonly seconds: LooReport["seconds"];
}

interface JsonLoo
  extends Pick<
    Loo,
    | "engine"
    | "method"
    | "group"
    | "folds"
    | "draws"
    | "elpd"
    | "pLoo"
    | "looic"
    | "largestReliableK"
    | "unreliable"
    | "doubtful"
    | "warnings"
  > {
  readonly label: string;
  readonly mcse: JsonNumber;
  readonly waic: {
    readonly elpd: LooEstimate;
    readonly pWaic: LooEstimate;
    readonly waic: LooEstimate;
    readonly unreliable: number;
  } | null;
  readonly pointwise: readonly {
    readonly unit: number | string;
    readonly elpd: number;
    readonly pLoo: JsonNumber;
    readonly paretoK: JsonNumber;
    readonly mcse: JsonNumber;
    readonly method: UnitMethod;
  }[];
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function looJsonDocument({ models, comparison, seconds }: LooReport): LooJsonDocument {
  return {
    schema: 1,
    models: models.map(({ label, loo }) => jsonLoo(label, loo)),
    comparison:
      comparison === null
        ? null
        : comparison.models.map(({ label, difference, stackingWeight, pseudoBmaPlusWeight, pseudoBmaWeight }) => ({
            label,
            difference,
            stackingWeight,
            pseudoBmaPlusWeight,
            pseudoBmaWeight,
          })),
    verdict: comparison === null ? null : looVerdict(comparison.models),
    trusted: models.every(({ loo }) => loo.warnings.length === 0),
    seconds,
  };
}

function jsonLoo(label: string, loo: Loo): JsonLoo {
  const { waic, pointwise, mcse, kind: _, ...rest } = loo;
  return {
    label,
    ...rest,
    mcse: finite(mcse),
    waic: waic && { elpd: waic.elpd, pWaic: waic.pWaic, waic: waic.waic, unreliable: waic.unreliable },
    pointwise: pointwise.units.map((unit, i) => ({
      unit,
      elpd: pointwise.elpd[i],
      pLoo: finite(pointwise.pLoo[i]),
      paretoK: finite(pointwise.paretoK[i]),
      mcse: finite(pointwise.mcse[i]),
      method: pointwise.methods[i],
    })),
  };
}
