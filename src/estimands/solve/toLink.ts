import { linkNamed } from "../../family/links.js";
import type { Fitted } from "../../predict/fittedEnsemble.js";
import type { CompleteSolveOptions } from "./options.js";

/** Values of means on the scale of the link, on which intervals of them are taken. */
export function toLink(fit: Fitted, { scale }: CompleteSolveOptions): (values: Float64Array) => Float64Array {
  const { link } = linkNamed(fit.design.predictors[0].link);
  return (values) => (scale === "link" ? values : values.map(link));
}
