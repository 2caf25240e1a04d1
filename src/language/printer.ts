import { checkArgument } from "../argument/checkArgument.js";
import type {
  FamilyArgument,
  ModelAst,
  PredictorStatement,
  PriorStatement,
  PriorTarget,
  ResponseStatement,
} from "./ast.js";
import { printCoefficient } from "./coefficient.js";
import { anAst, aResponse } from "./kinds.js";
import { printExpression, printName } from "./printExpression.js";

export { printExpression, printName };

/** The model as text, one statement a line; `parseModel` reads the same tree back, but for spans and source. */
export function printModel(ast: ModelAst): string {
  checkArgument(anAst, ast, "printModel", "ast");
  const { response, predictors, priors } = ast;
  const lines = [
    `${printResponse(response)} ~ ${printFamilyCall(response)}`,
    ...predictors.map(printPredictor),
    ...priors.map(printPrior),
  ];
  return `${lines.join("\n")}\n`;
}

/** The text of a model: as it was written, or printed where it was put together from parts. */
export function modelText(ast: ModelAst): string {
  checkArgument(anAst, ast, "modelText", "ast");
  const { source } = ast;
  return (source === undefined || source.parts !== undefined ? printModel(ast) : source.text).trimEnd();
}

/** What stands before the `~` of a response: `cases / at_risk | weights(w)`. */
export function printResponse(response: ResponseStatement): string {
  checkArgument(aResponse, response, "printResponse", "response");
  const { expression, additions } = response;
  const text = printExpression(expression);
  const left = text.replace(/^prior(?![\p{L}\p{M}\p{N}_.])/u, "`prior`");
  return additions.length === 0 ? left : `${left} | ${additions.map(printExpression).join(" + ")}`;
}

/** `poisson(mu)` */
export function printFamilyCall({ family, arguments: values }: ResponseStatement): string {
  return `${printName(family.name)}(${values.map(printFamilyArgument).join(", ")})`;
}

/** The first name of a line, which must not read as the word that starts a prior. */
export function printFirstName(name: string): string {
  return name === "prior" ? "`prior`" : printName(name);
}

function printFamilyArgument({ slot, value }: FamilyArgument): string {
  const text = printExpression(value);
  return slot ? `${printName(slot.name)} = ${text}` : text;
}

function printPredictor({ link, parameter, formula }: PredictorStatement): string {
  const isIdentity = link.name === "identity";
  const head = isIdentity
    ? printFirstName(parameter.name)
    : `${printFirstName(link.name)}(${printName(parameter.name)})`;
  return `${head} = ${printExpression(formula)}`;
}

function printPrior({ target, distribution, arguments: values }: PriorStatement): string {
  const numbers = values.map(({ value }) => String(value)).join(", ");
  return `prior ${printTarget(target)} ~ ${printName(distribution.name)}(${numbers})`;
}

/** `sd[subject, x]` */
export function printTarget({ parameter, target, index }: PriorTarget): string {
  const dotted = parameter ? `${parameter.name}.${target.name}` : printName(target.name);
  return index.length === 0 ? dotted : `${dotted}[${index.map(({ name }) => printCoefficient(name)).join(", ")}]`;
}
