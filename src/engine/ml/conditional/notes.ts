import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import type { MlNote } from "../Estimates.js";
import type { ConditionalProblem } from "./conditionalProblem.js";

/** What a reader of a conditional fit must know; `endless` are the columns whose estimates are infinite. */
export function conditionalNotes(
  view: LatentGaussian,
  problem: ConditionalProblem,
  endless: readonly number[],
): MlNote[] {
  return [...leftOut(view, problem), ...endlessNotes(view, endless), ...uninformativeNotes(view, problem)];
}

/** Fixed effects come first among the quantities. */
export function nameOf(view: LatentGaussian, column: number): string {
  return view.quantities.parameters[column];
}

function namesOf(view: LatentGaussian, columns: readonly number[]): string {
  return columns.map((column) => nameOf(view, column)).join(", ");
}

/** Coefficients that conditioning leaves without information. */
function leftOut(view: LatentGaussian, { constant, dependent }: ConditionalProblem): MlNote[] {
  const [{ name }] = view.factors;
  const notes: MlNote[] = [];
  if (constant.length > 0) {
    notes.push({
      code: "conditioned-out",
      message: `${namesOf(view, constant)} cannot be estimated: constant within every informative group of ${name}`,
      advice: "use aghq or laplace for coefficients that compare groups",
    });
  }
  if (dependent.length > 0) {
    notes.push({
      code: "aliased",
      message: `${namesOf(view, dependent)} left out: within groups of ${name} a combination of earlier columns`,
      advice: "read the other coefficients as those of a model without it",
    });
  }
  return notes;
}

function endlessNotes(view: LatentGaussian, endless: readonly number[]): MlNote[] {
  if (endless.length === 0) return [];
  return [
    {
      code: "separation",
      message:
        `the conditional likelihood rises without end in ${namesOf(view, endless)}: within groups the covariates separate ` +
        "the responses, and the estimate is where the search stopped",
      advice: "leave the covariate out, or fit a Bayesian model with a proper prior on it",
    },
  ];
}

function uninformativeNotes(view: LatentGaussian, { uninformative, strata }: ConditionalProblem): MlNote[] {
  const { noSuccess, noFailure, oneRow } = uninformative;
  const count = noSuccess + noFailure + oneRow;
  if (count === 0) return [];
  const [{ name }] = view.factors;
  const noEvents = view.conditional?.kind === "multinomial" ? "with total 0" : "all 0";
  const reasons = [
    [noSuccess, noEvents],
    [noFailure, "all 1"],
    [oneRow, "of one row"],
  ].flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]));
  return [
    {
      code: "uninformative-strata",
      message: `${count} of ${count + strata.length} groups of ${name} say nothing once their total is given: ${reasons.join(", ")}`,
      advice: "nothing to do; many of them mean that conditioning costs precision, and aghq or laplace use them too",
    },
  ];
}
