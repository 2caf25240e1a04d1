import { checkArgument } from "../argument/checkArgument.js";
import { aText } from "../argument/kinds.js";
import { checkPosterior } from "./aPosterior.js";
import type { DrawsMarginal, Posterior, Quantity } from "./Posterior.js";
import { ResultError } from "./ResultError.js";

/** How many names an error lists. */
const LISTED = 20;

/** The parameter or random effect of that name. */
export function findQuantity(posterior: Posterior, name: string): Quantity | undefined {
  checkPosterior(posterior, "findQuantity");
  checkArgument(aText, name, "findQuantity", "name");
  return quantitiesOf(posterior).find((quantity) => quantity.name === name);
}

/** Parameters, then random effects. */
export function quantitiesOf(posterior: Posterior): readonly Quantity[] {
  return [...posterior.parameters, ...posterior.randomEffects];
}

/** The posterior with joint draws beside its marginals, which are made when they are first read. */
export function withJointDraws(posterior: Posterior, make: () => readonly DrawsMarginal[]): Posterior {
  let made: readonly DrawsMarginal[] | null = null;
  return {
    ...posterior,
    get jointDraws() {
      made ??= make();
      return made;
    },
  };
}

/** Whether there are joint draws beside the marginals; makes none. */
export function hasJointDraws(posterior: Posterior): boolean {
  return "jointDraws" in posterior;
}

/** The posterior with joint draws for marginals where it has them beside its densities; else as it is. */
export function withDraws(posterior: Posterior): Posterior {
  const { jointDraws: drawn, parameters, randomEffects } = posterior;
  if (drawn === undefined) return posterior;
  return {
    ...posterior,
    parameters: parameters.map((quantity, k) => ({ ...quantity, marginal: drawn[k] })),
    randomEffects: randomEffects.map((effect, k) => ({ ...effect, marginal: drawn[parameters.length + k] })),
  };
}

/** Draws `[chain][draw]` of a quantity, joint with those of all others. Throws ResultError if there is none of that name, or if it has no draws, and ArgumentError for a value that is no posterior. */
export function drawsOf(posterior: Posterior, name: string): readonly Float64Array[] {
  checkArgument(aText, name, "drawsOf", "name");
  checkPosterior(posterior, "drawsOf");
  const quantities = quantitiesOf(posterior);
  const at = quantities.findIndex((quantity) => quantity.name === name);
  if (at < 0) throw unknownQuantity(posterior, name);
  const marginal = posterior.jointDraws?.[at] ?? quantities[at].marginal;
  if (marginal.kind === "draws") return marginal.chains;
  if (marginal.kind === "moments")
    throw noDraws(`${name} has no draws: they were summarised as they came`, 'use randomEffects "draws"');
  throw noDraws(
    `${name} has no draws: ${posterior.engine} gives its marginal by its density`,
    "take that, by evaluateMarginal, or an engine that samples",
  );
}

function noDraws(problem: string, hint: string): ResultError {
  return new ResultError("no-draws", problem, hint);
}

function unknownQuantity(posterior: Posterior, name: string): ResultError {
  const names = quantitiesOf(posterior).map((quantity) => quantity.name);
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : "";
  const listed = `it has ${names.slice(0, LISTED).join(", ")}${more}`;
  return new ResultError("unknown-quantity", `no quantity "${name}" in the posterior`, listed);
}
