import { type Convergence, planConvergence } from "../diagnostics/convergence.js";
import { meanOf, standardDeviationOf } from "../diagnostics/moments.js";
import { quantileOfSorted } from "../diagnostics/quantile.js";
import { type SortedDraws, sortDraws } from "../diagnostics/sortDraws.js";
import { comparableChains } from "../diagnostics/splitChains.js";
import type { DensityMarginal, DrawsMarginal, Marginal, Posterior } from "../posterior/Posterior.js";
import type { MarginalSummary, Summary } from "./Summary.js";
import { summariseMoments } from "./summariseMoments.js";
import { summariseWeighted } from "./summariseWeighted.js";

export type { RandomEffectRow, Summary, SummaryRow } from "./Summary.js";

/**
 * One row a quantity, in the posterior's order. Location, spread and quantiles (type 7) are of all draws; R-hat, ESS and the
 * MCSE that rests on it are of chains cut to one length where a run was ended early (`comparableChains`).
 */
export function summarise(posterior: Posterior): Summary {
  const summariseMarginal = planSummary();
  const { linearCombinations = [] } = posterior;
  const combined = linearCombinations.map(({ name, marginal }) => ({ name, ...summariseMarginal(marginal) }));
  return {
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
function planSummary(): (marginal: Marginal) => MarginalSummary {
  let plan: { readonly shape: string; readonly diagnose: ReturnType<typeof planComparable> } | null = null;
  return (marginal) => {
    if (marginal.kind === "density") return summariseDensity(marginal);
    if (marginal.kind === "moments") return summariseMoments(marginal.chains);
    if (marginal.weights !== null) return summariseWeighted(marginal.chains, marginal.weights, marginal.batches);
    const lengths = marginal.chains.map((chain) => chain.length);
    const shape = lengths.join();
    if (plan?.shape !== shape) plan = { shape, diagnose: planComparable(lengths) };
    return summariseChains(marginal, plan.diagnose);
  };
}

function summariseDensity(marginal: DensityMarginal): MarginalSummary {
  return {
    mean: marginal.mean,
    sd: marginal.sd,
    median: marginal.quantile(0.5),
    q5: marginal.quantile(0.05),
    q95: marginal.quantile(0.95),
  };
}

function summariseChains({ chains }: DrawsMarginal, diagnose: ReturnType<typeof planComparable>): MarginalSummary {
  const sorted = sortDraws(chains);
  const mean = meanOf(chains);
  const sd = standardDeviationOf(chains, mean);
  const { rhat, essBulk, essTail, essMean } = diagnose(chains, sorted);
  return {
    mean,
    sd,
    median: quantileOfSorted(sorted.values, 0.5),
    q5: quantileOfSorted(sorted.values, 0.05),
    q95: quantileOfSorted(sorted.values, 0.95),
    mcse: sd / Math.sqrt(essMean),
    rhat,
    essBulk,
    essTail,
  };
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
