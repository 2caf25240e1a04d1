import type { ChainProgress } from "../engine/hmc/chain.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import type { ChainTask } from "./ChainTask.js";

/** What a thread is sent: a chain to run, or the order to end the one that runs. */
export type ChainCommand = { readonly type: "run"; readonly task: ChainTask } | { readonly type: "stop" };

/** What a thread answers; "ready" comes first, and once. */
export type ChainMessage =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly progress: ChainProgress }
  | { readonly type: "done"; readonly draws: ChainDraws }
  /** An error loses its class between threads: `isForeseen` tells that it was a SamplingError. */
  | { readonly type: "failed"; readonly error: Error; readonly isForeseen: boolean };

/** Whether a message of a thread, or to it, is one of ours. */
export function isChainMessage(message: unknown): message is ChainMessage {
  return hasType(message, ["ready", "progress", "done", "failed"]);
}

export function isChainCommand(message: unknown): message is ChainCommand {
  return hasType(message, ["run", "stop"]);
}

function hasType(message: unknown, types: readonly unknown[]): boolean {
  return typeof message === "object" && message !== null && "type" in message && types.includes(message.type);
}
