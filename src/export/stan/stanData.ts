import type { PredictorDesign } from "../../design/Design.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import type { Json } from "../../store/jsonData.js";

/** The data of the program of `stanProgram`, as CmdStan reads it from JSON: rows in the order of the table. */
export function stanData({ design, compiled }: PreparedModel): Readonly<Record<string, Json>> {
  const { rows, rowIndex, response } = design;
  const order = Int32Array.from(rowIndex.keys()).sort((a, b) => rowIndex[a] - rowIndex[b]);
  const sorted = (values: ArrayLike<number>) => Array.from(order, (i) => values[i]);
  const matrix = (values: Float64Array, columns: number) =>
    Array.from(order, (i) => Array.from({ length: columns }, (_, k) => values[k * rows + i]));
  const data: Record<string, Json> = { N: rows };
  let t = 0;
  design.predictors.forEach((part, k) => {
    const { parameter, X, columns, offset, factors, randomTerms } = part;
    if (columns.length > 0) {
      data[`X_${parameter}`] = matrix(X, columns.length);
      data[`centre_${parameter}`] = centres(part, compiled.modelPriors.predictors[k].intercept?.centred === true);
    }
    if (offset !== null) data[`offset_${parameter}`] = sorted(offset);
    for (const { factor, coefficients, Z } of randomTerms) {
      t++;
      const { levels, levelIndex } = factors[factor];
      data[`J_${t}`] = levels.length;
      data[`g_${t}`] = sorted(levelIndex).map((level) => level + 1);
      data[`Z_${t}`] = matrix(Z, coefficients.length);
    }
  });
  const { values, trials, weights, errors } = response;
  return {
    ...data,
    y: sorted(values),
    ...(trials === null ? {} : { trials: sorted(trials) }),
    ...(weights === null ? {} : { weights: sorted(weights) }),
    ...(errors === null ? {} : { errors: sorted(errors) }),
  };
}

/** What is taken from the columns: their means where the prior is on the intercept at these, else nothing. */
function centres({ columnMeans, interceptColumn }: PredictorDesign, isCentred: boolean): number[] {
  return Array.from(columnMeans, (mean, k) => (isCentred && k !== interceptColumn ? mean : 0));
}
