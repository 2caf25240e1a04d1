import type { Posterior, Quantity } from "./Posterior.js";

/** How many names an error lists. */
const LISTED = 20;

/** The parameter or random effect of that name. */
export function findQuantity(posterior: Posterior, name: string): Quantity | undefined {
  return quantitiesOf(posterior).find((quantity) => quantity.name === name);
}

/** Parameters, then random effects. */
export function quantitiesOf(posterior: Posterior): readonly Quantity[] {
  return [...posterior.parameters, ...posterior.randomEffects];
}

/** Draws `[chain][draw]` of a quantity. Throws RangeError if there is none of that name, or if it has no draws. */
export function drawsOf(posterior: Posterior, name: string): readonly Float64Array[] {
  const quantity = findQuantity(posterior, name);
  if (quantity === undefined) throw new RangeError(unknownQuantity(posterior, name));
  if (quantity.marginal.kind === "draws") return quantity.marginal.chains;
  if (quantity.marginal.kind === "moments")
    throw new RangeError(`${name} has no draws: they were summarised as they came; use randomEffects "draws"`);
  throw new RangeError(
    `${name} has no draws: ${posterior.engine} gives its marginal by density and quantile; use those, or an engine that samples`,
  );
}

function unknownQuantity(posterior: Posterior, name: string): string {
  const names = quantitiesOf(posterior).map((quantity) => quantity.name);
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : "";
  return `no quantity "${name}" in the posterior; it has ${names.slice(0, LISTED).join(", ")}${more}`;
}
