/** A result that cannot serve what is asked of it, or a saved one that cannot be read: cause and way out. */
export class ResultError extends Error {
  /** A stable word for programs: "not-a-saved-fit", "not-a-saved-result", "version", "damaged", "other-model", "not-data", "not-written", "other-run", "no-draws", "unknown-quantity". */
  readonly code: string;
  /** The way out. */
  readonly hint: string;

  constructor(code: string, problem: string, hint: string) {
    super(`${problem}\n  ${hint}`);
    this.name = "ResultError";
    this.code = code;
    this.hint = hint;
  }
}
