import type { Problem } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import type { Censoring, Design, Truncation } from "./Design.js";
import { counted, noteAt } from "./problems.js";
import type { Response } from "./response.js";
import type { ResponseValues } from "./responseValues.js";

/**
 * Whether weights divide the variance of a row. Beside known standard errors they multiply its log density, as in brms: an error that is
 * known stays what it is; and so they do beside censoring and truncation.
 */
export function isPrecision({
  family,
  weights,
  errors,
  censoring,
  truncation,
}: Pick<Response, "family" | "weights" | "errors" | "censoring" | "truncation">): boolean {
  const isCut = censoring !== null || truncation !== null;
  return family?.dispersionIsSd === true && (weights === null || (errors === null && !isCut));
}

/** What a fit says of the response: what its weights and known errors mean, and which rows were left out on request. */
export function responseNotes(
  response: Response,
  { excluded }: Pick<Design, "excluded">,
  values: Pick<ResponseValues, "censoring" | "truncation"> | null,
): Problem[] {
  const { family, statement, value, trials, isProportion, weights, errors, addsDispersion, subset } = response;
  const note = (code: string, message: string) => noteAt(code, statement.span, message);
  const dispersion = family?.slots.find(({ kind }) => kind === "auxiliary")?.name ?? "the dispersion";
  const notes: Problem[] = [];
  if (isProportion && trials !== null) {
    const message = `weights(${printExpression(trials)}) are the trials of the proportion ${printExpression(value)}, as in R`;
    notes.push(note("proportion", message));
  }
  if (weights !== null) {
    const w = printExpression(weights);
    const meaning = isPrecision(response)
      ? `precision weights: the variance of a row is ${dispersion}^2 / weight, as in lme4`
      : "likelihood weights: the log density of a row is multiplied by its weight, as in brms";
    notes.push(note("weights", `weights(${w}) are ${meaning}`));
  }
  if (errors !== null) {
    const s = printExpression(errors);
    const meaning = addsDispersion
      ? `the variance of a row is ${dispersion}^2 and the square of ${s}`
      : `the standard error of each row is known, and no ${dispersion} is estimated`;
    notes.push(note("known-errors", `se(${s}): ${meaning}`));
  }
  if (values?.censoring) notes.push(note("censoring", describeCensoring(values.censoring)));
  if (values?.truncation) notes.push(note("truncation", describeTruncation(values.truncation)));
  if (subset !== null)
    notes.push(note("subset", `subset(${printExpression(subset)}) leaves out ${counted(excluded.bySubset, "row")}`));
  if (excluded.byWeight > 0)
    notes.push(note("zero-weight", `${counted(excluded.byWeight, "row")} with a weight of 0 left out`));
  return notes;
}

/** "155 of 394 rows are events, 239 right-censored" */
function describeCensoring({ kinds }: Censoring): string {
  const names: readonly (readonly [number, string])[] = [
    [1, "right-censored"],
    [-1, "left-censored"],
    [2, "interval-censored"],
  ];
  const countOf = (kind: number) => kinds.reduce((sum, own) => sum + Number(own === kind), 0);
  const censored = names.flatMap(([kind, name]) => (countOf(kind) === 0 ? [] : [`${countOf(kind)} ${name}`]));
  return `censoring: of ${counted(kinds.length, "row")} ${countOf(0)} observed, ${censored.join(", ")}`;
}

/** "truncation: responses are seen from 0 to 10" */
function describeTruncation({ lower, upper }: Truncation): string {
  const ends = (bounds: Float64Array) => {
    const [least, most] = [bounds.reduce((a, b) => Math.min(a, b)), bounds.reduce((a, b) => Math.max(a, b))];
    return least === most ? `${least}` : `a bound between ${least} and ${most}`;
  };
  const [from, to] = [lower, upper].map((bounds) => (bounds.every(Number.isFinite) ? ends(bounds) : null));
  const parts = [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`to ${to}`])];
  return `truncation: responses are seen ${parts.join(" ")}`;
}
