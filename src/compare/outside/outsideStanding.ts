import type { EngineEstimate, OutsideJudgement, OutsidePlace, OutsideStanding } from "../../summary/Agreement.js";
import type { Measured } from "../engines/agreement.js";
import { probabilityBelow } from "../engines/atoms.js";
import type { MlMeasured } from "../engines/measureMl.js";
import type { OutsideEstimate, OutsideFit } from "./outsideFit.js";

/** In standard errors, and in log-likelihood: estimates of one maximum by two programs are not further apart. */
const SAME_ESTIMATE = 0.05;
const SAME_LIKELIHOOD = 0.01;
/** In posterior sds: means of one posterior by two programs are not further apart. */
const SAME_MEAN = 0.1;
/** Within these the estimates may be of the same model all the same. */
const NEAR_ESTIMATE = 0.75;
const NEAR_LIKELIHOOD = 2;

/** What an outside fit is held against: the posterior to believe and our best maximum, where they are to be had. */
export interface Standards {
  readonly posterior: Measured | null;
  readonly optimum: MlMeasured | null;
  /** Maxima by other methods, which it may be at if not at ours. */
  readonly others: readonly MlMeasured[];
}

/** Where a fit made elsewhere stands. */
export function outsideStanding(
  name: string,
  fit: OutsideFit,
  { posterior, optimum, others }: Standards,
): OutsideStanding {
  const estimates = fit.estimates.map((estimate) => placeOf(estimate, posterior, optimum));
  const shortfall = optimum === null || fit.absent.length > 0 ? null : shortfallOf(fit, optimum);
  return {
    name,
    format: fit.format,
    estimates,
    unmatched: fit.unmatched,
    absent: fit.absent,
    recoded: fit.recoded,
    optimum: optimum?.column.engine ?? null,
    shortfall,
    judgement: optimum === null ? { kind: "unknown" } : judge(fit, optimum, posterior, shortfall, others),
  };
}

function placeOf(
  { name, outsideName, estimate, standardError }: OutsideEstimate,
  posterior: Measured | null,
  optimum: MlMeasured | null,
): OutsidePlace {
  const ours = optimum === null ? undefined : rowOf(optimum, name);
  return {
    name,
    outsideName,
    estimate,
    standardError,
    posterior: posterior === null ? null : posteriorPlace(name, estimate, posterior),
    optimum:
      ours === undefined
        ? null
        : {
            difference: (estimate - ours.estimate) / ours.sd,
            standardError: ours.sd,
            errorRatio: standardError / ours.sd,
          },
  };
}

function posteriorPlace(name: string, estimate: number, { column, marginals }: Measured): OutsidePlace["posterior"] {
  const k = column.parameters.findIndex((row) => row.name === name);
  const marginal = marginals.at(k);
  if (k < 0 || marginal === undefined || marginal === null) return null;
  const { estimate: mean, sd } = column.parameters[k];
  return { probability: probabilityBelow(marginal, estimate), sds: (estimate - mean) / sd };
}

function rowOf({ column }: Measured, name: string): EngineEstimate | undefined {
  return [...column.parameters, ...column.randomEffects].find((row) => row.name === name);
}

function shortfallOf({ estimates }: OutsideFit, { column, logLikelihoodAt }: MlMeasured): number | null {
  const at = logLikelihoodAt?.(new Map(estimates.map(({ name, estimate }) => [name, estimate]))) ?? null;
  return at === null || column.logLikelihood === null ? null : column.logLikelihood - at;
}

function judge(
  fit: OutsideFit,
  optimum: MlMeasured,
  posterior: Measured | null,
  shortfall: number | null,
  others: readonly MlMeasured[],
): OutsideJudgement {
  const furthest = distanceFrom(fit, optimum);
  const isAsHigh = (limit: number) => shortfall === null || Math.abs(shortfall) < limit;
  if (furthest < SAME_ESTIMATE && isAsHigh(SAME_LIKELIHOOD)) return { kind: "same-optimum" };
  const [nearest] = others
    .map((other) => ({ engine: other.column.engine, furthest: distanceFrom(fit, other) }))
    .sort((a, b) => a.furthest - b.furthest);
  if (nearest !== undefined && nearest.furthest < SAME_ESTIMATE)
    return { kind: "other-method", engine: nearest.engine };
  if (posterior !== null && distanceFrom(fit, posterior) < Math.min(SAME_MEAN, furthest))
    return { kind: "other-method", engine: posterior.column.engine };
  return { kind: furthest < NEAR_ESTIMATE && isAsHigh(NEAR_LIKELIHOOD) ? "near" : "different" };
}

/**
 * The largest difference of a parameter from a maximum, in its standard errors; infinite where none has one. An estimate at the
 * boundary has none, and stands where ours does or not.
 */
function distanceFrom({ estimates }: OutsideFit, { column }: Measured): number {
  const ours = new Map(column.parameters.map((row) => [row.name, row]));
  const distances = estimates.flatMap(({ name, estimate }) => {
    const row = ours.get(name);
    if (row === undefined) return [];
    if (row.sd > 0) return [Math.abs(estimate - row.estimate) / row.sd];
    return [Math.abs(estimate - row.estimate) < 0.01 ? 0 : Number.POSITIVE_INFINITY];
  });
  return distances.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...distances);
}
