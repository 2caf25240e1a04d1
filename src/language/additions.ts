import type { Call, Expression } from "./ast.js";
import type { TokenStream } from "./TokenStream.js";

/** What may stand after the bar of a response, with how it is written. */
const usages: ReadonlyMap<string, string> = new Map([
  ["trials", "trials(n)"],
  ["weights", "weights(w)"],
  ["se", "se(s) or se(s, sigma)"],
  ["subset", "subset(condition)"],
  ["cens", "cens(c) or cens(c, upper)"],
  ["trunc", "trunc(lower, upper), trunc(lower = a) or trunc(upper = b)"],
]);

/** Those that take two arguments. */
const twofold: readonly string[] = ["se", "cens", "trunc"];

/** Additions of brms that this program does not have, with the nearest way. */
const unsupported: ReadonlyMap<string, string> = new Map([
  ["mi", "rows with a missing response are left out"],
  ["rate", "write the exposure as an offset: log(mu) = 1 + offset(log(exposure))"],
  ["cat", "ordinal responses are not supported"],
  ["thres", "ordinal responses are not supported"],
  ["dec", "decision models are not supported"],
  ["vint", "families of your own take trials(n) as their data"],
  ["vreal", "families of your own take trials(n) as their data"],
]);

/** The calls of a sum such as `trials(n) + weights(w)`, each known and given once. Throws SyntaxProblem. */
export function readAdditions(sum: Expression, stream: TokenStream): Call[] {
  const calls = addends(sum).map((part) => readAddition(part, stream));
  calls.forEach(({ callee, span }, k) => {
    if (calls.findIndex((other) => other.callee.name === callee.name) < k)
      stream.fail("repeated-addition", `${callee.name}() stands twice after the bar`, "keep one of them", span);
  });
  return calls;
}

function addends(sum: Expression): Expression[] {
  return sum.type === "binary" && sum.operator === "+" ? [...addends(sum.left), ...addends(sum.right)] : [sum];
}

function readAddition(part: Expression, stream: TokenStream): Call {
  if (part.type !== "call") {
    const message = "after the bar of a response stand additions, joined by +";
    return stream.fail("bad-addition", message, `additions: ${[...usages.values()].join(", ")}`, part.span);
  }
  const { name, span } = part.callee;
  const usage = usages.get(name);
  if (usage === undefined) {
    const known = unsupported.get(name);
    const message = known === undefined ? `unknown addition "${name}"` : `${name}() is not supported`;
    const hint = known ?? `additions: ${[...usages.values()].join(", ")}`;
    return stream.fail("unknown-addition", message, hint, span);
  }
  const most = twofold.includes(name) ? 2 : 1;
  if (part.arguments.length < 1 || part.arguments.length > most)
    stream.fail(
      "wrong-arguments",
      `${name}() takes ${most === 1 ? "one argument" : "one or two arguments"}`,
      `write ${usage}`,
      part.span,
    );
  return part;
}
