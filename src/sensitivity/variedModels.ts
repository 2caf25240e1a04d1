import type { CompiledModel } from "../density/CompiledModel.js";
import type { PriorAtDraws, ReadDraws } from "../density/priorsAtDraws.js";
import { judgeForPosterior } from "../fit/FitEngine.js";
import type { Fit } from "../fit/fitted.js";
import type { ModelAst, PriorStatement } from "../language/ast.js";
import { ModelError } from "../language/ModelError.js";
import { parseModel } from "../language/parser.js";
import { printModel, printTarget } from "../language/printer.js";
import { SensitivityError } from "./SensitivityError.js";
import { type PlacedStatement, readText, typedError, type VariedStatement } from "./typedParts.js";

/** A fit's model under other prior statements. */
export interface VariedModel {
  /** The statements that were changed: `sd ~ half_normal(1)`. */
  readonly priors: readonly string[];
  readonly ast: ModelAst;
  readonly compiled: CompiledModel;
}

/**
 * The model of a fit with each statement in the place of the one of the same target, or added to the others. Throws ModelError for statements that the
 * model cannot take, SensitivityError for ones that change nothing because others are more specific.
 */
export function variedModel(
  { ast, compiled }: Pick<Fit, "ast" | "compiled">,
  statements: readonly VariedStatement[],
): VariedModel {
  const names = statements.map(({ name }) => name);
  const added = statements.map(statementOf);
  const targets = added.map(({ target }) => printTarget(target));
  const kept = ast.priors.filter(({ target }) => !targets.includes(printTarget(target)));
  const { text, placed } = withStatements(printModel({ ...ast, priors: kept }), statements);
  const varied = parseModel(text, names.join(", "));
  const { model, problems } = compiled.restated(varied);
  const judged = problems.map(judgeForPosterior).filter(({ severity }) => severity !== "note");
  if (model === null || judged.some(({ severity }) => severity === "error")) throw typedError(judged, placed);
  const used = model
    .priorsAtDraws()
    .flatMap(({ statement }) => (statement === null ? [] : [printTarget(statement.target)]));
  const idle = targets.find((target) => !used.includes(target));
  if (idle !== undefined)
    throw new SensitivityError(
      "bad-variation",
      `the prior of ${idle} changes nothing: all that it is on have more specific statements`,
      `vary these: ${[...new Set(used)].join(", ")}`,
    );
  return { priors: names, ast: varied, compiled: model };
}

/** A model's text with statements after it, and where each of them stands. */
function withStatements(model: string, statements: readonly VariedStatement[]) {
  const lines = statements.map((statement) => `prior ${readText(statement)}\n`);
  const placed = statements.map((statement, k) => {
    const offset = [model, ...lines.slice(0, k), "prior "].reduce((sum, { length }) => sum + length, 0);
    return { statement, offset };
  });
  return { text: [model, ...lines].join(""), placed };
}

/** Throws ModelError for what is no statement, and SensitivityError for a constant, which is read with the data. */
function statementOf(statement: VariedStatement): PriorStatement {
  // A model around it, for statements are read in models.
  const { text, placed } = withStatements("y ~ f(m)\nm = 1\n", [statement]);
  const [prior] = readModel(text, placed).priors;
  if (prior.distribution.name === "constant")
    throw new SensitivityError(
      "bad-variation",
      `${statement.name} holds a parameter at a number, which makes another model`,
      "fit that model by itself, or vary a prior that is narrow about the number",
    );
  return prior;
}

function readModel(text: string, placed: readonly PlacedStatement[]): ModelAst {
  try {
    return parseModel(text);
  } catch (error) {
    throw error instanceof ModelError ? typedError(error.problems, placed) : error;
  }
}

/** The log density of all priors at draws, Jacobians included, so that those of different statements compare; what was computed before is remembered by what is printed. */
export function priorReader(read: ReadDraws): (priors: readonly PriorAtDraws[]) => Float64Array {
  const known = new Map<string, Float64Array>();
  const logDensityOf = (prior: PriorAtDraws): Float64Array => {
    const { name, distribution, truncatedTo } = prior.used;
    const key = `${name} ~ ${distribution} ${truncatedTo}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const statistic = prior.statistic(read);
    const values = prior.logDensity(statistic);
    prior.addLogJacobian(statistic, values);
    known.set(key, values);
    return values;
  };
  return (priors) => {
    const parts = priors.map(logDensityOf);
    return parts[0].map((_, s) => parts.reduce((total, part) => total + part[s], 0));
  };
}

/** Whether all that the priors of one model allow is allowed by those of another of the same design, so that its draws may reach everywhere. */
export function isReached(by: CompiledModel, wanted: CompiledModel): boolean {
  const [within, whole] = [wanted, by].map((model) => model.parameterPriors().priors);
  return within.every(({ name, density }, k) => {
    const own = whole[k].density;
    const isBounded = Number.isFinite(own.lower) || Number.isFinite(own.upper);
    if (!isBounded) return true;
    return name === whole[k].name && density.lower >= own.lower && density.upper <= own.upper;
  });
}
