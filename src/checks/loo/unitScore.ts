import { effectiveSampleSize } from "../../diagnostics/ess.js";
import { comparableChains } from "../../diagnostics/splitChains.js";
import { logSumExp } from "../../math/logSumExp.js";
import { psis } from "../../math/psis.js";
import { exp, log } from "../../math/special/elementary.js";
import type { JointDraws } from "../../posterior/jointDraws.js";

/** How well the others predict one row or group, by importance weights over the draws. */
export interface UnitScore {
  /** log p(y_i | y_-i) by Pareto-smoothed importance sampling. */
  readonly elpd: number;
  /** log of the posterior mean of the density. */
  readonly lpd: number;
  /** Monte Carlo standard error of `elpd`, to the first order. */
  readonly mcse: number;
  /** Shape of the tail of the weights 1 / p(y_i | draw). */
  readonly paretoK: number;
  /** Effective sample size of the densities over the number of draws: 1 where draws are independent. */
  readonly relativeEfficiency: number;
  /** Posterior variance of the log density: the penalty of WAIC. */
  readonly pWaic: number;
}

/**
 * Leave-one-out cross-validation of a unit from its log densities at the draws, as R's loo 2.5 (Vehtari, Gelman & Gabry 2017). Where the draws have
 * weights, these are part of the importance weights. Throws RangeError where a log density is NaN or Infinity.
 */
export function unitScore(
  logDensities: Float64Array,
  draws: Pick<JointDraws, "chains" | "logWeights" | "areOfChains">,
): UnitScore {
  const { logs, elpd, paretoK, relativeEfficiency } = leftOutWeights(logDensities, draws);
  const variance = logs.reduce((sum, value, s) => sum + (exp(value) * (exp(logDensities[s] - elpd) - 1)) ** 2, 0);
  return {
    elpd,
    lpd: logMean(logDensities, draws.logWeights),
    mcse: Math.sqrt(variance / relativeEfficiency),
    paretoK,
    relativeEfficiency,
    pWaic: varianceOf(logDensities, draws.logWeights),
  };
}

/** Weights that turn draws of the posterior into draws of the posterior without a unit. */
export interface LeftOutWeights extends Pick<UnitScore, "elpd" | "paretoK" | "relativeEfficiency"> {
  /** Logs of smoothed weights that sum to 1. */
  readonly logs: Float64Array;
}

/** Weights 1 / p(y_i | draw), those of the draws included, Pareto-smoothed. Throws RangeError where a log density is NaN or Infinity. */
export function leftOutWeights(
  logDensities: Float64Array,
  draws: Pick<JointDraws, "chains" | "logWeights" | "areOfChains">,
): LeftOutWeights {
  const { logWeights } = draws;
  const relativeEfficiency = draws.areOfChains ? efficiency(logDensities.map(exp), draws.chains) : 1;
  const base = logWeights ?? new Float64Array(logDensities.length).fill(-log(logDensities.length));
  const ratios = logDensities.map((value, s) => (base[s] === Number.NEGATIVE_INFINITY ? base[s] : base[s] - value));
  const smoothed = psis(ratios, { relativeEfficiency });
  const total = logSumExp(smoothed.logWeights);
  const logs = smoothed.logWeights.map((value) => value - total);
  const elpd = logSumExp(weighted(logs, logDensities));
  return { logs, elpd, paretoK: smoothed.paretoK, relativeEfficiency };
}

/** log of the mean of densities over draws, by their weights where they have any. */
export function logMean(logDensities: Float64Array, logWeights: Float64Array | null): number {
  return logWeights === null
    ? logSumExp(logDensities) - log(logDensities.length)
    : logSumExp(weighted(logWeights, logDensities));
}

/** Log weights plus log densities; draws of weight zero count nothing whatever their density is. */
function weighted(logWeights: Float64Array, logDensities: Float64Array): Float64Array {
  return logWeights.map((value, s) => (value === Number.NEGATIVE_INFINITY ? value : value + logDensities[s]));
}

/** As R's loo has it, of the chains whole; 1 where the densities do not vary. */
function efficiency(values: Float64Array, chains: readonly number[]): number {
  const kept = comparableChains(chains);
  const starts = chains.map((_, c) => chains.slice(0, c).reduce((total, length) => total + length, 0));
  const series = kept.chains.map((c) => values.subarray(starts[c], starts[c] + kept.draws));
  if (series.length === 0) return 1;
  const size = effectiveSampleSize(series);
  return Number.isFinite(size) ? size / (kept.draws * series.length) : 1;
}

/** With divisor S - 1 where the draws are equally weighted. */
function varianceOf(values: Float64Array, logWeights: Float64Array | null): number {
  const weights = logWeights === null ? values.map(() => 1 / values.length) : logWeights.map(exp);
  const sumOf = (term: (value: number) => number) =>
    values.reduce((sum, value, s) => (weights[s] > 0 ? sum + weights[s] * term(value) : sum), 0);
  const centre = sumOf((value) => value);
  const variance = sumOf((value) => (value - centre) ** 2);
  return logWeights === null ? (variance * values.length) / (values.length - 1) : variance;
}
