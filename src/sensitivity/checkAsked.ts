import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { hasField } from "../argument/kinds.js";
import { aModelToFit } from "../fit/aFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { checkAskedEstimand } from "./checkAskedEstimand.js";
import { parseConclusion } from "./conclusions.js";
import type { AskedQuantity } from "./options.js";
import { refuseWithoutPriors } from "./posteriorDraws.js";
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
 * Before a model is fitted: whether it has what is to be asked of its posterior. Throws SensitivityError, ModelError and OptionsError, as `sensitivity`,
 * `varyPriors` and `tippingPoints` do once it is fitted.
 */
export async function checkAsked(model: ModelToFit, asked: AskedOfPosterior): Promise<void> {
  checkArgument(aModelToFit, model, "checkAsked", "model");
  checkArgument(askedOfPosterior, asked, "checkAsked", "asked");
  refuseWithoutPriors(model);
  const { quantities = [], variations = [], conclusions = [] } = asked;
  for (const one of quantities) if (typeof one !== "string" && !("values" in one)) await checkAskedEstimand(model, one);
  const { parameters, randomEffects } = model.compiled.quantities;
  const names = [...parameters, ...randomEffects.map(({ name }) => name)];
  const sums = quantities.flatMap((asked) =>
    typeof asked === "string" && !names.includes(asked) ? [formOf(asked)] : [],
  );
  for (const { terms } of [...sums, ...conclusions.map((text) => parseConclusion(text).difference)])
    for (const { name } of terms) if (!names.includes(name)) throw unknownQuantity(name, names);
  const varied = variations.map(parseVariation);
  combinations(varied);
  for (const { statements } of varied) for (const statement of statements) variedModel(model, [statement]);
}

const askedOfPosterior: ArgumentKind = {
  code: "not-asked",
  expected: "an object with quantities, variations or conclusions, each a list",
  accepts: (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    ["quantities", "variations", "conclusions"].every(
      (name) => !hasField(value, name) || Array.isArray(Reflect.get(value, name) ?? []),
    ),
};
