import { checkArgument } from "../../argument/checkArgument.js";
import { isoDay } from "../../data/dates.js";
import { refuseProblems } from "../../engine/checkOptions.js";
import type { OptionProblem } from "../../engine/OptionsError.js";
import { linkNamed } from "../../family/links.js";
import { aFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { inThisThread } from "../../fit/thisThread.js";
import { runSteps, type Steps } from "../../math/steps.js";
import { ResultError } from "../../posterior/ResultError.js";
import type { Fitted } from "../../predict/Fitted.js";
import type { QuantityDraws } from "../../predict/QuantityDraws.js";
import { quantityProblems } from "../../predict/quantities/quantityProblems.js";
import type { Solutions } from "../../summary/Solutions.js";
import { betweenLevels } from "../betweenLevels.js";
import { givenEntries, notAllowed } from "../givenLevels.js";
import { withoutMean } from "../means.js";
import { modelVariables } from "../modelVariables.js";
import { unknownVariable } from "../unknownVariable.js";
import { checkCurves } from "./MeanCurve.js";
import { type CompleteSolveOptions, completeSolveOptions, type SolveOptions } from "./options.js";
import type { Solved } from "./Solved.js";
import { solutionsByDelta } from "./solutionsByDelta.js";
import { solutionDraws, solutionsByDraws } from "./solutionsByDraws.js";
import { solvedQuantity } from "./solvedQuantity.js";

/**
 * Inverse prediction: the value of a numeric variable at which a mean of a fit takes a target, of each cell of a reference grid (as `means` has them), and how these differ. Of a posterior it is found
 * draw by draw; of maximum likelihood at the estimates, with a standard error by the delta method and the set of all values that Wald's test does not tell from the solution (Fieller 1954 of a linear model).
 * Throws OptionsError for options, ResultError where the mean does not take the target in the range, ModelError where the model has no value there, and the signal's reason once it is aborted.
 */
export async function solve(fit: Fit | MlFit, options: SolveOptions): Promise<Solutions> {
  checkArgument(aFit, fit, "solve", "fit");
  const complete = completeSolveOptions(options);
  return runSteps(solveSteps(fit, complete), inThisThread(complete));
}

function* solveSteps(fit: Fitted, options: CompleteSolveOptions): Steps<Solutions> {
  refuseImpossibleQuantity(fit, options);
  refuseImpossibleTarget(fit, options);
  const range = searchedRange(fit, options);
  const isDate = isDateOf(fit, options.for);
  const solved: Solved =
    "ml" in fit ? yield* solutionsByDelta(fit, options, range) : yield* solutionsByDraws(fit, options, range);
  if (solved.rows.every(({ direction }) => direction === null)) throw outOfReach(solved, options, range, isDate);
  const { setting, ...found } = solved;
  const quantity = solvedQuantity(fit, options)?.name ?? null;
  return { ...setting, variable: options.for, quantity, target: options.target, isDate, range, ...found };
}

/** What `solve` tells, at each draw of a posterior. Throws what `solve` throws but for solutions out of reach, which are NaN. */
export function* solveDraws(fit: Fitted, options: CompleteSolveOptions): Steps<QuantityDraws[]> {
  refuseImpossibleQuantity(fit, options);
  refuseImpossibleTarget(fit, options);
  return yield* solutionDraws(fit, options, searchedRange(fit, options));
}

/** Before a model is fitted: whether what options ask for can be solved for. Throws as `solve` does once it is fitted, but where the target is out of reach. */
export function checkSolve(model: ModelToFit, options: CompleteSolveOptions): void {
  refuseImpossibleQuantity(model, options);
  refuseImpossibleTarget(model, options);
  checkCurves(model, options, searchedRange(model, options));
}

/** The range that is given, or that of the values in the data. Throws OptionsError for what is no numeric variable of the mean, or is given elsewhere. */
function searchedRange(fit: ModelToFit, options: CompleteSolveOptions): readonly [number, number] {
  const problems: OptionProblem[] = [];
  const name = options.for;
  const variables = modelVariables(fit).filter(({ role }) => role === "mean" || role === "offset");
  const variable = variables.find((one) => one.name === name);
  const numeric = variables.filter(({ kind }) => kind === "number").map((one) => one.name);
  if (variable === undefined) problems.push(unknownVariable("for", name, numeric, fit));
  else if (variable.range === null)
    problems.push(
      notAllowed(
        "for",
        `for names ${name}, a factor; it must be a number${numeric.length > 0 ? `, as ${numeric.join(", ")}` : ""}`,
      ),
    );
  if (options.effects === "conditional") problems.push(...betweenLevels(fit, name, ""));
  if (options.by.includes(name)) problems.push(notAllowed("by", `by names ${name}, which is solved for`));
  const given = givenEntries(options.at, problems).map(([of]) => of);
  const twice = given.find((of, k) => given.indexOf(of) < k);
  if (twice !== undefined) problems.push(notAllowed("at", `at gives ${twice} twice`));
  if (given.includes(name))
    problems.push(notAllowed("at", `at gives ${name}, which is solved for; range says where is searched`));
  refuseProblems(problems);
  if (options.range !== null) return options.range;
  const [least, most] = variable?.range ?? [Number.NaN, Number.NaN];
  if (least < most) return [least, most];
  throw new ResultError(
    "no-range",
    `${name} is ${least} in all rows, so that the data tell nothing of how the mean changes with it`,
    "solve for another variable",
  );
}

/** Whether the values of a variable are days since 1970-01-01. */
function isDateOf(fit: ModelToFit, name: string): boolean {
  return modelVariables(fit).some((variable) => variable.name === name && variable.column.kind === "date");
}

/** Throws OptionsError for a quantity that the family does not have, or that the delta method says nothing of. */
function refuseImpossibleQuantity(fit: ModelToFit, options: CompleteSolveOptions): void {
  const quantity = solvedQuantity(fit, options);
  if (quantity === null) return;
  const { family } = fit.compiled;
  refuseProblems(quantityProblems([quantity], family));
  if (fit.engine === "ml" && quantity.kind === "quantile" && family.cumulative?.isDiscrete === true)
    refuseProblems([
      notAllowed(
        "quantity",
        `quantity is ${quantity.name}, and a quantile of counts is no smooth function of the estimates; solve for a probability, or with an engine that has a posterior`,
      ),
    ]);
}

/** Throws OptionsError for a target that no linear predictor leads to. */
function refuseImpossibleTarget(fit: ModelToFit, options: CompleteSolveOptions): void {
  const { target, scale } = options;
  const quantity = solvedQuantity(fit, options);
  if (quantity !== null && quantity.kind !== "mean") {
    const { kind, name } = quantity;
    if (kind === "probability" && !(target > 0 && target < 1))
      refuseProblems([notAllowed("target", `target is ${target}, and ${name} lies between 0 and 1`)]);
    if ((kind === "variance" || kind === "sd") && !(target > 0))
      refuseProblems([notAllowed("target", `target is ${target}, and ${name} lies above 0`)]);
    return;
  }
  if (quantity === null && scale === "mean") refuseProblems(withoutMean(fit));
  const { link, inverseLink } = linkNamed(fit.design.predictors[0].link);
  if (scale === "link" || Number.isFinite(link(target))) return;
  const above = inverseLink(1000) > 1 ? "above 0" : "between 0 and 1";
  refuseProblems([notAllowed("target", `target is ${target}, and means of ${fit.design.response.name} lie ${above}`)]);
}

function outOfReach(
  { rows }: Solved,
  { for: variable, target, quantity }: CompleteSolveOptions,
  [lower, upper]: readonly [number, number],
  isDate: boolean,
) {
  const ofVariable = isDate ? isoDay : short;
  const least = Math.min(...rows.map(({ reached }) => reached[0]));
  const largest = Math.max(...rows.map(({ reached }) => reached[1]));
  const known = Number.isFinite(least)
    ? `it goes from ${short(least)} to ${short(largest)}`
    : "the data do not determine it";
  return new ResultError(
    "out-of-reach",
    `${quantity ?? "the mean"} does not take the value ${target} where ${variable} goes from ${ofVariable(lower)} to ${ofVariable(upper)}: ${known}`,
    "give another target, or a range that goes further",
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
