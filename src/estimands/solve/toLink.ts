import { linkNamed } from "../../family/links.js";
import type { Fitted } from "../../predict/Fitted.js";
import { intervalScale } from "../../predict/intervalScale.js";
import type { CompleteSolveOptions } from "./options.js";
import { solvedQuantity } from "./solvedQuantity.js";

/** Values of means on the scale of the link, on which intervals of them are taken; of quantities on the scale of theirs. */
export function toLink(fit: Fitted, options: CompleteSolveOptions): (values: Float64Array) => Float64Array {
  const { link } = fit.design.predictors[0];
  const quantity = solvedQuantity(fit, options);
  if (quantity !== null) {
    const scale = intervalScale(quantity.kind, fit.compiled.family, fit.compiled.meanLink.name);
    return (values) => (scale === null ? values : values.map((value) => scale.to(value, 1)));
  }
  return (values) => (options.scale === "link" ? values : values.map(linkNamed(link).link));
}
