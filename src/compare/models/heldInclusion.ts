import type { FactorSpace, HeldTermSpace } from "./ModelSpace.js";
import type { Inclusion } from "./Restriction.js";
import { beyondSpan, type Column } from "./span.js";

/**
 * What the terms of a factor of which a smaller model holds something are in a larger model: a term of the same effects that is free, or of
 * which it holds less, at the same numbers. `free` has the larger model's terms without those. Other pairs are not told apart: an obstacle.
 */
export function heldInclusion(
  smaller: readonly HeldTermSpace[],
  { name, terms, heldTerms }: FactorSpace,
): Inclusion & { readonly free: FactorSpace["terms"] } {
  const restrictions: Inclusion["restrictions"][number][] = [];
  const obstacles: string[] = [];
  const taken = new Set<readonly Column[]>();
  for (const { columns, held } of smaller) {
    const other = heldTerms.find((term) => sameColumns(term.columns, columns));
    const host = other?.columns ?? terms.find((term) => sameSpan(term, columns));
    const numbers = (part: HeldTermSpace["held"] | undefined) => [...(part?.sds ?? []), part?.correlation ?? null];
    const pairs = numbers(held).map((value, k) => ({ value, wanted: numbers(other?.held).at(k) ?? null }));
    const where = `random effects of ${columns.map((column) => column.name).join(", ")} over ${name}`;
    if (host === undefined || pairs.some(({ value, wanted }) => wanted !== null && wanted !== value)) {
      obstacles.push(`${where} whose covariance is held at numbers`);
      continue;
    }
    taken.add(host);
    const freed = pairs.filter(({ value, wanted }) => value !== null && wanted === null).length;
    const what = `the held ${freed === 1 ? "number" : "numbers"} of the ${where}`;
    if (freed > 0) restrictions.push({ what, freeDimensions: freed, boundaryDimensions: 0 });
  }
  const others = heldTerms.filter(({ columns }) => !taken.has(columns));
  obstacles.push(
    ...others.map(
      ({ columns }) =>
        `random effects of ${columns.map((column) => column.name).join(", ")} over ${name} whose covariance is held otherwise`,
    ),
  );
  return { restrictions, obstacles, free: terms.filter((term) => !taken.has(term)) };
}

function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return a.length === b.length && a.every(({ values }, k) => values.every((value, i) => value === b[k].values[i]));
}

function sameSpan(a: readonly Column[], b: readonly Column[]): boolean {
  return beyondSpan(a, b).length === 0 && beyondSpan(b, a).length === 0;
}
