import type { CompiledModel } from "../density/CompiledModel.js";
import type { PriorAtDraws, ReadDraws } from "../density/priorsAtDraws.js";
import { judgeForPosterior } from "../fit/FitEngine.js";
import type { Fit } from "../fit/fitted.js";
import type { ModelAst, PriorStatement } from "../language/ast.js";
import { ModelError } from "../language/ModelError.js";
import { parseModel } from "../language/parser.js";
import { printModel, printTarget } from "../language/printer.js";
import { SensitivityError } from "./SensitivityError.js";

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
  statements: readonly string[],
): VariedModel {
  const name = statements.join(", ");
  const added = statements.map((statement) => statementOf(statement));
  const targets = added.map(({ target }) => printTarget(target));
  const kept = ast.priors.filter(({ target }) => !targets.includes(printTarget(target)));
  const varied = parseModel(printModel({ ...ast, priors: [...kept, ...added] }), name);
  const { model, problems } = compiled.restated(varied);
  const judged = problems.map(judgeForPosterior).filter(({ severity }) => severity !== "note");
  if (model === null || judged.some(({ severity }) => severity === "error"))
    throw new ModelError(judged, varied.source);
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
  return { priors: statements, ast: varied, compiled: model };
}

/** Throws ModelError for what is no statement, and SensitivityError for a constant, which is read with the data. */
function statementOf(text: string): PriorStatement {
  // A model around it, for statements are read in models.
  const whole = parseModel(`y ~ f(m)\nm = 1\nprior ${text}`, text);
  const [statement] = whole.priors;
  if (statement.distribution.name === "constant")
    throw new SensitivityError(
      "bad-variation",
      `${text} holds a parameter at a number, which makes another model`,
      "fit that model by itself, or vary a prior that is narrow about the number",
    );
  return statement;
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
