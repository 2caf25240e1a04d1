import type { Call, Expression } from "../language/ast.js";

/** `cens(c)` or `cens(c, upper)`: which responses are censored, and the upper ends of intervals. */
export interface GivenCensoring {
  readonly codes: Expression;
  readonly upper: Expression | null;
}

/** `trunc(lower, upper)`: between which values responses are seen, either of which may be absent. */
export interface GivenTruncation {
  readonly lower: Expression | null;
  readonly upper: Expression | null;
}

export function censoringOf(addition: Call | undefined): GivenCensoring | null {
  return addition === undefined ? null : { codes: addition.arguments[0], upper: addition.arguments[1] ?? null };
}

export function truncationOf(addition: Call | undefined): GivenTruncation | null {
  if (addition === undefined) return null;
  const order = ["lower", "upper"] as const;
  const others = order.filter((bound) => !addition.names?.includes(bound));
  const unnamed = addition.arguments.filter((_, k) => (addition.names?.[k] ?? null) === null);
  const given = (bound: (typeof order)[number]) => {
    const named = addition.names?.indexOf(bound) ?? -1;
    return (named >= 0 ? addition.arguments[named] : unnamed[others.indexOf(bound)]) ?? null;
  };
  return { lower: given("lower"), upper: given("upper") };
}
