import type { QuantileResiduals, ResidualTest } from "../summary/Residuals.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import type { ResidualsReport } from "./residualsTextReport.js";

/** The document of `residuals --json`, version 1: fields may be added, never renamed. */
export interface ResidualsJsonDocument
  extends Pick<QuantileResiduals, "engine" | "effects" | "factors" | "method" | "simulations" | "warnings"> {
  readonly schema: 1;
  readonly label: string;
  readonly tests: readonly JsonTest[];
  readonly rows: readonly Readonly<Record<"row" | "observed" | "fitted" | "residual", number | null>>[];
  readonly histogram: readonly Readonly<Record<"from" | "to" | "observed" | "lower" | "upper", number>>[];
  readonly groups: {
    readonly name: string;
    readonly levels: readonly {
      readonly level: string;
      readonly rows: number;
      readonly meanResidual: JsonNumber;
      readonly tests: readonly JsonTest[];
    }[];
  } | null;
  readonly trusted: boolean;
  readonly seconds: ResidualsReport["seconds"];
}

type JsonTest = { readonly name: ResidualTest["name"] } & Readonly<
  Record<"observed" | "expected" | "pValue" | "independentPValue", JsonNumber>
>;

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function residualsJsonDocument({ label, residuals, seconds }: ResidualsReport): ResidualsJsonDocument {
  const { engine, effects, factors, method, simulations, tests, histogram, groups, warnings } = residuals;
  const bins = histogram.observed.length;
  return {
    schema: 1,
    label,
    engine,
    effects,
    factors,
    method,
    simulations,
    tests: tests.map(jsonTest),
    rows: Array.from(residuals.rows, (row, k) => ({
      row,
      observed: residuals.observed[k],
      fitted: finite(residuals.fitted[k]),
      residual: residuals.residuals[k],
    })),
    histogram: Array.from(histogram.observed, (observed, b) => ({
      from: b / bins,
      to: (b + 1) / bins,
      observed,
      lower: histogram.lower[b],
      upper: histogram.upper[b],
    })),
    groups: groups && {
      name: groups.name,
      levels: groups.levels.map(({ meanResidual, tests: own, ...level }) => ({
        ...level,
        meanResidual: finite(meanResidual),
        tests: own.map(jsonTest),
      })),
    },
    trusted: warnings.length === 0,
    warnings,
    seconds,
  };
}

function jsonTest({ name, observed, expected, pValue, independentPValue }: ResidualTest): JsonTest {
  return {
    name,
    observed: finite(observed),
    expected: finite(expected),
    pValue: finite(pValue),
    independentPValue: independentPValue === null ? null : finite(independentPValue),
  };
}
