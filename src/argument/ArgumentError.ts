/** What a function was given that it cannot take. */
export interface ArgumentFacts {
  /** A stable word for programs: "not-a-fit", "not-a-posterior", "not-text" and so on. */
  readonly code: string;
  /** The function that was called, as "means". */
  readonly caller: string;
  /** The argument, as "fit". */
  readonly argument: string;
  /** What the argument must be. */
  readonly expected: string;
  /** What it is. */
  readonly received: string;
  /** The way out, where one is known from what was given; else empty. */
  readonly hint: string;
}

/** An argument of another kind than a function takes, as from JavaScript or a cast: which one, what it is, and what it must be. */
export class ArgumentError extends TypeError implements ArgumentFacts {
  readonly code: string;
  readonly caller: string;
  readonly argument: string;
  readonly expected: string;
  readonly received: string;
  readonly hint: string;

  /** `message` where more is to be said than what the facts say together. */
  constructor(facts: ArgumentFacts, message = messageOf(facts)) {
    const { code, caller, argument, expected, received, hint } = facts;
    super(message);
    this.name = "ArgumentError";
    this.code = code;
    this.caller = caller;
    this.argument = argument;
    this.expected = expected;
    this.received = received;
    this.hint = hint;
  }
}

function messageOf({ caller, argument, expected, received, hint }: ArgumentFacts): string {
  const wayOut = hint === "" ? "" : `\n  ${hint}`;
  return `${caller}: ${argument} is ${received}; it must be ${expected}${wayOut}`;
}
