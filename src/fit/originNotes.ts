import { farColumns } from "../density/TermRecoding.js";
import type { Design } from "../design/Design.js";
import type { MlNote } from "../engine/ml/Estimates.js";

/** Says of intercepts that vary with slopes on far covariates where they stand: the fit does not depend on it, their sds do. */
export function originNotes({ predictors }: Design): MlNote[] {
  return predictors.flatMap(({ factors, randomTerms }) =>
    randomTerms.flatMap((term) => {
      const far = farColumns(term).map((k) => term.coefficients[k]);
      if (far.length === 0) return [];
      const group = factors[term.factor].name;
      const zeros = far.map((name) => `${name} = 0`).join(", ");
      const message =
        `sd[${group}, Intercept] and its correlations are those at ${zeros}, far from the data; center(${far[0]}) has those at its mean, ` +
        "and the same fit";
      return [{ code: "origin", message, advice: "" }];
    }),
  );
}
