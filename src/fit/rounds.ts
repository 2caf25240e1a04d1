import type { CompiledModel } from "../density/CompiledModel.js";
import { LARGEST_RHAT, LARGEST_SD_ERROR, LEAST_ESS_PER_CHAIN } from "../diagnostics/limits.js";
import { errorOfSd, meanOf, standardDeviationOf } from "../diagnostics/moments.js";
import { rhat, splitRhat } from "../diagnostics/rhat.js";
import { splitChains } from "../diagnostics/splitChains.js";
import type { ChainTask } from "../parallel/chainWork.js";
import { type ChainRun, type RunOptions, runChains } from "../parallel/runChains.js";
import { joinChains } from "../posterior/joinChains.js";
import type { Posterior } from "../posterior/Posterior.js";
import { posteriorFromChains } from "../posterior/posteriorFromChains.js";
import type { SummaryRow } from "../summary/Summary.js";
import { summarise } from "../summary/summarise.js";

/** R-hat above which chains have not met: more draws of them would not help. */
const HOPELESS_RHAT = 1.05;
/** R-hat without ranks below which a run is not looked at more closely. */
const PLAINLY_SMALL_RHAT = 1.002;
/** A run is extended where an ESS is not this many times its limit, for the estimate of one that is so low has an error of its own. */
const ESS_MARGIN = 1.5;
/** Beyond these Monte Carlo errors of an sd, as a share of it, and of its q5 and q95, in sds, a run is extended. */
const MOST_SD_ERROR = 0.8 * LARGEST_SD_ERROR;
const MOST_QUANTILE_ERROR = 0.12;
/** The error of an sd, were draws independent, below which tails are light, and errors not looked at more closely. */
const PLAINLY_SMALL_SD_ERROR = 0.025;
/** Independent draws for which tails of random effects are judged: those of a run that is worth about half of its draws. */
const FEW_DRAWS = 2000;
/** Numbers that a run may keep for it to be extended: 400 MB. */
const MOST_NUMBERS = 5e7;
/** Draws of a chain that a first judgement needs. */
const FEWEST_DRAWS = 100;
/** More draws than the ESS until now calls for, as its estimate is uncertain. */
const MARGIN = 1.1;

/** The quality of all parameters and random effects of a run until now. */
export interface Quality {
  /** Draws of each chain. */
  readonly draws: number;
  readonly minEssBulk: number;
  readonly maxRhat: number;
}

export interface RoundsOptions {
  /** Every quantity is to have this bulk ESS and an R-hat below 1.01; the draws of the tasks are the most that may be made. Null: all of them are. */
  readonly targetEss: number | null;
  /** Without a target, draws of each chain up to which a run is extended, each time to twice its length, while its R-hat and ESS are not good. */
  readonly extendTo: number;
  /** Called when a round of draws has been judged, and another follows where there is no target. */
  readonly onQuality?: ((quality: Quality) => void) | undefined;
}

/**
 * Runs the chains of a model; where they are to be stopped by their quality, in rounds from which all of them go on until it is reached, and else in
 * one round, which is extended where it is too short. What is drawn depends on the draws before, never on time or threads.
 */
export async function runRounds(
  compiled: CompiledModel,
  tasks: readonly ChainTask[],
  { targetEss, extendTo, onQuality }: RoundsOptions,
  options: RunOptions,
): Promise<ChainRun> {
  if (targetEss === null) return runExtended(compiled, tasks, { extendTo, onQuality }, options);
  const most = tasks[0].options.draws;
  const first = Math.min(most, Math.max(FEWEST_DRAWS, Math.ceil(targetEss / tasks.length)));
  let run = await runChains(withDraws(tasks, first), options);
  for (let round = 1; isWhole(run, tasks); round++) {
    const quality = qualityOf(compiled, run);
    onQuality?.(quality);
    const size = Math.min(most - quality.draws, drawsLeft(quality, targetEss));
    if (size <= 0) break;
    run = await goOn(withDraws(tasks, size), run, round, options);
  }
  return run;
}

async function runExtended(
  compiled: CompiledModel,
  tasks: readonly ChainTask[],
  { extendTo, onQuality }: Pick<RoundsOptions, "extendTo" | "onQuality">,
  options: RunOptions,
): Promise<ChainRun> {
  let run = await runChains(tasks, options);
  for (let round = 1; isWhole(run, tasks); round++) {
    const [{ draws, values }] = run.chains;
    if (2 * draws > extendTo || 2 * values.length * tasks.length > MOST_NUMBERS) break;
    const posterior = posteriorFromChains("nuts", compiled.quantities, run.chains, {});
    if (isPlainlyLong(posterior)) break;
    const quality = parametersQuality(posterior, draws);
    if (!isTooShort(quality, tasks.length, 4 * draws > extendTo)) break;
    onQuality?.(quality);
    run = await goOn(withDraws(tasks, draws), run, round, options);
  }
  return run;
}

/**
 * Whether the parameters' R-hats without ranks, which cost next to nothing, leave no doubt, and all tails are light: of eight half chains with an ESS of 75 each, 600 in all, one is
 * below the limit once in twenty times.
 */
function isPlainlyLong({ parameters, randomEffects }: Posterior): boolean {
  return (
    parameters.every(({ marginal }) => {
      if (marginal.kind !== "draws" || splitRhat(splitChains(marginal.chains)) > PLAINLY_SMALL_RHAT) return false;
      return isLightTailed(marginal.chains, marginal.chains.length * marginal.chains[0].length);
    }) && randomEffects.every(({ marginal }) => marginal.kind !== "draws" || isLightTailed(marginal.chains, FEW_DRAWS))
  );
}

