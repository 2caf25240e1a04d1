/** What the command line needs of a process; the tests pass their own. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  once(event: "SIGINT", listener: () => void): unknown;
  off(event: "SIGINT", listener: () => void): unknown;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Columns of text that fit; 80 where the output is no terminal. */
export function widthOf(output: Output): number {
  return output.isTTY === true && output.columns !== undefined ? Math.max(20, output.columns) : 80;
}

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Something wrong with the command itself; printed with its way out, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
