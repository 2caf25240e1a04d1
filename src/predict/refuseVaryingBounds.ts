import { commonBounds } from "../design/Design.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import type { Fitted } from "./Fitted.js";

/** Throws ModelError where a mean of one trial is asked for of truncated numbers of successes, whose mean is no multiple of it. */
export function refuseTruncatedShare({ ast, design: { response } }: Fitted): void {
  if (response.truncation === null || response.trials === null) return;
  const message = "the mean of truncated numbers of successes is not that of one trial times the trials";
  const hint = "ask for linear predictors (scale link), or for the quantity mean with the trials in the data";
  throw new ModelError([errorAt("truncated-share", response.span, message, hint)], ast.source);
}

/** Throws ModelError where responses are truncated at bounds that differ between rows, which predictions do not know of other rows. */
export function refuseVaryingBounds({ ast, design: { response } }: Fitted): void {
  if (response.truncation === null || commonBounds(response.truncation) !== null) return;
  const message = "the bounds of trunc() differ between rows, and means and new responses of other rows have none";
  const hint = "ask for linear predictors (scale link), or simulate the rows of the fit";
  throw new ModelError([errorAt("varying-bounds", response.span, message, hint)], ast.source);
}
