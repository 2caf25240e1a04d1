import { ArgumentError } from "./ArgumentError.js";
import { isPromise, received } from "./received.js";

/** A kind of argument, and how it is told from others. */
export interface ArgumentKind {
  /** A stable word for programs, of what is not of this kind: "not-a-fit". */
  readonly code: string;
  /** What the argument must be, as a sentence ends: "a fit, the result of ...". */
  readonly expected: string;
  accepts(value: unknown): boolean;
  /** The way out for a value that is often mistaken for one of this kind; else null. */
  hint?(value: unknown): string | null;
}

/** Refuses an argument that is not of the kind that `caller` takes. Throws ArgumentError. */
export function checkArgument(kind: ArgumentKind, value: unknown, caller: string, argument: string): void {
  if (kind.accepts(value)) return;
  const { code, expected } = kind;
  const hint = isPromise(value) ? AWAIT : (kind.hint?.(value) ?? "");
  throw new ArgumentError({ code, caller, argument, expected, received: received(value), hint });
}

const AWAIT = "write await before the call that returned it";

/** What a record of the user's is refused with, all that is wrong with it in the message. */
export function badDefinition(caller: string, argument: string, message: string): ArgumentError {
  const expected = `a record as the docstring of ${caller} says`;
  const facts = {
    code: "bad-definition",
    caller,
    argument,
    expected,
    received: "a record that cannot be used",
    hint: "",
  };
  return new ArgumentError(facts, message);
}
