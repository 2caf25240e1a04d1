import type { PriorStatement } from "../language/ast.js";
import { coefficientKey } from "../language/coefficient.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import type { Design, HeldParameter, PredictorDesign } from "./Design.js";
import { heldHypotheses } from "./heldHypotheses.js";
import { type HeldPart, holdCorrelations, holdSds } from "./holdCovariance.js";
import { withColumns } from "./restrictDesign.js";

/** The distribution that holds a parameter at a number. */
export const constant = "constant";

/**
 * The design of the model in which `prior target ~ constant(number)` holds what it names: a coefficient is an offset and its column is
 * gone, the intercept at the covariates' means is an offset beside columns without their means, a scalar is a number, and standard
 * deviations and correlations are written into the random terms. What a statement names in vain is a problem.
 */
export function holdConstants(design: Design, priors: readonly PriorStatement[], problems: Problem[]): Design {
  const constants = priors.filter(({ distribution }) => distribution.name === constant);
  // Correlations are of terms that an sd of 0 makes smaller, and the means are those of the columns that are left.
  const rank = ({ target: { target } }: PriorStatement) =>
    target.name === "cor" ? 0 : target.name === "intercept" ? 2 : 1;
  return constants
    .sort((a, b) => rank(a) - rank(b))
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
  const inTerms = (held: HeldPart | null, hint: string): Design => {
    if (held === null) return unknown(hint);
    if ("message" in held) return fail(held.message, held.hint);
    return replaced(
      held.part,
      held.held.map((one) => ({ ...one, name: `${prefix}${one.name}` })),
    );
  };
  switch (name) {
    case "intercept":
      if (part.interceptColumn < 0) return unknown("the formula has no intercept");
      return replaced(aboutMeans(part, value.value, design.rows), [{ name: `${prefix}intercept`, value: value.value }]);
    case "sd":
    case "var":
    case "precision":
      return inTerms(holdSds(part, statement, value.value, priors), "standard deviations are of terms such as (1 | g)");
    case "beta": {
      const columns = heldColumns(part, statement, priors);
      if (columns.length === 0) return unknown(`coefficients: ${part.columns.join(", ")}`);
      const held = columns.map((j) => ({ name: `${prefix}beta[${part.columns[j]}]`, value: value.value }));
      return replaced(asOffset(part, columns, value.value, design.rows), held);
    }
    case "cor":
      return inTerms(
        holdCorrelations(part, statement, value.value, priors),
        "correlations are of terms such as (1 + x | g)",
      );
    default: {
      const scalar = design.scalars.find(({ parameter, fixed }) => parameter === name && fixed === null);
      if (scalar === undefined)
        return unknown(
          "targets of constant: intercept, beta[name], sd[group], cor[group], or a parameter such as sigma",
        );
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
  const values = new Map(held.map((j) => [j, value]));
  return {
    ...withColumns(part, kept),
    terms: heldHypotheses(part.terms, values, kept),
    offset,
    dependent: part.dependent && heldDependence(part, values, kept),
  };
}

/** The columns that depend on others among those that are kept, and the terms without them. */
function heldDependence(
  { columns, dependent }: PredictorDesign,
  values: ReadonlyMap<number, number>,
  kept: readonly number[],
): PredictorDesign["dependent"] {
  const out = new Set(dependent?.columns.map(({ column }) => column));
  const independent = columns.map((_, j) => j).filter((j) => !out.has(j));
  const places = new Map(independent.map((j, k) => [j, k]));
  const among = (all: readonly number[]) => all.flatMap((j) => places.get(j) ?? []);
  const held = new Map([...values].flatMap(([j, value]) => among([j]).map((k) => [k, value] as const)));
  const left = dependent?.columns.filter(({ column }) => kept.includes(column)) ?? [];
  return {
    columns: left.map((one) => ({ ...one, column: kept.indexOf(one.column) })),
    terms: heldHypotheses(dependent?.terms ?? [], held, among(kept)),
  };
}

/** The predictor with `value` as its intercept at the covariates' means: the other columns are taken about theirs. */
function aboutMeans(part: PredictorDesign, value: number, rows: number): PredictorDesign {
  const X = part.X.map((x, at) => {
    const column = Math.floor(at / rows);
    return column === part.interceptColumn ? x : x - part.columnMeans[column];
  });
  const columnMeans = part.columnMeans.map((mean, column) => (column === part.interceptColumn ? mean : 0));
  return asOffset({ ...part, X, columnMeans }, [part.interceptColumn], value, rows);
}
