import type { WorkTask } from "./WorkTask.js";

/** What a thread is sent: a part of some work, or the order to end the one that runs. */
export type ThreadCommand = { readonly type: "run"; readonly task: WorkTask } | { readonly type: "stop" };

/** What a thread answers; "ready" comes first, and once. */
export type ThreadMessage =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly progress: unknown }
  | { readonly type: "done"; readonly output: unknown }
  /** An error loses its class between threads: `kind` is its name where its message is written for the user. */
  | { readonly type: "failed"; readonly error: Error; readonly kind: "SamplingError" | "EngineError" | null };

/** Whether a message of a thread, or to it, is one of ours. */
export function isThreadMessage(message: unknown): message is ThreadMessage {
  return hasType(message, ["ready", "progress", "done", "failed"]);
}

export function isThreadCommand(message: unknown): message is ThreadCommand {
  return hasType(message, ["run", "stop"]);
}

function hasType(message: unknown, types: readonly unknown[]): boolean {
  return typeof message === "object" && message !== null && "type" in message && types.includes(message.type);
}
