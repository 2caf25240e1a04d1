import type { StanRow } from "./Family.js";
import { linkNamed } from "./links.js";

/** The log density of a row in Stan under each link, from its expression for mu; a loop over the rows, as products of vectors and numbers differ. */
export function stanRows(
  links: readonly string[],
  density: (row: { readonly y: string; readonly mu: string; readonly phi: readonly string[] }) => string,
): Readonly<Record<string, StanRow>> {
  const rows = links.map((link): [string, StanRow] => {
    const { stan } = linkNamed(link);
    return [link, { isVectorised: false, density: ({ y, eta, phi }) => density({ y, mu: `(${stan(eta)})`, phi }) }];
  });
  return Object.fromEntries(rows);
}
