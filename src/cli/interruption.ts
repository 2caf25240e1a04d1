import { InterruptedError, type Terminal } from "./Terminal.js";

/** Ctrl-C, as a run hears it: the first ends the run with what there is, the second the program. */
export interface Interruption {
  /** Aborted by the first; its reason is an InterruptedError. */
  readonly signal: AbortSignal;
  /** From now on Ctrl-C is heard; until then it ends the program, for there is nothing to keep. */
  listen(): void;
  end(): void;
}

/** `message` is what to say where a run has left nothing. */
export function interruption(terminal: Terminal, message: string, onStop: () => void = () => {}): Interruption {
  const controller = new AbortController();
  const stop = () => {
    controller.abort(new InterruptedError(message));
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
