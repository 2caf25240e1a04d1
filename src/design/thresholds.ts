import type { Design, PredictorDesign, ScalarDesign } from "./Design.js";
import { heldHypotheses } from "./heldHypotheses.js";
import { heldDependence } from "./holdConstants.js";
import { withColumns } from "./restrictDesign.js";

/** The predictor without its intercept column, in whose place thresholds stand. */
export function withoutIntercept(part: PredictorDesign): PredictorDesign {
  const { interceptColumn: column } = part;
  if (column < 0) return part;
  const kept = part.columns.map((_, j) => j).filter((j) => j !== column);
  const none = new Map([[column, 0]]);
  return {
    ...withColumns(part, kept),
    terms: heldHypotheses(part.terms, none, kept),
    dependent: part.dependent && heldDependence(part, none, kept),
  };
}

/** The thresholds between so many categories. */
export function thresholds(categories: number): ScalarDesign[] {
  return Array.from({ length: categories - 1 }, (_, k) => ({
    parameter: `threshold[${k + 1}]`,
    support: "real",
    threshold: k + 1,
    fixed: null,
  }));
}

/** Whether thresholds stand in place of the intercept of the mean. */
export function hasThresholds({ scalars }: Pick<Design, "scalars">): boolean {
  return scalars.some(({ threshold }) => threshold !== undefined);
}
