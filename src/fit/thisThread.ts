import type { StepsContext } from "../math/steps.js";

/** What a computation needs to share this thread with other work: its clock, and turns of its event loop. */
export function inThisThread({ signal, onProgress }: Pick<StepsContext, "signal" | "onProgress">): StepsContext {
  return { now: () => performance.now(), giveWay: nextTurn, signal, onProgress };
}

/** Two ports that hear from one another, in Node and in a browser. */
interface Channel {
  readonly port1: { onmessage?: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
}

/** Resolves in a macrotask: a message's where there is no `setImmediate`, for a browser's timers come 4 ms late. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 }: Channel = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
