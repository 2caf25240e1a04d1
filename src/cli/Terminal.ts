/** What the command line needs of a process; the tests pass their own. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  once(event: "SIGINT", listener: () => void): unknown;
  off(event: "SIGINT", listener: () => void): unknown;
  /** Seconds, by which progress is shown now and then; absent: the clock of the process. */
  now?(): number;
}

/** The clock of a terminal, in seconds. */
export function clockOf(terminal: Terminal): () => number {
  return () => terminal.now?.() ?? performance.now() / 1000;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Columns of text that fit; those of the environment's COLUMNS, or 80, where the output is no terminal. */
export function widthOf({ isTTY, columns }: Output): number {
  if (isTTY === true && columns !== undefined && columns > 0) return columns;
  const asked = Number(process.env.COLUMNS);
  return Number.isInteger(asked) && asked > 0 ? asked : 80;
}

/** Interrupted as shells have it: 128 and the number of SIGINT. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something wrong with the command itself; printed with its way out, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A run that Ctrl-C ended before there was anything to keep. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** The cause in the words of the system: "no space left on device". */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^[A-Z0-9_]+: /, "").replace(/, \w+( '.*')?$/, "");
}

/** A message with options as they are on the command line, without units: --step-size for `stepSize`, --time-limit for `timeLimitSeconds`. */
export function asFlags(message: string): string {
  return message.replace(/(?:--)?\b([a-z]+(?:[A-Z][a-z]+)+)\b/g, (_, name: string) => {
    return `--${name.replace(/Seconds$/, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  });
}
