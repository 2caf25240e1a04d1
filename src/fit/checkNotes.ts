import { chiSquareTail } from "../math/special/tailProbability.js";
import type { FitReport } from "../report/FitReport.js";
import { formatProbability, formatStatistic } from "../report/numbers.js";
import type { DispersionCheck } from "./dispersion.js";
import type { PreparedModel } from "./PreparedModel.js";
import { type RowChecks, rowChecks } from "./rowChecks.js";

/**
 * A line of checks at estimates of the parameters and random effects, for information: Pearson's chi-square, zeros, rows far out in their distributions; and a warning where
 * counts vary more than the family allows. Nothing where none of them can be had.
 */
export function checkNotes(
  fit: PreparedModel,
  dispersion: DispersionCheck | null,
  parameters: readonly number[],
  effects: readonly number[],
): Pick<FitReport, "notes" | "warnings"> {
  const rows = rowChecks(fit, parameters, effects);
  const parts = [
    ...(dispersion === null || dispersion.isLarge ? [] : [withProbability(dispersion)]),
    ...(rows === null ? [] : rowTexts(rows, fit.design.rows)),
  ];
  return {
    notes: parts.length === 0 ? [] : [{ code: "checks", message: `checks: ${parts.join("; ")}` }],
    warnings: dispersion?.isLarge ? [overdispersion(fit, dispersion)] : [],
  };
}

function number({ chiSquare, degreesOfFreedom, ratio }: DispersionCheck): string {
  return `Pearson's chi-square ${formatStatistic(chiSquare)} on ${degreesOfFreedom} degrees of freedom, ratio ${formatStatistic(ratio)}`;
}

function withProbability(check: DispersionCheck): string {
  const { chiSquare, degreesOfFreedom } = check;
  return `${number(check)} (p ${formatProbability(chiSquareTail(chiSquare, degreesOfFreedom))})`;
}

function rowTexts({ zeros, outer }: RowChecks, rows: number): string[] {
  const most = outer.isExact ? "about" : "at most";
  const share = Number((100 * outer.probability).toPrecision(3));
  const expected = Number((outer.probability * rows).toPrecision(2));
  return [
    ...(zeros === null ? [] : [`zeros ${zeros.observed}, expected ${zeros.lower} to ${zeros.upper}`]),
    `${outer.observed} of ${rows} rows in the outer ${share}% of their distributions, expected ${most} ${expected}`,
  ];
}

function overdispersion({ design }: PreparedModel, check: DispersionCheck): FitReport["warnings"][number] {
  const { family, trials } = design.response;
  const message =
    `overdispersion: ${number(check)}. The responses vary more about their means than the ${family} family allows, so that standard errors ` +
    `and intervals are too narrow, by a factor of about ${formatStatistic(Math.sqrt(check.ratio))}`;
  const effect = "add an effect for each row: a column that numbers the rows, and the term (1 | row)";
  const advice = trials === null ? `${effect}; or take the family negative_binomial(mu, phi)` : effect;
  return { code: "overdispersion", message, advice };
}
