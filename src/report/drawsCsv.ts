import { checkPosterior } from "../posterior/aPosterior.js";
import type { DrawsMarginal, Posterior } from "../posterior/Posterior.js";
import { hasJointDraws, withDraws } from "../posterior/quantities.js";
import { ResultError } from "../posterior/ResultError.js";
import { csvText } from "./csvLine.js";

/** Whether there are draws of all parameters, for draws.csv. */
export function hasDraws(posterior: Posterior): boolean {
  checkPosterior(posterior, "hasDraws");
  return hasJointDraws(posterior) || posterior.parameters.every(({ marginal }) => marginal.kind === "draws");
}

/**
 * The lines of draws.csv, each with its line feed: `chain,draw,<quantities>`, chains and draws counted from 1, numbers so that
 * they read back exactly, names quoted where they hold a comma; random effects that were summarised as they came are left out. Joint draws are made
 * at once where they are not made yet. Throws ResultError for a posterior that is not equally weighted draws of the rest,
 * ArgumentError for a value that is no posterior.
 */
export function drawsCsv(posterior: Posterior): Generator<string, void> {
  checkPosterior(posterior, "drawsCsv");
  const { parameters, randomEffects } = withDraws(posterior);
  const quantities = [...parameters, ...randomEffects].filter(({ marginal }) => marginal.kind !== "moments");
  const columns = quantities.map(({ name, marginal }) => {
    if (marginal.kind === "draws" && isEquallyWeighted(marginal.weights)) return marginal.chains;
    throw new ResultError(
      "no-draws",
      `draws.csv needs equally weighted draws, and ${posterior.engine} has none of ${name}`,
      "take an engine that samples, with random effects as draws",
    );
  });
  const names = quantities.map(({ name }) => name);
  return linesOf(names, columns);
}

/** `columns` are `[quantity][chain][draw]`. */
function* linesOf(names: readonly string[], columns: readonly (readonly Float64Array[])[]): Generator<string, void> {
  yield `${["chain", "draw", ...names.map(csvText)].join(",")}\n`;
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
