import type { Signal } from "../engine/Signal.js";

/** A signal for engines made of its state alone, as a thread knows it: it is asked, and calls nobody. */
export function polledSignal(signal: { readonly aborted: boolean }): Signal {
  const reason = new Error("stopped");
  return {
    get aborted() {
      return signal.aborted;
    },
    reason,
    addEventListener() {},
    removeEventListener() {},
  };
}
