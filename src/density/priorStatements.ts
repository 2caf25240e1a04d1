import { checkArgument } from "../argument/checkArgument.js";
import { aList } from "../argument/kinds.js";
import { constant } from "../design/holdConstants.js";
import type { ModelAst, PriorStatement } from "../language/ast.js";
import { anAst } from "../language/kinds.js";
import type { Problem } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import type { PriorDistribution } from "../prior/Prior.js";

/** The one prior of a correlation matrix; its number is the shape eta. */
export const correlationPrior = "lkj";

/** What can be said of the prior statements without knowing the design: distributions and their numbers. */
export function checkPriorStatements(ast: ModelAst, priors: readonly PriorDistribution[]): Problem[] {
  checkArgument(anAst, ast, "checkPriorStatements", "ast");
  checkArgument(aList, priors, "checkPriorStatements", "priors");
  return ast.priors.flatMap((statement) => checkDistribution(statement, priors));
}

function checkDistribution(statement: PriorStatement, priors: readonly PriorDistribution[]): Problem[] {
  const { distribution, target } = statement;
  // What is held is read with the design.
  if (distribution.name === constant) return [];
  const isCorrelation = target.target.name === "cor";
  if (isCorrelation !== (distribution.name === correlationPrior))
    return [
      problem(
        "wrong-prior",
        distribution,
        isCorrelation ? "cor takes only an lkj prior" : "lkj is a prior of cor only",
        {
          hint: isCorrelation
            ? "write: prior cor ~ lkj(2)"
            : `give ${target.target.name} a univariate prior such as normal(0, 1)`,
        },
      ),
    ];
  if (isCorrelation) return checkLkj(statement);
  const prior = priors.find(({ name }) => name === distribution.name);
  if (prior === undefined) {
    const names = [...priors.map(({ name }) => name), correlationPrior, constant];
    return [
      problem("unknown-distribution", distribution, `unknown distribution "${distribution.name}"`, {
        hint: didYouMean(distribution.name, names, "distributions"),
      }),
    ];
  }
  return checkArguments(statement, prior);
}

function checkArguments(statement: PriorStatement, prior: PriorDistribution): Problem[] {
  const usage = `${prior.name}(${prior.parameters.map(({ name }) => name).join(", ")})`;
  if (statement.arguments.length !== prior.parameters.length)
    return [
      problem(
        "wrong-arguments",
        statement.distribution,
        `${prior.name} takes ${count(prior.parameters.length)}, not ${statement.arguments.length}`,
        { hint: `write: ${usage}` },
      ),
    ];
  const problems = prior.parameters.flatMap((parameter, k) => {
    const complaint = parameter.check(statement.arguments[k].value);
    return complaint === null
      ? []
      : [problem("wrong-arguments", statement.arguments[k], `${parameter.name} of ${prior.name} ${complaint}`, {})];
  });
  if (problems.length > 0) return problems;
  try {
    prior.make(statement.arguments.map(({ value }) => value));
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [problem("wrong-arguments", statement.distribution, error.message, { hint: `write: ${usage}` })];
  }
}

function checkLkj(statement: PriorStatement): Problem[] {
  const [eta] = statement.arguments;
  if (statement.arguments.length !== 1)
    return [
      problem("wrong-arguments", statement.distribution, `lkj takes 1 number, not ${statement.arguments.length}`, {
        hint: "write: lkj(eta)",
      }),
    ];
  return eta.value > 0 ? [] : [problem("wrong-arguments", eta, "eta of lkj must be positive", {})];
}

function count(n: number): string {
  return n === 0 ? "no numbers" : n === 1 ? "1 number" : `${n} numbers`;
}

function problem(
  code: string,
  at: { readonly span?: Problem["span"] },
  message: string,
  more: { readonly hint?: string },
): Problem {
  return { code, severity: "error", message, ...more, ...(at.span === undefined ? {} : { span: at.span }) };
}
