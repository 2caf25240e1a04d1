import { checkArgument } from "../../argument/checkArgument.js";
import { aModelToFit } from "../../fit/aFit.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { CheckError } from "../CheckError.js";
import { densitiesOf } from "./densitiesOf.js";
import { factorOf } from "./factorOf.js";
import { completeLooOptions, type LooOptions } from "./options.js";

/** Before a model is fitted: whether its rows, or the groups of a factor, can be left out. Throws CheckError as `loo` does once it is fitted. */
export async function checkLoo(model: ModelToFit, options: LooOptions = {}): Promise<void> {
  checkArgument(aModelToFit, model, "checkLoo", "model");
  const { group } = completeLooOptions(options);
  if (model.engine === "ml")
    throw new CheckError("ml has no draws, over which rows are left out; fit with nuts, laplace or inla");
  const rows = densitiesOf(model);
  if (group !== undefined) factorOf(rows, group);
}
