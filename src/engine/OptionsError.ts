/** One thing that is wrong with the options of a call. */
export interface OptionProblem {
  /** The option's name. */
  readonly option: string;
  readonly code: OptionProblemCode;
  /** The option, its value and what is allowed. */
  readonly message: string;
}

/**
 * `wrong-type`: a value of another type, as a text for a number. `not-allowed`: the right type, but outside the range or not among the choices.
 * `unknown-option`: no engine has it. `other-engine`: another engine has it. `conflict`: it does not go with another option.
 * `name-taken`: the name of a family, prior or engine exists already.
 */
export type OptionProblemCode =
  | "wrong-type"
  | "not-allowed"
  | "unknown-option"
  | "other-engine"
  | "conflict"
  | "name-taken";

/** Options that are not allowed, all of them at once. */
export class OptionsError extends RangeError {
  override readonly name = "OptionsError";
  readonly problems: readonly OptionProblem[];

  constructor(problems: readonly OptionProblem[]) {
    super(problems.map(({ message }) => message).join("\n"));
    this.problems = problems;
  }
}
