import type { PriorStatement } from "../language/ast.js";
import { coefficientKey } from "../language/coefficient.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import type { Design, HeldParameter, PredictorDesign, RandomTerm } from "./Design.js";
import { withColumns } from "./restrictDesign.js";

/** The distribution that holds a parameter at a number. */
export const constant = "constant";

/**
 * The design of the model in which `prior target ~ constant(number)` holds what it names: a coefficient is an offset and its column is
 * gone, a scalar is a number, and correlations of 0 make terms of their own of a term's effects. Other targets are problems.
 */
export function holdConstants(design: Design, priors: readonly PriorStatement[], problems: Problem[]): Design {
  return priors
    .filter(({ distribution }) => distribution.name === constant)
    .reduce((held, statement) => hold(held, statement, priors, problems), design);
}

function hold(
  design: Design,
  statement: PriorStatement,
  priors: readonly PriorStatement[],
  problems: Problem[],
): Design {
  const { target, arguments: numbers, distribution } = statement;
  const [value] = numbers;
  const fail = (message: string, hint: string): Design => {
    problems.push(errorAt("constant", target.span ?? statement.span, message, hint));
    return design;
  };
  if (value === undefined || numbers.length > 1) {
    const message = `constant takes 1 number, not ${numbers.length}`;
    problems.push(errorAt("wrong-arguments", distribution.span, message, "write: constant(value)"));
    return design;
  }
  const name = target.target.name;
  const k =
    target.parameter === undefined
      ? 0
      : design.predictors.findIndex((part) => part.parameter === target.parameter?.name);
  const part = design.predictors.at(k);
  const unknown = (hint: string) => fail(`a prior on ${printed(statement)}, which is not in the model`, hint);
  if (k < 0 || part === undefined)
    return unknown(`parameters: ${design.predictors.map((one) => one.parameter).join(", ")}`);
  const prefix = k === 0 ? "" : `${part.parameter}.`;
  const replaced = (predictor: PredictorDesign, held: readonly HeldParameter[]): Design => ({
    ...design,
    predictors: design.predictors.map((other, l) => (l === k ? predictor : other)),
    held: [...design.held, ...held],
  });
  switch (name) {
    case "intercept":
      return fail(
        "the intercept at the covariates' means cannot be held",
        "hold the raw one: prior beta[Intercept] ~ constant(0)",
      );
    case "sd":
    case "var":
    case "precision":
      return fail(
        "the standard deviation of an effect cannot be held at a number",
        "give it a narrow prior, such as uniform(0.99, 1.01)",
      );
    case "beta": {
      const columns = heldColumns(part, statement, priors);
      if (columns.length === 0) return unknown(`coefficients: ${part.columns.join(", ")}`);
      const held = columns.map((j) => ({ name: `${prefix}beta[${part.columns[j]}]`, value: value.value }));
      return replaced(asOffset(part, columns, value.value, design.rows), held);
    }
    case "cor": {
      if (value.value !== 0)
        return fail(
          "correlations can be held at 0 only",
          "write prior cor ~ constant(0), or (1 + x || g) in the formula",
        );
      const groups = part.randomTerms.filter((term) => term.coefficients.length > 1 && isOn(part, term, statement));
      const held = groups.map((term) => ({ name: `${prefix}cor[${part.factors[term.factor].name}]`, value: 0 }));
      if (held.length === 0) return unknown("correlations are of terms such as (1 + x | g)");
      return replaced(
        {
          ...part,
          randomTerms: part.randomTerms.flatMap((term) => (groups.includes(term) ? uncorrelated(term) : [term])),
        },
        held,
      );
    }
    default: {
      const scalar = design.scalars.find(({ parameter, fixed }) => parameter === name && fixed === null);
      if (scalar === undefined)
        return unknown("targets of constant: beta[name], cor, cor[group], or a parameter such as sigma");
      if (!(value.value > 0))
        return fail(`${name} is positive, and cannot be held at ${value.value}`, `as in prior ${name} ~ constant(1)`);
      const scalars = design.scalars.map((one) => (one === scalar ? { ...one, fixed: value.value } : one));
      return { ...design, scalars, held: [...design.held, { name, value: value.value }] };
    }
  }
}

function printed({ target }: PriorStatement): string {
  const index = target.index.length > 0 ? `[${target.index.map(({ name }) => name).join(", ")}]` : "";
  return `${target.parameter === undefined ? "" : `${target.parameter.name}.`}${target.target.name}${index}`;
}

/** The columns a statement names; `prior beta ~ constant(0)` leaves out the intercept and those with a statement of their own. */
function heldColumns(
  { columns, interceptColumn }: PredictorDesign,
  statement: PriorStatement,
  priors: readonly PriorStatement[],
): number[] {
  const names = (one: PriorStatement, j: number) =>
    one.target.target.name === "beta" &&
    one.target.parameter?.name === statement.target.parameter?.name &&
    one.target.index.length === 1 &&
    coefficientKey(one.target.index[0].name) === coefficientKey(columns[j]);
  const all = columns.map((_, j) => j);
  if (statement.target.index.length > 0) return all.filter((j) => names(statement, j));
  return all.filter((j) => j !== interceptColumn && !priors.some((other) => names(other, j)));
}

/** The predictor without these columns, `value` times each of which is in its offset. */
function asOffset(part: PredictorDesign, held: readonly number[], value: number, rows: number): PredictorDesign {
  const offset = part.offset?.slice() ?? new Float64Array(rows);
  for (const j of held) addScaled(offset, value, part.X.subarray(j * rows, (j + 1) * rows));
  const kept = part.columns.map((_, j) => j).filter((j) => !held.includes(j));
  const isWhole = ({ firstColumn, columnCount }: PredictorDesign["terms"][number]) =>
    Array.from({ length: columnCount }, (_, c) => firstColumn + c).every((j) => kept.includes(j));
  const terms = part.terms.filter(isWhole).map((term) => ({
    ...term,
    firstColumn: kept.indexOf(term.firstColumn),
    // Means over the levels of an interaction are no longer those of its coefficients alone.
    marginal: null,
  }));
  const dependent = part.dependent?.columns.filter(({ column }) => kept.includes(column)) ?? [];
  const moved = dependent.map((one) => ({ ...one, column: kept.indexOf(one.column) }));
  return {
    ...withColumns(part, kept),
    terms,
    offset,
    dependent: moved.length === 0 ? null : { columns: moved, terms },
  };
}

function isOn({ factors }: PredictorDesign, { factor }: RandomTerm, { target: { index } }: PriorStatement): boolean {
  return index.length === 0 || coefficientKey(index[0].name) === coefficientKey(factors[factor].name);
}

/** A term of its own for each effect, as `||` makes them. */
function uncorrelated(term: RandomTerm): RandomTerm[] {
  const rows = term.Z.length / term.coefficients.length;
  return term.coefficients.map((name, c) => ({
    ...term,
    coefficients: [name],
    Z: term.Z.slice(c * rows, (c + 1) * rows),
  }));
}
