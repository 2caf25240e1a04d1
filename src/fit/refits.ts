import { platform } from "#platform";
import type { Executor } from "../engine/Executor.js";
import type { Signal } from "../engine/Signal.js";
import { throwIfAborted } from "../math/steps.js";
import { openExecutor } from "../parallel/openExecutor.js";
import { type Fit, fitted } from "./fitted.js";
import { isKnownToThreads } from "./isKnownToThreads.js";
import type { PreparedModel } from "./PreparedModel.js";
import { engineAsUsed, refitted } from "./refitted.js";
import { REFIT_WORK, type RefitChange, type RefitInput, type RefitOutput, refitWork } from "./refitWork.js";

/** New fits of a fit's model under other priors or to fewer rows, by the engine and the options of the first, several at a time; the same in any thread. They throw what fits throw, and where the signal is aborted. */
export interface Refits {
  /** How many may run at a time. */
  readonly lanes: number;
  /** Under other priors. */
  fit(changed: Pick<PreparedModel, "ast" | "compiled">, signal: Signal): Promise<Fit>;
  /** To some of the rows of the design, under the same priors. Levels that are left without rows keep their place, with effects from their distribution. */
  fitRows(rows: Int32Array, signal: Signal): Promise<Fit>;
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
      // The threads of chains would compile the model with default priors of the rows that are left.
      fitRows: (rows, signal) =>
        refitted(fit, { ast: fit.ast, ...fit.compiled.withRows(rows) }, { signal, workers: 0 }),
    };
  }
  const lanes = Math.min(workers, most);
  const asUsed = engineAsUsed(fit);
  let executor: Promise<Executor<RefitInput, RefitOutput>> | null = null;
  const anew = async (change: RefitChange, changed: Partial<PreparedModel>, signal: Signal) => {
    executor ??= open(fit, lanes);
    const { run } = await executor;
    const { posterior, warnings } = await run({ change, asUsed, hasDraws }, { signal, onProgress: () => {} });
    throwIfAborted(signal);
    const model: PreparedModel = { ...fit, ...changed, problems: [], notes: [] };
    const { level } = fit.summary();
    return { ...fitted(model, posterior, { compile: 0, sampling: 0 }, { level }), warnings: () => warnings };
  };
  return {
    lanes,
    fit: ({ ast, compiled }, signal) => anew({ ast }, { ast, compiled }, signal),
    fitRows: (rows, signal) => anew({ rows }, fit.compiled.withRows(rows), signal),
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
