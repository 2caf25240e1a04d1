import type { Fit } from "../fit/fitted.js";
import { didYouMean } from "../language/suggest.js";
import type { Steps } from "../math/steps.js";
import { quantitiesOf } from "../posterior/quantities.js";
import { estimandDraws } from "./estimandDraws.js";
import { type LinearForm, linearForm, valuesOf } from "./linearForms.js";
import type { AskedQuantity, QuantityFunction } from "./options.js";
import type { PosteriorDraws } from "./posteriorDraws.js";
import type { DrawnValues } from "./powerScaling.js";
import { SensitivityError } from "./SensitivityError.js";

/** All parameters of a fit, and what is asked for beside them, at its draws. Throws SensitivityError for names that the fit does not have, and what the functions asked for throw. */
export function* drawnQuantities(
  fit: Fit,
  asked: readonly AskedQuantity[],
  draws: PosteriorDraws,
): Steps<DrawnValues[]> {
  const parameters = fit.posterior.parameters.map(({ name }) => name);
  const read = quantityReader(fit, draws);
  const found: DrawnValues[] = parameters.map((name) => ({ name, values: read(name) }));
  for (const one of asked) {
    if (typeof one === "string") {
      if (!parameters.includes(one)) found.push({ name: one, values: sumOf(one, draws.ensemble.size, read) });
    } else if ("values" in one) found.push(valuesOfFunction(one, draws));
    else found.push(...(yield* estimandDraws(fit, one)));
  }
  return found;
}

function valuesOfFunction(asked: QuantityFunction, { ensemble }: PosteriorDraws): DrawnValues {
  const values = asked.values(ensemble);
  if (values.length === ensemble.size) return { name: asked.name, values };
  throw new SensitivityError(
    "wrong-length",
    `the quantity "${asked.name}" has ${values.length} values for ${ensemble.size} draws`,
    "return a Float64Array with one value a draw",
  );
}

/** A parameter or random effect at the draws by its name. What it returns throws SensitivityError for names that the fit does not have. */
export function quantityReader({ posterior }: Fit, { read, ensemble }: PosteriorDraws): (name: string) => Float64Array {
  const effects = new Map(posterior.randomEffects.map(({ name }, place) => [name, place]));
  return (name) => {
    const place = effects.get(name);
    const values = place === undefined ? read(name) : ensemble.effect(place);
    if (values !== null) return values;
    const names = quantitiesOf(posterior).map((quantity) => quantity.name);
    throw unknownQuantity(name, names);
  };
}

export function unknownQuantity(name: string, names: readonly string[]): SensitivityError {
  return new SensitivityError("unknown-quantity", `no quantity "${name}"`, didYouMean(name, names, "quantities"));
}

function sumOf(text: string, size: number, read: (name: string) => Float64Array): Float64Array {
  return valuesOf(formOf(text), size, read);
}

/** Throws SensitivityError for what is no sum. */
export function formOf(text: string): LinearForm {
  const form = linearForm(text);
  if (form !== null) return form;
  throw new SensitivityError(
    "unknown-quantity",
    `cannot read the quantity "${text}"`,
    "write a parameter, a random effect or a weighted sum of them, as in beta[a] - 2 * beta[b]",
  );
}
