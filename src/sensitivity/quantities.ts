import type { Fit } from "../fit/fitted.js";
import { didYouMean } from "../language/suggest.js";
import { quantitiesOf } from "../posterior/quantities.js";
import { linearForm, valuesOf } from "./linearForms.js";
import type { AskedQuantity } from "./options.js";
import type { PosteriorDraws } from "./posteriorDraws.js";
import type { DrawnValues } from "./powerScaling.js";
import { SensitivityError } from "./SensitivityError.js";

/** All parameters of a fit, and what is asked for beside them, at its draws. Throws SensitivityError for names that the fit does not have. */
export function drawnQuantities(fit: Fit, asked: readonly AskedQuantity[], draws: PosteriorDraws): DrawnValues[] {
  const { ensemble } = draws;
  const parameters = fit.posterior.parameters.map(({ name }) => name);
  const read = quantityReader(fit, draws);
  const others = asked.filter((one) => typeof one !== "string" || !parameters.includes(one));
  return [
    ...parameters.map((name) => ({ name, values: read(name) })),
    ...others.map((one) => {
      if (typeof one === "string") return { name: one, values: sumOf(one, ensemble.size, read) };
      const values = one.values(ensemble);
      if (values.length === ensemble.size) return { name: one.name, values };
      throw new SensitivityError(
        "wrong-length",
        `the quantity "${one.name}" has ${values.length} values for ${ensemble.size} draws`,
        "return a Float64Array with one value a draw",
      );
    }),
  ];
}

/** A parameter or random effect at the draws by its name. What it returns throws SensitivityError for names that the fit does not have. */
export function quantityReader({ posterior }: Fit, { read, ensemble }: PosteriorDraws): (name: string) => Float64Array {
  const effects = new Map(posterior.randomEffects.map(({ name }, place) => [name, place]));
  return (name) => {
    const place = effects.get(name);
    const values = place === undefined ? read(name) : ensemble.effect(place);
    if (values !== null) return values;
    const names = quantitiesOf(posterior).map((quantity) => quantity.name);
    throw new SensitivityError("unknown-quantity", `no quantity "${name}"`, didYouMean(name, names, "quantities"));
  };
}

function sumOf(text: string, size: number, read: (name: string) => Float64Array): Float64Array {
  const form = linearForm(text);
  if (form !== null) return valuesOf(form, size, read);
  throw new SensitivityError(
    "unknown-quantity",
    `cannot read the quantity "${text}"`,
    "write a parameter, a random effect or a weighted sum of them, as in beta[a] - 2 * beta[b]",
  );
}
