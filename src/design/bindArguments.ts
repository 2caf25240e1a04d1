import type { FamilyArgument, Name, ResponseStatement } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import type { FamilySignature } from "./FamilySignature.js";
import { counted } from "./problems.js";

/** "binomial(size, p)" */
export function signatureText(family: FamilySignature): string {
  return `${family.name}(${family.slots.map((slot) => slot.name).join(", ")})`;
}

/** Named arguments first, the others in order of the slots that are left; null where a name leaves that in doubt. */
export function bindArguments(
  statement: ResponseStatement,
  family: FamilySignature,
  problems: Problem[],
): Map<string, FamilyArgument["value"]> | null {
  const bound = new Map<string, FamilyArgument["value"]>();
  const slots = family.slots.map((slot) => slot.name);
  for (const { slot, value } of statement.arguments) {
    if (slot === undefined) continue;
    const problem = namedArgumentProblem(slot, bound, family);
    if (problem !== null) {
      problems.push(problem);
      return null;
    }
    bound.set(slot.name, value);
  }
  const positional = statement.arguments.filter((argument) => argument.slot === undefined);
  for (const argument of positional) {
    const free = slots.find((slot) => !bound.has(slot));
    if (free !== undefined) bound.set(free, argument.value);
    else {
      const message = `${family.name} takes ${counted(slots.length, "argument")}, not ${statement.arguments.length}`;
      problems.push(errorAt("too-many-arguments", argument.span, message, `as in ${signatureText(family)}`));
    }
  }
  return bound;
}

function namedArgumentProblem(
  { name, span }: Name,
  bound: ReadonlyMap<string, unknown>,
  family: FamilySignature,
): Problem | null {
  const slots = family.slots.map((slot) => slot.name);
  const unknown = `${family.name} has no argument "${name}"`;
  if (!slots.includes(name)) return errorAt("unknown-argument", span, unknown, didYouMean(name, slots, "arguments"));
  if (!bound.has(name)) return null;
  return errorAt("repeated-argument", span, `${name} is given twice`, `as in ${signatureText(family)}`);
}
