import type { OptionProblem } from "../engine/OptionsError.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { didYouMean } from "../language/suggest.js";
import { notAllowed } from "./givenLevels.js";
import { lineOnlyWith, modelVariables } from "./modelVariables.js";

/** What is wrong with a name that is none of the variables that an option takes: where the model has it instead, or that it is no variable; `hint` says how a grouping factor can be had. */
export function unknownVariable(
  option: string,
  name: string,
  known: readonly string[],
  model: ModelToFit,
  hint = "",
): OptionProblem {
  return notAllowed(option, `${option} names "${name}", which ${standing(model, name, known, hint)}`);
}

function standing(model: ModelToFit, name: string, known: readonly string[], hint: string): string {
  const variables = known.length === 0 ? "there are no variables" : `variables: ${known.join(", ")}`;
  const role = modelVariables(model).find((variable) => variable.name === name)?.role;
  const [{ parameter }] = model.design.predictors;
  if (role === "other")
    return `is in the line of ${lineOnlyWith(model, name)} alone, and not in that of ${parameter}; ${variables}`;
  if (role === "group") return `is in the model as a grouping factor alone${hint}; ${variables}`;
  if (model.table.columns.has(name)) return `is a column that no predictor of the model reads; ${variables}`;
  return `is no variable of the model; ${didYouMean(name, known, "variables")}`;
}
