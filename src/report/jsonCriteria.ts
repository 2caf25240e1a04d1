import type { Criteria } from "../posterior/Criteria.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";

/** `Criteria` with lists for arrays, and null for what is no number. */
export interface JsonCriteria {
  readonly positions: number;
  /** Of the table, from 1: what each number of the lists below is of. */
  readonly rows: readonly number[];
  readonly dic: { readonly [field in keyof Criteria["dic"]]: JsonNumber };
  readonly waic: { readonly [field in Exclude<keyof Criteria["waic"], "pointwise">]: JsonNumber } & {
    readonly pointwise: { readonly [field in keyof Criteria["waic"]["pointwise"]]: readonly JsonNumber[] };
  };
  readonly cpo: {
    readonly logScore: JsonNumber;
    readonly standardError: JsonNumber;
    readonly failures: number;
    readonly values: readonly JsonNumber[];
    readonly logValues: readonly JsonNumber[];
    readonly errors: readonly JsonNumber[];
  };
  readonly pit: { readonly isDiscrete: boolean; readonly values: readonly JsonNumber[] } | null;
}

export function jsonCriteria({ positions, rows, dic, waic, cpo, pit }: Criteria): JsonCriteria {
  return {
    positions,
    rows: [...rows],
    dic: {
      dic: finite(dic.dic),
      pD: finite(dic.pD),
      meanDeviance: finite(dic.meanDeviance),
      devianceAtMeans: finite(dic.devianceAtMeans),
    },
    waic: {
      waic: finite(waic.waic),
      standardError: finite(waic.standardError),
      elpd: finite(waic.elpd),
      elpdStandardError: finite(waic.elpdStandardError),
      pWaic: finite(waic.pWaic),
      lppd: finite(waic.lppd),
      influentialRows: waic.influentialRows,
      pointwise: {
        elpd: list(waic.pointwise.elpd),
        pWaic: list(waic.pointwise.pWaic),
        lppd: list(waic.pointwise.lppd),
      },
    },
    cpo: {
      logScore: finite(cpo.logScore),
      standardError: finite(cpo.standardError),
      failures: cpo.failures,
      values: list(cpo.values),
      logValues: list(cpo.logValues),
      errors: list(cpo.errors),
    },
    pit: pit === null ? null : { isDiscrete: pit.isDiscrete, values: list(pit.values) },
  };
}

function list(values: Float64Array): JsonNumber[] {
  return Array.from(values, finite);
}
