import type { TokenStream } from "./TokenStream.js";

/** The bounds of trunc(), in their order, with the names that brms has for them. */
const bounds: ReadonlyMap<string, string> = new Map([
  ["lower", "lower"],
  ["upper", "upper"],
  ["lb", "lower"],
  ["ub", "upper"],
]);

/** Takes the name and the sign of `upper = 9`; null where the argument has none. */
export function boundName(stream: TokenStream, before: readonly (string | null)[]): string | null {
  const { current } = stream;
  if (current.kind !== "name" || !stream.sees("=", 1)) return null;
  const bound = bounds.get(current.name);
  const hint = "as in trunc(lower = 0, upper = 10)";
  if (bound === undefined)
    return stream.fail("named-argument", `trunc() has no argument "${current.name}"`, hint, current.span);
  const given = before.map((name, k) => name ?? ["lower", "upper"][k]);
  if (given.includes(bound))
    return stream.fail("repeated-argument", `trunc() is given its ${bound} bound twice`, hint, current.span);
  stream.take();
  stream.take();
  return bound;
}
