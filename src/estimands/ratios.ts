import type { Fitted } from "../predict/Fitted.js";
import type { CompleteContrastsOptions } from "./contrastsOptions.js";

/** What exp of a difference of linear predictors is called: "odds ratio". */
export function ratioName({ design, compiled }: Fitted): string {
  const { link } = design.predictors[0];
  return compiled.family.ratios?.[link]?.singular ?? (link === "log" ? "ratio of means" : "exp of difference");
}

/** Why a ratio cannot be had; null where it can. */
export function ratioProblem(
  { design, compiled }: Pick<Fitted, "design" | "compiled">,
  { as, scale }: Pick<CompleteContrastsOptions, "as" | "scale">,
): string | null {
  if (as === "difference") return null;
  const { link } = design.predictors[0];
  const isProbability = design.predictors[0].parameter === "p";
  if (as === "odds-ratio" && !isProbability) return "as is odds-ratio, and the means are no probabilities; take ratio";
  if (scale === "link") {
    if (as === "odds-ratio" && link !== "logit")
      return `as is odds-ratio, and the link is ${link}, of which odds ratios come by the means: take those of scale mean`;
    if (link === "log" || compiled.family.ratios?.[link] !== undefined) return null;
    return `as is ratio, and exp of a difference on the ${link} scale is no ratio; take the ratio of means of scale mean, or the difference`;
  }
  return null;
}