/** Whether the sd would have next to no Monte Carlo error, were so many draws independent. */
function isLightTailed(chains: readonly Float64Array[], draws: number): boolean {
  const mean = meanOf(chains);
  const sd = standardDeviationOf(chains, mean);
  return errorOfSd(chains, mean, draws) <= PLAINLY_SMALL_SD_ERROR * sd;
}

/** Whether more draws are likely to make R-hat, ESS and Monte Carlo errors good; the last doubling, which a sampler that moves slowly would make in vain, is for the errors of heavy tails alone. */
function isTooShort(quality: ParametersQuality, chains: number, isLastRound: boolean): boolean {
  const { minEssBulk, minEssTail, maxRhat, maxSdError, maxQuantileError } = quality;
  if (maxRhat > HOPELESS_RHAT) return false;
  const isSlow = maxRhat > LARGEST_RHAT || Math.min(minEssBulk, minEssTail) < ESS_MARGIN * LEAST_ESS_PER_CHAIN * chains;
  const isRough = maxSdError > MOST_SD_ERROR || maxQuantileError > MOST_QUANTILE_ERROR;
  return isLastRound ? isRough && !isSlow : isSlow || isRough;
}

interface ParametersQuality extends Quality {
  readonly minEssTail: number;
  /** Of the Monte Carlo errors of the sds, as shares of them. */
  readonly maxSdError: number;
  /** Of those of q5 and q95, in sds. */
  readonly maxQuantileError: number;
}

/**
 * The quality of the parameters after so many draws of each chain; of the random effects, which may be many, R-hat, and its ranks only where it is large without them, and Monte Carlo
 * errors where tails are not light.
 */
function parametersQuality(posterior: Posterior, draws: number): ParametersQuality {
  const heavy = posterior.randomEffects.filter(
    ({ marginal }) => marginal.kind === "draws" && !isLightTailed(marginal.chains, FEW_DRAWS),
  );
  const { parameters, randomEffects } = summarise({ ...posterior, randomEffects: heavy });
  const rows = [...parameters, ...randomEffects];
  const ofEffects = posterior.randomEffects.map(({ marginal }) => {
    if (marginal.kind !== "draws") return NaN;
    const plain = splitRhat(splitChains(marginal.chains));
    return plain > LARGEST_RHAT ? rhat(marginal.chains) : plain;
  });
  const ess = (field: "essBulk" | "essTail") => least(parameters.map((row) => row[field] ?? NaN));
  return {
    draws,
    minEssBulk: ess("essBulk"),
    minEssTail: ess("essTail"),
    maxRhat: largest([...parameters.map((row) => row.rhat ?? NaN), ...ofEffects]),
    maxSdError: largestError(rows, ["mcseSd"]),
    maxQuantileError: largestError(rows, ["mcseQ5", "mcseQ95"]),
  };
}

/** In sds. */
function largestError(rows: readonly SummaryRow[], fields: readonly ("mcseSd" | "mcseQ5" | "mcseQ95")[]): number {
  return Math.max(0, ...rows.flatMap((row) => fields.map((field) => (row.sd > 0 ? (row[field] ?? 0) / row.sd : 0))));
}

function least(values: readonly number[]): number {
  return values.reduce((min, value) => (value < min ? value : min), Number.POSITIVE_INFINITY);
}

/** At least 1. */
function largest(values: readonly number[]): number {
  return values.reduce((max, value) => (value > max ? value : max), 1);
}

function withDraws(tasks: readonly ChainTask[], draws: number): ChainTask[] {
  return tasks.map((task) => ({ ...task, options: { ...task.options, draws } }));
}

function isWhole({ chains, failure }: ChainRun, tasks: readonly ChainTask[]): boolean {
  return failure === null && chains.length === tasks.length && chains.every(({ isPartial }) => !isPartial);
}

function qualityOf({ quantities }: CompiledModel, { chains }: ChainRun): Quality {
  const { parameters, randomEffects } = summarise(posteriorFromChains("nuts", quantities, chains, {}));
  const rows = [...parameters, ...randomEffects];
  return {
    draws: chains[0].draws,
    minEssBulk: least(rows.map(({ essBulk = NaN }) => essBulk)),
    maxRhat: largest(rows.map((row) => row.rhat ?? NaN)),
  };
}

/** At most as many again: an ESS of few draws is a poor guide. */
function drawsLeft({ draws, minEssBulk, maxRhat }: Quality, targetEss: number): number {
  if (minEssBulk >= targetEss) return maxRhat < LARGEST_RHAT ? 0 : draws;
  return Math.min(draws, Math.ceil((MARGIN * draws * targetEss) / minEssBulk) - draws);
}

/** A round from where the chains stand; what it draws is put behind what they have. */
async function goOn(
  tasks: readonly ChainTask[],
  before: ChainRun,
  round: number,
  options: RunOptions,
): Promise<ChainRun> {
  const resumed = tasks.map((task, k) => ({ ...task, resume: { ...before.chains[k].end, round } }));
  const { chains, failure } = await runChains(resumed, options);
  const joined = before.chains.map((chain) => {
    const next = chains.find(({ record }) => record.chain === chain.record.chain);
    return next === undefined ? { ...chain, isPartial: true } : joinChains(chain, next);
  });
  return { chains: joined, failure };
}
