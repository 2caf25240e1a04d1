import type { Span } from "./ast.js";

/** A term while a formula is expanded: its variables by number, ascending. Equal products have equal keys. */
export interface Product {
  readonly variables: readonly number[];
  readonly span: Span | undefined;
}

/** Terms in order of appearance. */
export type Products = ReadonlyMap<string, Product>;

/** What is there already keeps its place. */
export function addTo(sum: Map<string, Product>, more: Products): void {
  for (const [key, product] of more) if (!sum.has(key)) sum.set(key, product);
}

export function union(a: Products, b: Products): Products {
  const both = new Map(a);
  addTo(both, b);
  return both;
}

/** a:b for each term of either side. */
export function cross(a: Products, b: Products, span: Span | undefined): Products {
  const products = new Map<string, Product>();
  for (const { variables } of a.values()) {
    for (const other of b.values()) {
      const merged = ascending([...variables, ...other.variables]);
      const key = merged.join();
      if (!products.has(key)) products.set(key, { variables: merged, span });
    }
  }
  return products;
}

/** In `(a + b)/c` what is nested stands within the product of all on the left: a + b + a:b:c. */
export function nestingProduct(products: Products): Products {
  if (products.size === 0) return products;
  const variables = ascending([...products.values()].flatMap((product) => product.variables));
  return new Map([[variables.join(), { variables, span: undefined }]]);
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((i, j) => i - j);
}
