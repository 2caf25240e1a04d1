import { checkArgument } from "../argument/checkArgument.js";
import { aNumber, objectWith } from "../argument/kinds.js";
import { densityAt, probabilityBelow, quantileAt, tabulatedDensity } from "../math/tabulatedDensity.js";
import type { DensityMarginal } from "./Posterior.js";

/** The marginal of `tabulatedDensity`, with its errors. */
export function tabulatedMarginal(values: Float64Array, logDensities: Float64Array): DensityMarginal {
  return { kind: "density", ...tabulatedDensity(values, logDensities) };
}

/** The marginal of a quantity that is a constant: one knot. */
export function constantMarginal(value: number): DensityMarginal {
  const knots = { values: Float64Array.of(value), heights: Float64Array.of(0), below: Float64Array.of(0) };
  return { kind: "density", mean: value, sd: 0, knots };
}

/**
 * A marginal's density, distribution function and quantiles at a value or a probability. Of a constant the density is 0; a quantile is NaN for a
 * probability outside of [0, 1].
 */
export function evaluateMarginal(
  marginal: Pick<DensityMarginal, "knots">,
  of: "density" | "probability" | "quantile",
  at: number,
): number {
  checkArgument(aDensity, marginal, "evaluateMarginal", "marginal");
  checkArgument(aNumber, at, "evaluateMarginal", "at");
  const { knots } = marginal;
  if (knots.values.length === 1) return atConstant(knots.values[0], of, at);
  if (of === "density") return densityAt(knots, at);
  return of === "probability" ? probabilityBelow(knots, at) : quantileAt(knots, at);
}

function atConstant(value: number, of: "density" | "probability" | "quantile", at: number): number {
  if (of === "density") return 0;
  if (of === "probability") return at >= value ? 1 : 0;
  return at >= 0 && at <= 1 ? value : Number.NaN;
}

const aDensity = objectWith(
  "not-a-density",
  'a marginal of kind "density", as inla gives it: quantity.marginal',
  { knots: "object" },
  (value) =>
    typeof value === "object" && value !== null && "kind" in value && value.kind === "draws"
      ? "this marginal is known by draws: take fit.draws(name)"
      : null,
);
