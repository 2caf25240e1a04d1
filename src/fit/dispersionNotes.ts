import type { FitReport } from "../report/FitReport.js";
import { formatStatistic } from "../report/numbers.js";
import type { Fit } from "./fitted.js";
import type { MlFit } from "./MlFit.js";

/** What Pearson's chi-square tells of a model of counts: always the number, and a warning where it is large. */
export function dispersionNotes(
  { design }: Pick<Fit, "design">,
  check: MlFit["dispersion"],
): Pick<FitReport, "notes" | "warnings"> {
  if (check === null) return { notes: [], warnings: [] };
  const { chiSquare, degreesOfFreedom, ratio, isLarge } = check;
  const number = `Pearson's chi-square ${formatStatistic(chiSquare)} on ${degreesOfFreedom} degrees of freedom, ratio ${formatStatistic(ratio)}`;
  if (!isLarge) return { notes: [{ code: "dispersion", message: number }], warnings: [] };
  const { family, trials } = design.response;
  const message =
    `overdispersion: ${number}. The responses vary more about their means than the ${family} family allows, so that standard errors ` +
    `and intervals are too narrow, by a factor of about ${formatStatistic(Math.sqrt(ratio))}`;
  const effect = "add an effect for each row: a column that numbers the rows, and the term (1 | row)";
  const advice = trials === null ? `${effect}; or take the family negative_binomial(mu, phi)` : effect;
  return { notes: [], warnings: [{ code: "overdispersion", message, advice }] };
}
