import { checkArgument } from "../../argument/checkArgument.js";
import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import { aModelToFit } from "../../fit/aFit.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { CheckError } from "../CheckError.js";
import { densitiesOf } from "../loo/densitiesOf.js";
import { factorOf } from "../loo/factorOf.js";
import { completeInfluenceOptions, type InfluenceOptions } from "./options.js";

/** Before a model is fitted: whether the influence of its rows, or of the groups of a factor, can be had. Throws CheckError as `influence` does once it is fitted. */
export async function checkInfluence(model: ModelToFit, options: InfluenceOptions = {}): Promise<void> {
  checkArgument(aModelToFit, model, "checkInfluence", "model");
  const { group } = completeInfluenceOptions(options);
  const rows = densitiesOf(model);
  if (model.engine === "ml") refuseSeveralFactors(model, rows);
  if (group !== undefined) factorOf(rows, group);
}

/** Throws CheckError for a model whose groups do not stand apart. */
export function refuseSeveralFactors({ design }: Pick<ModelToFit, "design">, { factors }: RowsAtDraws): void {
  if (factors.length > 1 || design.predictors.slice(1).some((part) => part.factors.length > 0))
    throw new CheckError(
      "the influence of rows and groups on estimates of ml is had of models with one grouping factor at most; fit with laplace, inla or nuts",
    );
}
