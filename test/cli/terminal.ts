import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../src/cli/run.js";
import type { Terminal } from "../../src/cli/Terminal.js";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A terminal that keeps what is written to it. */
export class KeptTerminal implements Terminal {
  private readonly written: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  private interrupt: (() => void) | null = null;
  readonly stdout: Terminal["stdout"];
  readonly stderr: Terminal["stderr"];

  constructor(size?: { readonly columns: number; readonly rows?: number }) {
    const shape = size === undefined ? {} : { isTTY: true, ...size };
    this.stdout = { ...shape, write: (text) => this.written.stdout.push(text) };
    this.stderr = { ...shape, write: (text) => this.written.stderr.push(text) };
  }

  once(_event: "SIGINT", listener: () => void): void {
    this.interrupt = listener;
  }

  off(_event: "SIGINT", listener: () => void): void {
    if (this.interrupt === listener) this.interrupt = null;
  }

  /** What has been written until now. */
  text(output: "stdout" | "stderr"): string {
    return this.written[output].join("");
  }

  /** Whether Ctrl-C would be heard. */
  get isListening(): boolean {
    return this.interrupt !== null;
  }

  pressCtrlC(): void {
    const listener = this.interrupt;
    this.interrupt = null;
    listener?.();
  }

  async run(...argv: readonly string[]): Promise<Outcome> {
    const code = await run(argv, this);
    return { code, stdout: this.written.stdout.join(""), stderr: this.written.stderr.join("") };
  }
}

/** One whose clock is a second later each time it is read, so that all progress is due. */
export class HurriedTerminal extends KeptTerminal {
  private seconds = 0;

  now(): number {
    return this.seconds++;
  }
}

/** A folder of files for a test, and a runner whose outcomes call it DIR. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "marginalia-"));

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), content);
    }
  }

  /** Arguments name files of the workspace as DIR/name. */
  async run(argv: readonly string[], terminal = new KeptTerminal()): Promise<Outcome> {
    const { code, stdout, stderr } = await terminal.run(...argv.map((word) => word.replace("DIR", this.folder)));
    return { code, stdout: this.masked(stdout), stderr: this.masked(stderr) };
  }

  masked(text: string): string {
    return text.replaceAll(this.folder, "DIR");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
