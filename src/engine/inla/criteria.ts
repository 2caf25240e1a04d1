import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import { standardDeviation } from "../../math/moments.js";
import { exp } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import { sum } from "../../math/totals.js";
import {
  type Criteria,
  type DevianceCriterion,
  LARGEST_ERROR,
  LARGEST_PENALTY,
  type PredictiveOrdinates,
  type WidelyApplicableCriterion,
} from "../../posterior/Criteria.js";
import { EngineError } from "../EngineError.js";
import { RowMixture } from "./RowMixture.js";
import { RowPredictives } from "./rowPredictives.js";
import { momentsOf, thinned, type WeightedPositions } from "./WeightedPositions.js";

/** Positions that are looked at where nothing else is asked for, and the most where there are many rows. */
const LEAST_POSITIONS = 64;
const MOST_POSITIONS = 256;
const MOST_ROW_POSITIONS = 300_000;

/**
 * Criteria of prediction from some of a posterior's positions, at least `asked` where that is a number, and, at each of them, of every row's
 * linear predictor given the parameters. `mode` is the posterior's. Time and memory are linear in the rows.
 */
export function* criteria(
  view: LatentGaussian,
  all: WeightedPositions,
  mode: Float64Array,
  asked: number | null,
): Steps<Criteria> {
  if (view.hasLikelihoodWeights)
    throw new EngineError(
      "criteria of prediction are about the densities of rows, and likelihood weights make them others; leave the criteria or the weights out",
    );
  const { positions, weights } = thinned(all, positionsFor(view.rows, mode.length, asked));
  const effects = new EffectsGivenParameters(view);
  const rows = new RowPredictives(view);
  const mixture = new RowMixture(view.rows);
  const values = view.values();
  for (const [k, position] of positions.entries()) {
    if (!(weights[k] > 0)) continue;
    view.read(position, values);
    if (!effects.at(values)) continue;
    rows.at(effects);
    mixture.add(weights[k], rows);
    yield;
  }
  return {
    rows: Int32Array.from({ length: view.rows }, (_, i) => i + 1),
    positions: positions.length,
    dic: deviance(view, mixture, mode),
    waic: widelyApplicable(mixture),
    cpo: ordinates(mixture),
    pit:
      view.cumulative === null
        ? null
        : { values: mixture.leftOutProbabilities(), isDiscrete: view.cumulative.isDiscrete },
  };
}

/** Half as many again as there are moments to hold them to, in the stated bounds. */
function positionsFor(rows: number, parameters: number, asked: number | null): number {
  const wanted = asked ?? Math.min(MOST_POSITIONS, 1.5 * momentsOf(parameters));
  return Math.max(LEAST_POSITIONS, Math.min(wanted, Math.floor(MOST_ROW_POSITIONS / rows)));
}

function deviance(view: LatentGaussian, mixture: RowMixture, mode: Float64Array): DevianceCriterion {
  const values = view.values();
  view.read(mode, values);
  const table = view.rowTable();
  const none = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  view.evaluateRows(values, none, 0, table); // for psi
  const logDensities = new Float64Array(view.rows);
  view.logDensities({ eta: mixture.meanPredictors(), psi: table.psi }, logDensities);
  const meanDeviance = -2 * sum(mixture.meanLogDensities());
  const devianceAtMeans = -2 * sum(logDensities);
  const pD = meanDeviance - devianceAtMeans;
  return { dic: meanDeviance + pD, pD, meanDeviance, devianceAtMeans };
}

function widelyApplicable(mixture: RowMixture): WidelyApplicableCriterion {
  const lppd = mixture.logMeanDensities();
  const pWaic = mixture.varianceLogDensities();
  const elpd = lppd.map((value, i) => value - pWaic[i]);
  const elpdStandardError = standardErrorOfSum(elpd);
  return {
    waic: -2 * sum(elpd),
    standardError: 2 * elpdStandardError,
    elpd: sum(elpd),
    elpdStandardError,
    pWaic: sum(pWaic),
    lppd: sum(lppd),
    pointwise: { elpd, pWaic, lppd },
    influentialRows: pWaic.filter((value) => !(value <= LARGEST_PENALTY)).length,
  };
}

function ordinates(mixture: RowMixture): PredictiveOrdinates {
  const logValues = mixture.logLeftOut();
  const errors = mixture.leftOutErrors();
  return {
    values: logValues.map(exp),
    logScore: sum(logValues),
    standardError: standardErrorOfSum(logValues),
    logValues,
    errors,
    failures: errors.filter((error) => !(error <= LARGEST_ERROR)).length,
  };
}

function standardErrorOfSum(values: Float64Array): number {
  return Math.sqrt(values.length) * standardDeviation(values);
}
