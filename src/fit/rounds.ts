import type { CompiledModel } from "../density/compile.js";
import type { ChainTask } from "../parallel/ChainTask.js";
import { type ChainRun, type RunOptions, runChains } from "../parallel/runChains.js";
import { joinChains } from "../posterior/joinChains.js";
import { posteriorFromChains } from "../posterior/posteriorFromChains.js";
import { summarise } from "../summary/summarise.js";

/** R-hat that a run which is stopped by its quality must be below (Vehtari et al. 2021). */
const LARGEST_RHAT = 1.01;
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
  /** Called when a round of draws has been judged. */
  readonly onQuality?: ((quality: Quality) => void) | undefined;
}

/**
 * Runs the chains of a model; where they are to be stopped by their quality, in rounds from which all of them go on until it is reached.
 * What is drawn depends on the draws before, never on time or threads.
 */
export async function runRounds(
  compiled: CompiledModel,
  tasks: readonly ChainTask[],
  { targetEss, onQuality }: RoundsOptions,
  options: RunOptions,
): Promise<ChainRun> {
  if (targetEss === null) return runChains(tasks, options);
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

function withDraws(tasks: readonly ChainTask[], draws: number): ChainTask[] {
  return tasks.map((task) => ({ ...task, options: { ...task.options, draws } }));
}

function isWhole({ chains, failure }: ChainRun, tasks: readonly ChainTask[]): boolean {
  return failure === null && chains.length === tasks.length && chains.every(({ isPartial }) => !isPartial);
}

function qualityOf({ quantities }: CompiledModel, { chains }: ChainRun): Quality {
  const { parameters, randomEffects } = summarise(posteriorFromChains("nuts", quantities, chains, {}));
  const rows = [...parameters, ...randomEffects];
  const all = (field: "essBulk" | "rhat") => rows.map((row) => row[field] ?? NaN).filter((x) => !Number.isNaN(x));
  return {
    draws: chains[0].draws,
    minEssBulk: all("essBulk").reduce((a, b) => Math.min(a, b), Infinity),
    maxRhat: all("rhat").reduce((a, b) => Math.max(a, b), 1),
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
