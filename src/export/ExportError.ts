/** A fit that cannot be written in the format that was asked for. The message tells the cause and the way out. */
export class ExportError extends Error {
  override readonly name = "ExportError";
  /** A stable word for programs. */
  readonly code: "no-draws" | "improper-prior" | "weights" | "not-in-stan";

  constructor(code: ExportError["code"], problem: string, hint: string) {
    super(`${problem}\n  ${hint}`);
    this.code = code;
  }
}
