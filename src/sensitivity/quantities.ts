import type { Fit } from "../fit/fitted.js";
import { didYouMean } from "../language/suggest.js";
import { quantitiesOf } from "../posterior/quantities.js";
import type { AskedQuantity } from "./options.js";
import type { PosteriorDraws } from "./posteriorDraws.js";
import type { DrawnValues } from "./powerScaling.js";
import { SensitivityError } from "./SensitivityError.js";

/** All parameters of a fit, and what is asked for beside them, at its draws. Throws SensitivityError for names that the fit does not have. */
export function drawnQuantities(
  { posterior }: Fit,
  asked: readonly AskedQuantity[],
  { read, ensemble }: PosteriorDraws,
): DrawnValues[] {
  const parameters = posterior.parameters.map(({ name }) => name);
  const effects = new Map(posterior.randomEffects.map(({ name }, place) => [name, place]));
  const named = (name: string): DrawnValues => {
    const place = effects.get(name);
    const values = place === undefined ? read(name) : ensemble.effect(place);
    if (values !== null) return { name, values };
    const names = quantitiesOf(posterior).map((quantity) => quantity.name);
    throw new SensitivityError("unknown-quantity", `no quantity "${name}"`, didYouMean(name, names, "quantities"));
  };
  return [
    ...parameters.map(named),
    ...asked
      .filter((one) => typeof one !== "string" || !parameters.includes(one))
      .map((one) => {
        if (typeof one === "string") return named(one);
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
