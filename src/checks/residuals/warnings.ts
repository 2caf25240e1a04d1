import type { Warning } from "../../diagnostics/warnings.js";
import type { QuantileResiduals, ResidualTest } from "../../summary/Residuals.js";

/** A p value below this is told as a warning. */
const SMALL_P = 0.01;

/** What the tests find wrong with all rows together. */
export function residualWarnings({ tests }: Pick<QuantileResiduals, "tests">): Warning[] {
  return tests
    .filter(({ pValue }) => pValue < SMALL_P)
    .map((test) => ({ code: `residual-${test.name}`, message: messageOf(test), advice: adviceOf(test) }));
}

function messageOf({ name, observed, expected, pValue }: ResidualTest): string {
  const p = `p ${pValue.toFixed(4)}`;
  if (name === "uniformity") return `the residuals are not uniform (largest distance ${observed.toFixed(3)}, ${p})`;
  if (name === "dispersion")
    return `the residuals vary ${Number(observed.toPrecision(3))} times as much as those of simulated data (${p})`;
  const what = name === "zeros" ? "zeros" : "rows beyond all of their simulated responses";
  return `${observed} ${what}, where simulated data have ${Number(expected.toPrecision(3))} (${p})`;
}

function adviceOf({ name, observed, expected }: ResidualTest): string {
  if (name === "zeros" && observed > expected)
    return "take negative_binomial or an effect for each row, or look for a covariate that tells who can have none";
  if (name === "zeros") return "look whether zeros could be recorded at all";
  if (name === "dispersion" && observed > expected)
    return "take a family with a dispersion or an effect for each row, or look for a covariate that is missing";
  if (name === "dispersion")
    return "rows may depend on each other, or the family allows for more variation than there is";
  if (name === "outliers") return "look at these rows: residuals of 0 or 1 or close to them";
  return "look at which residuals: against covariates, whose curvature may be missing, and by group";
}
