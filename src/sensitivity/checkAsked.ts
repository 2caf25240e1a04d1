import type { Fit } from "../fit/fitted.js";
import { parseConclusion } from "./conclusions.js";
import type { AskedQuantity } from "./options.js";
import { formOf, unknownQuantity } from "./quantities.js";
import { combinations, parseVariation } from "./variations.js";
import { variedModel } from "./variedModels.js";

/** What is to be asked of a posterior. */
export interface AskedOfPosterior {
  readonly quantities?: readonly AskedQuantity[];
  /** As `varyPriors` takes them. */
  readonly variations?: readonly string[];
  /** As `tippingPoints` takes them. */
  readonly conclusions?: readonly string[];
}

/**
 * Before a model is fitted: whether it has what is to be asked of its posterior. Options of means, contrasts and the like are not looked at. Throws SensitivityError and ModelError, as `sensitivity`,
 * `varyPriors` and `tippingPoints` do once it is fitted.
 */
export async function checkAsked(
  model: Pick<Fit, "ast" | "compiled">,
  { quantities = [], variations = [], conclusions = [] }: AskedOfPosterior,
): Promise<void> {
  const { parameters, randomEffects } = model.compiled.quantities;
  const names = [...parameters, ...randomEffects.map(({ name }) => name)];
  const sums = quantities.flatMap((asked) =>
    typeof asked === "string" && !names.includes(asked) ? [formOf(asked)] : [],
  );
  for (const { terms } of [...sums, ...conclusions.map((text) => parseConclusion(text).difference)])
    for (const { name } of terms) if (!names.includes(name)) throw unknownQuantity(name, names);
  const varied = variations.map(parseVariation);
  combinations(varied);
  for (const { target, distributions } of varied)
    for (const distribution of distributions) variedModel(model, [`${target} ~ ${distribution}`]);
}
