import { platform } from "#platform";
import type { Executor } from "../engine/Executor.js";
import type { Signal } from "../engine/Signal.js";
import { throwIfAborted } from "../math/steps.js";
import { openExecutor } from "../parallel/openExecutor.js";
import { type Fit, fitted } from "./fitted.js";
import { isKnownToThreads } from "./isKnownToThreads.js";
import type { PreparedModel } from "./PreparedModel.js";
import { engineAsUsed, refitted } from "./refitted.js";
import { REFIT_WORK, type RefitInput, type RefitOutput, refitWork } from "./refitWork.js";

/** New fits of a fit's model under other priors, several at a time. */
export interface Refits {
  /** How many may run at a time. */
  readonly lanes: number;
  /** The fit under other priors, by the engine and the options of the first; the same in any thread. Throws what fits throw, and where the signal is aborted. */
  fit(changed: Pick<PreparedModel, "ast" | "compiled">, signal: Signal): Promise<Fit>;
}

export interface RefitsOptions {
  /** At most so many fits will be made. */
  readonly most: number;
  /** Worker threads; 0 for none. Default: as many as there are processors. */
  readonly workers: number | undefined;
  /** Whether the fits are to have draws and random effects, beside the marginals of their parameters. */
  readonly hasDraws: boolean;
}

/**
 * New fits in worker threads, which are opened with the first of them. In this thread, one after the other, where threads cannot compile the model, and where there is only one, whose
 * chains then have the threads.
 */
export function refitsOf(fit: Fit, { most, workers = platform.processors(), hasDraws }: RefitsOptions): Refits {
  const isHere = workers === 0 || most < 2 || !platform.threadsFit || !isKnownToThreads(fit);
  if (isHere) {
    const ofChains = workers === 0 ? { workers } : {};
    return {
      lanes: 1,
      fit: (changed, signal) => refitted(fit, { ...changed, design: fit.design }, { ...ofChains, signal }),
    };
  }
  const lanes = Math.min(workers, most);
  const asUsed = engineAsUsed(fit);
  let executor: Promise<Executor<RefitInput, RefitOutput>> | null = null;
  return {
    lanes,
    async fit({ ast, compiled }, signal) {
      executor ??= open(fit, lanes);
      const { run } = await executor;
      const { posterior, warnings } = await run({ ast, asUsed, hasDraws }, { signal, onProgress: () => {} });
      throwIfAborted(signal);
      const model: PreparedModel = { ...fit, ast, compiled, problems: [], notes: [] };
      const { level } = fit.summary();
      return { ...fitted(model, posterior, { compile: 0, sampling: 0 }, { level }), warnings: () => warnings };
    },
  };
}

function open(fit: Fit, workers: number): Promise<Executor<RefitInput, RefitOutput>> {
  const { ast, design, compiled, problems, notes, data, table, plugins } = fit;
  const facts = { ast, design, problems, notes, data, table, plugins };
  return openExecutor(
    refitWork(),
    { ...facts, compiled },
    {
      workers,
      workerUrl: null,
      task: { model: facts, work: { plugin: null, name: REFIT_WORK }, seed: 1 },
    },
  );
}
