import { checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { type Convergence, planConvergence } from "../diagnostics/convergence.js";
import { mcseSd } from "../diagnostics/mcse.js";
import { errorOfSd, meanOf, standardDeviationOf } from "../diagnostics/moments.js";
import { quantileOfSorted } from "../diagnostics/quantile.js";
import { type SortedDraws, sortDraws } from "../diagnostics/sortDraws.js";
import { comparableChains } from "../diagnostics/splitChains.js";
import { checkPosterior } from "../posterior/aPosterior.js";
import { evaluateMarginal } from "../posterior/densityMarginals.js";
import type { DensityMarginal, DrawsMarginal, Marginal, Posterior } from "../posterior/Posterior.js";
import { DEFAULT_LEVEL, endsOf, type MarginalSummary, type Summary } from "./Summary.js";
import { summariseMoments } from "./summariseMoments.js";
import { summariseWeighted } from "./summariseWeighted.js";

export type { RandomEffectRow, Summary, SummaryRow } from "./Summary.js";

/** Options of `summarise`. */
export interface SummaryOptions {
  /** Probability of the equal-tailed intervals, in (0, 1). Default 0.9. */
  readonly level?: number;
}

/**
 * One row a quantity, in the posterior's order. Location, spread and quantiles (type 7) are of all draws; R-hat, ESS and the
 * MCSE that rests on it are of chains cut to one length where a run was ended early (`comparableChains`). Throws ArgumentError for a value that is no
 * posterior.
 */
export function summarise(posterior: Posterior, options: SummaryOptions = {}): Summary {
  checkPosterior(posterior, "summarise");
  checkArgument(anObject, options, "summarise", "options");
  const { level = DEFAULT_LEVEL } = options;
  const summariseMarginal = planSummary(level);
  const { linearCombinations = [] } = posterior;
  const combined = linearCombinations.map(({ name, marginal }) => ({ name, ...summariseMarginal(marginal) }));
  return {
    level,
    ...(combined.length === 0 ? {} : { linearCombinations: combined }),
    parameters: posterior.parameters.map(({ name, marginal }) => ({ name, ...summariseMarginal(marginal) })),
    randomEffects: posterior.randomEffects.map(({ name, marginal, factor, level, coefficient }) => ({
      name,
      ...summariseMarginal(marginal),
      factor,
      level,
      coefficient,
    })),
  };
}

/** The quantities of a run were drawn together, so one plan of the diagnostics serves them all. */
function planSummary(level: number): (marginal: Marginal) => MarginalSummary {
  let plan: { readonly shape: string; readonly diagnose: ReturnType<typeof planComparable> } | null = null;
  return (marginal) => {
    if (marginal.kind === "density") return summariseDensity(marginal, level);
    if (marginal.kind === "moments") return summariseMoments(marginal.chains);
    if (marginal.weights !== null) return summariseWeighted(marginal.chains, marginal.weights, level, marginal.batches);
    const lengths = marginal.chains.map((chain) => chain.length);
    const shape = lengths.join();
    if (plan?.shape !== shape) plan = { shape, diagnose: planComparable(lengths) };
    return summariseChains(marginal, plan.diagnose, level);
  };
}

function summariseDensity(marginal: DensityMarginal, level: number): MarginalSummary {
  const quantile = (probability: number) => evaluateMarginal(marginal, "quantile", probability);
  const [lower, upper] = endsOf(level).map(quantile);
  return {
    mean: marginal.mean,
    sd: marginal.sd,
    median: quantile(0.5),
    q5: quantile(0.05),
    q95: quantile(0.95),
    lower,
    upper,
  };
}

function summariseChains(
  { chains }: DrawsMarginal,
  diagnose: ReturnType<typeof planComparable>,
  level: number,
): MarginalSummary {
  const sorted = sortDraws(chains);
  const mean = meanOf(chains);
  const sd = standardDeviationOf(chains, mean);
  const { rhat, essBulk, essTail, essMean } = diagnose(chains, sorted);
  const [lower, upper] = endsOf(level);
  return {
    mean,
    sd,
    median: quantileOfSorted(sorted.values, 0.5),
    q5: quantileOfSorted(sorted.values, 0.05),
    q95: quantileOfSorted(sorted.values, 0.95),
    lower: quantileOfSorted(sorted.values, lower),
    upper: quantileOfSorted(sorted.values, upper),
    mcse: sd / Math.sqrt(essMean),
    ...errorsOf(sorted.values, { essBulk, essTail }, level),
    mcseSd: errorOfChainsSd(chains, sorted.values, { mean, sd, ess: Math.min(essBulk, essTail) }),
    rhat,
    essBulk,
    essTail,
  };
}

/**
 * Monte Carlo standard errors from the ESS that the diagnostics have: of quantiles from that of the tails (the median from the
 * smaller of bulk and tails), half the distance between the order statistics one binomial sd to either side; of the sd by the delta
 * method from the fourth moment.
 */
function errorsOf(
  sorted: Float64Array,
  { essBulk, essTail }: Pick<Convergence, "essBulk" | "essTail">,
  level: number,
): Pick<MarginalSummary, "mcseMedian" | "mcseQ5" | "mcseQ95" | "mcseLower" | "mcseUpper"> {
  const ess = Math.min(essBulk, essTail);
  const quantile = (probability: number) => {
    const half = Math.sqrt((probability * (1 - probability)) / ess);
    const at = (p: number) => quantileOfSorted(sorted, Math.min(Math.max(p, 0), 1));
    return Number.isNaN(half) ? NaN : (at(probability + half) - at(probability - half)) / 2;
  };
  const [lower, upper] = endsOf(level);
  return {
    mcseMedian: quantile(0.5),
    mcseQ5: quantile(0.05),
    mcseQ95: quantile(0.95),
    mcseLower: quantile(lower),
    mcseUpper: quantile(upper),
  };
}

/** Kurtosis above which a tail is heavy: far out in it chains may move slowly, so that squared distances from the mean have a smaller ESS than ranks. */
const HEAVY_KURTOSIS = 6;

/** The Monte Carlo error of the sd by the delta method from the fourth moment, with the smaller ESS of bulk and tails; of heavy tails with that of the squared distances where it is smaller. */
function errorOfChainsSd(
  chains: readonly Float64Array[],
  sorted: Float64Array,
  { mean, sd, ess }: { readonly mean: number; readonly sd: number; readonly ess: number },
): number {
  const error = errorOfSd([sorted], mean, ess);
  const kurtosis = 1 + ess * (2 * (error / sd)) ** 2;
  if (!(kurtosis > HEAVY_KURTOSIS)) return error;
  const { chains: kept, draws } = comparableChains(chains.map(({ length }) => length));
  return Math.max(error, mcseSd(kept.map((chain) => chains[chain].subarray(0, draws))));
}

/** The diagnostics of chains of these lengths, after cutting them to one. */
function planComparable(
  lengths: readonly number[],
): (chains: readonly Float64Array[], sorted: SortedDraws) => Convergence {
  const comparable = comparableChains(lengths);
  const { draws } = comparable;
  if (draws === 0) return () => ({ rhat: NaN, essBulk: NaN, essTail: NaN, essMean: NaN });
  const diagnose = planConvergence(comparable.chains.length, draws);
  if (lengths.every((length) => length === draws)) return diagnose;
  return (chains) => {
    const cut = comparable.chains.map((chain) => chains[chain].subarray(0, draws));
    return diagnose(cut, sortDraws(cut));
  };
}
