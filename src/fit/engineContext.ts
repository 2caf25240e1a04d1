import type { EngineContext } from "../engine/Engine.js";
import type { Signal } from "../engine/Signal.js";
import { createStream } from "../math/random/createStream.js";
import type { StageProgress } from "../math/steps.js";
import type { PreparedModel } from "./PreparedModel.js";
import { inThisThread } from "./thisThread.js";
import type { WorkOptions } from "./workExecutor.js";

/** The options that an engine's context is made from. */
export interface ContextOptions extends WorkOptions {
  readonly signal?: Signal | undefined;
  readonly onProgress?: ((progress: StageProgress) => void) | undefined;
}

/** What an engine gets of the platform and of options that have been checked. `start`: when the fit began. */
export function engineContext(
  model: PreparedModel,
  options: ContextOptions,
  start: number,
): EngineContext<PreparedModel> {
  const { seed = 1, signal, onProgress } = options;
  const { now, giveWay } = inThisThread({});
  return {
    now,
    giveWay,
    signal,
    stream: (k) => createStream(seed, k),
    onProgress: (progress) => onProgress?.(progress),
    start,
    openExecutor: async (work, threads) =>
      (await import("./workExecutor.js")).workExecutor(work, model, threads, options),
  };
}
