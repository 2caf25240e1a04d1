import type { PredictiveCheck, TestStatistic } from "../summary/PredictiveCheck.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import type { PpcReport } from "./ppcTextReport.js";

/** The document of `ppc --json`, version 1: fields may be added, never renamed. */
export interface PpcJsonDocument
  extends Pick<PredictiveCheck, "engine" | "effects" | "factors" | "replicates" | "level" | "warnings"> {
  readonly schema: 1;
  readonly label: string;
  readonly statistics: readonly (JsonStatistic & { readonly values: readonly JsonNumber[] })[];
  readonly groups: {
    readonly name: string;
    readonly levels: readonly {
      readonly level: string;
      readonly rows: number;
      readonly statistics: readonly JsonStatistic[];
    }[];
  } | null;
  /** Null stands for an open end. */
  readonly frequencies:
    | readonly (JsonBin & { readonly isDiscrete: boolean; readonly lower: JsonNumber; readonly upper: JsonNumber })[]
    | null;
  readonly calibration: readonly JsonCalibration[] | null;
  /** Of responses that are categories the names of these, responses being their numbers, from 1; else null. */
  readonly categories: readonly string[] | null;
  readonly observed: readonly { readonly row: number; readonly value: number }[];
  /** Data sets, each in the order of `observed`. */
  readonly replicated: readonly (readonly number[])[];
  readonly trusted: boolean;
  readonly seconds: PpcReport["seconds"];
}

type JsonStatistic = { readonly name: string } & Readonly<
  Record<"observed" | "mean" | "sd" | "lower" | "upper" | "above" | "below", JsonNumber>
>;

type JsonBin = Readonly<Record<"observed" | "expected" | "expectedLower" | "expectedUpper", number>>;

type JsonCalibration = Readonly<Record<"rows" | "trials" | "predicted" | "observed" | "lower" | "upper", number>>;

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function ppcJsonDocument({ label, ppc, seconds }: PpcReport): PpcJsonDocument {
  const { engine, effects, factors, replicates, level, statistics, groups, rows, observed, replicated, warnings } = ppc;
  return {
    schema: 1,
    label,
    engine,
    effects,
    factors,
    replicates,
    level,
    statistics: statistics.map((one) => ({ ...jsonStatistic(one), values: Array.from(one.values ?? [], finite) })),
    groups: groups && {
      name: groups.name,
      levels: groups.levels.map((group) => ({ ...group, statistics: group.statistics.map(jsonStatistic) })),
    },
    frequencies: frequencyRows(ppc),
    calibration: calibrationRows(ppc),
    categories: ppc.categories,
    observed: Array.from(observed, (value, k) => ({ row: rows[k], value })),
    replicated: replicated.map((responses) => [...responses]),
    trusted: warnings.length === 0,
    warnings,
    seconds,
  };
}

function jsonStatistic({ name, observed, mean, sd, lower, upper, above, below }: TestStatistic): JsonStatistic {
  return {
    name,
    observed: finite(observed),
    mean: finite(mean),
    sd: finite(sd),
    lower: finite(lower),
    upper: finite(upper),
    above: finite(above),
    below: finite(below),
  };
}

function frequencyRows({ frequencies }: PredictiveCheck): PpcJsonDocument["frequencies"] {
  if (frequencies === null) return null;
  const { isDiscrete, lower, upper, observed, expected, expectedLower, expectedUpper } = frequencies;
  return Array.from(lower, (from, k) => ({
    isDiscrete,
    lower: finite(from),
    upper: finite(upper[k]),
    observed: observed[k],
    expected: expected[k],
    expectedLower: expectedLower[k],
    expectedUpper: expectedUpper[k],
  }));
}

function calibrationRows({ calibration }: PredictiveCheck): PpcJsonDocument["calibration"] {
  if (calibration === null) return null;
  const { rows, trials, predicted, observed, lower, upper } = calibration;
  return Array.from(rows, (count, b) => ({
    rows: count,
    trials: trials[b],
    predicted: predicted[b],
    observed: observed[b],
    lower: lower[b],
    upper: upper[b],
  }));
}
