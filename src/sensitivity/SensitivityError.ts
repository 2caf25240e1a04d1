/** A fit whose sensitivity cannot be had in the way that was asked for: cause and way out. */
export class SensitivityError extends Error {
  override readonly name = "SensitivityError";
  /** A stable word for programs: "no-priors", "unknown-prior", "unknown-quantity", "too-many-quantities", "no-value", "bad-variation", "bad-conclusion", "no-scale", "no-refit". */
  readonly code: string;
  /** The way out. */
  readonly hint: string;

  constructor(code: string, problem: string, hint: string) {
    super(`${problem}\n  ${hint}`);
    this.code = code;
    this.hint = hint;
  }
}
