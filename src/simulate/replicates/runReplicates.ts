import { platform } from "#platform";
import { refuseCensored } from "../../design/refuseCensored.js";
import type { Executor } from "../../engine/Executor.js";
import type { Signal } from "../../engine/Signal.js";
import { engines } from "../../fit/engines.js";
import type { AnyEngine } from "../../fit/FitEngine.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import type { StageProgress } from "../../math/steps.js";
import { inLanes } from "../../parallel/inLanes.js";
import { openExecutor } from "../../parallel/openExecutor.js";
import type { Replicate, ReplicatePlan } from "./Replicate.js";
import { REPLICATE_WORK, type ReplicateInput, replicateWork } from "./replicateWork.js";

/** How replicates are run. */
export interface RunOptions {
  readonly replicates: number;
  /** Those that were made before, by the same plan. */
  readonly earlier: readonly Replicate[];
  readonly workers: number | undefined;
  readonly signal: Signal | undefined;
  readonly onProgress: ((progress: StageProgress) => void) | undefined;
  /** Called with each as it is made; what it throws ends the run. */
  readonly onReplicate: ((replicate: Replicate) => void) | undefined;
  /** Whether functions that only this thread has take part, such as families given by value. */
  readonly isOfThisThread: boolean;
}

/**
 * The replicates 1 to `replicates` of a plan, in their order: the same for any number of workers, and whichever were made earlier. Throws the signal's reason once it is aborted, when the
 * replicates under way have ended.
 */
export async function runReplicates(
  model: PreparedModel,
  engine: AnyEngine,
  plan: ReplicatePlan,
  { replicates, earlier, workers, signal, onProgress, onReplicate, isOfThisThread }: RunOptions,
): Promise<Replicate[]> {
  const way = "leave cens() out to look at the model without it";
  refuseCensored(model.design, model.ast, "fits of them are none of such data", way);
  const known = new Map(earlier.map((one) => [one.replicate, one]));
  const waiting = Array.from({ length: replicates }, (_, k) => k + 1).filter((k) => !known.has(k));
  let done = replicates - waiting.length;
  const tell = () => onProgress?.({ stage: "fitting simulated data", done, total: replicates });
  const isBuiltIn = engines.some((one) => one === engine);
  const lanes = Math.min(workers ?? platform.processors(), waiting.length);
  const isHere = !isBuiltIn || isOfThisThread || !platform.threadsFit;
  const executor = await open(model, isBuiltIn ? null : engine, plan, isHere ? 0 : lanes);
  tell();
  await inLanes(executor.lanes, waiting, signal, async (replicate, _, stopping) => {
    const input: ReplicateInput = { plan, engine: engine.name, replicate };
    const made = await executor.run(input, { onProgress: () => {}, signal: stopping });
    known.set(replicate, made);
    onReplicate?.(made);
    done++;
    tell();
  });
  return [...known.values()]
    .filter(({ replicate }) => replicate <= replicates)
    .sort((a, b) => a.replicate - b.replicate);
}

function open(
  model: PreparedModel,
  own: AnyEngine | null,
  plan: ReplicatePlan,
  workers: number,
): Promise<Executor<ReplicateInput, Replicate>> {
  const { compiled, ...facts } = model;
  return openExecutor(replicateWork(own), model, {
    workers,
    workerUrl: null,
    task: { model: facts, work: { plugin: null, name: REPLICATE_WORK }, seed: plan.seed },
  });
}
