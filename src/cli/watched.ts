import type { MlProgress, StageProgress } from "../index.js";
import { interruption } from "./interruption.js";
import { searchDisplay } from "./progress.js";
import { clockOf, type Terminal } from "./Terminal.js";

/** What long work hears, and by what it tells how far it has come. */
export interface Watch {
  readonly signal: AbortSignal;
  onProgress(progress: MlProgress | StageProgress): void;
}

/** Long work of a command: its progress is shown under the command's name, and Ctrl-C ends it, after which `message` says what is left. */
export async function watched<T>(
  terminal: Terminal,
  command: string,
  message: string,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), command);
  const { signal, listen, end } = interruption(terminal, message, { cameTo: display.last });
  try {
    listen();
    return await work({ signal, onProgress: (progress) => display.update(progress) });
  } finally {
    end();
    display.end();
  }
}
