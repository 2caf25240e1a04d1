/** The categories of a response that is one of several. */
export interface ResponseCategories {
  readonly names: readonly string[];
  /** Whether they have an order, that of their names; else the first is the reference. */
  readonly isOrdered: boolean;
}

/** "low < mid < high", or without an order "a (reference), b, c" */
export function categoriesText({ names, isOrdered }: ResponseCategories): string {
  if (isOrdered) return names.join(" < ");
  return names.map((name, k) => (k === 0 ? `${name} (reference)` : name)).join(", ");
}

/** A line of facts of them; none of other responses. */
export function categoryFacts(categories: ResponseCategories | null): [string, string][] {
  return categories === null ? [] : [["categories", categoriesText(categories)]];
}
