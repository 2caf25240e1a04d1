import { InterruptedError, type Terminal } from "./Terminal.js";

/** Ctrl-C, as a run hears it: the first ends the run with what there is, the second the program. */
export interface Interruption {
  /** Aborted by the first; its reason is an InterruptedError. */
  readonly signal: AbortSignal;
  /** From now on Ctrl-C is heard; until then it ends the program, for there is nothing to keep. */
  listen(): void;
  end(): void;
}

/** `message` is what to say where a run has left nothing; `cameTo` tells how far it had come by then, null where that is not known. */
export function interruption(
  terminal: Terminal,
  message: string,
  { cameTo, onStop = () => {} }: { cameTo?(): string | null; onStop?(): void } = {},
): Interruption {
  const controller = new AbortController();
  const stop = () => {
    const last = cameTo?.() ?? null;
    controller.abort(new InterruptedError(last === null ? message : `${message}\n  it had come to ${last}`));
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
