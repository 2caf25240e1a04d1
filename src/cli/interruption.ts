import type { Terminal } from "./Terminal.js";

/** Ctrl-C, as a run hears it: the first ends the run with what there is, the second the program. */
export interface Interruption {
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  /** From now on Ctrl-C is heard; until then it ends the program, for there is nothing to keep. */
  listen(): void;
  end(): void;
}

export function interruption(terminal: Terminal, onStop: () => void): Interruption {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
    onStop();
  };
  let isListening = false;
  return {
    signal: controller.signal,
    listen() {
      if (!isListening) terminal.once("SIGINT", stop);
      isListening = true;
    },
    end: () => terminal.off("SIGINT", stop),
  };
}
