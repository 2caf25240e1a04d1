import type { ChainProgress } from "../engine/hmc/chain.js";
import type { Signal } from "../engine/Signal.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import type { ChainTask } from "./ChainTask.js";

/** Runs chains: in this thread, or in the worker threads that all fits of the process share. The draws are the same. */
export interface Executor {
  /** Number of chains of one fit that it runs at a time. */
  readonly lanes: number;
  /**
   * Runs one chain to its end, or until the signal is aborted, which returns what has been drawn. Rejects for an error of the chain, of its
   * thread, or of the listener.
   */
  run(task: ChainTask, listener: ChainListener): Promise<ChainDraws>;
}

export interface ChainListener {
  /** Called now and then while the chain runs. */
  onProgress(progress: ChainProgress): void;
  readonly signal: Signal;
}

/** Milliseconds of work after which a chain lets the event loop turn: timers, messages and signals are heard then. */
export const TURN_MILLISECONDS = 20;
