/** Options that are not allowed, all of them at once. */
export class OptionsError extends RangeError {
  override readonly name = "OptionsError";
  /** One line each: the option, its value and what is allowed. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
