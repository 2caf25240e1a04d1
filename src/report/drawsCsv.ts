import type { DrawsMarginal, Posterior } from "../posterior/Posterior.js";

/**
 * The lines of draws.csv, each with its line feed: `chain,draw,<quantities>`, chains and draws counted from 1, numbers so that
 * they read back exactly, names quoted where they hold a comma; random effects that were summarised as they came are left out. Throws
 * RangeError for a posterior that is not equally weighted draws of the rest.
 */
export function* drawsCsv(posterior: Posterior): Generator<string, void> {
  const { parameters, randomEffects } = posterior;
  const quantities = [...parameters, ...randomEffects].filter(({ marginal }) => marginal.kind !== "moments");
  const columns = quantities.map(({ name, marginal }) => {
    if (marginal.kind === "draws" && isEquallyWeighted(marginal.weights)) return marginal.chains;
    throw new RangeError(`draws.csv needs equally weighted draws, and ${posterior.engine} has none of ${name}`);
  });
  yield `${["chain", "draw", ...quantities.map(({ name }) => quoted(name))].join(",")}\n`;
  const chainCount = columns.length > 0 ? columns[0].length : 0;
  for (let chain = 0; chain < chainCount; chain++) {
    for (let draw = 0; draw < columns[0][chain].length; draw++) {
      let line = `${chain + 1},${draw + 1}`;
      for (const column of columns) line += `,${column[chain][draw]}`;
      yield `${line}\n`;
    }
  }
}

function isEquallyWeighted(weights: DrawsMarginal["weights"]): boolean {
  return weights === null || weights.every((chain) => chain.every((weight) => weight === weights[0][0]));
}

/** RFC 4180 */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
