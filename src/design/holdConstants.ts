import type { PriorStatement } from "../language/ast.js";
import { coefficientKey } from "../language/coefficient.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import type { Design, PredictorDesign } from "./Design.js";
import { heldHypotheses } from "./heldHypotheses.js";
import { type HeldPart, holdCorrelations, holdSds, sdTargets } from "./holdCovariance.js";
import { predictorName, predictorPrefix } from "./predictorName.js";
import { withColumns } from "./restrictDesign.js";
import { isInSupport, supportWords } from "./scalarSupport.js";

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
  const fail = (message: string, hint: string): Design => {
    problems.push(errorAt("constant", target.span ?? statement.span, message, hint));
    return design;
  };
  const unknown = (hint: string) => fail(`a prior on ${printed(statement)}, which is not in the model`, hint);
  if (numbers.length !== 1) {
    const message = `constant takes 1 number, not ${numbers.length}`;
    problems.push(errorAt("wrong-arguments", distribution.span, message, "write: constant(value)"));
    return design;
  }
  const [{ value }] = numbers;
  const name = target.target.name;
  const addressed = predictorsOf(design, target.parameter?.name);
  if (addressed.length === 0) return unknown(`parameters: ${design.predictors.map(predictorName).join(", ")}`);
  let held = design;
  for (const k of addressed) {
    const part = design.predictors[k];
    const hint = hints[name]?.(part);
    if (hint === undefined) return holdScalar(design, name, value, fail, unknown);
    const found = holdInPredictor(part, statement, value, priors, design.rows);
    if (found === null) return unknown(hint);
    if ("message" in found) return fail(found.message, found.hint);
    const prefix = predictorPrefix(design, k);
    held = {
      ...held,
      predictors: held.predictors.map((other, l) => (l === k ? found.part : other)),
      held: [...held.held, ...found.held.map((one) => ({ ...one, name: `${prefix}${one.name}` }))],
    };
  }
  return held;
}

/** The predictors that a statement is of: without a parameter that of the mean, or those of all categories. */
function predictorsOf({ predictors }: Design, parameter: string | undefined): number[] {
  const isOf = (part: PredictorDesign, k: number) =>
    parameter === undefined
      ? k === 0 || part.category !== undefined
      : parameter === part.parameter || parameter === predictorName(part);
  return predictors.flatMap((part, k) => (isOf(part, k) ? [k] : []));
}

/** Per target within a predictor what there is to hold, said where a statement names something else. */
const hints: Readonly<Record<string, ((part: PredictorDesign) => string) | undefined>> = {
  intercept: () => "the formula has no intercept",
  beta: ({ columns }) => `coefficients: ${columns.join(", ")}`,
  cor: () => "correlations are of terms such as (1 + x | g)",
  ...Object.fromEntries(sdTargets.map((target) => [target, () => "standard deviations are of terms such as (1 | g)"])),
};

/** Null where the predictor has nothing that the statement names. */
function holdInPredictor(
  part: PredictorDesign,
  statement: PriorStatement,
  value: number,
  priors: readonly PriorStatement[],
  rows: number,
): HeldPart | null {
  switch (statement.target.target.name) {
    case "intercept":
      if (part.interceptColumn < 0) return null;
      return { part: aboutMeans(part, value, rows), held: [{ name: "intercept", value }] };
    case "beta": {
      const columns = heldColumns(part, statement, priors);
      if (columns.length === 0) return null;
      const held = columns.map((j) => ({ name: `beta[${part.columns[j]}]`, value }));
      return { part: asOffset(part, columns, value, rows), held };
    }
    case "cor":
      return holdCorrelations(part, statement, value, priors);
    default:
      return holdSds(part, statement, value, priors);
  }
}

function holdScalar(
  design: Design,
  name: string,
  value: number,
  fail: (message: string, hint: string) => Design,
  unknown: (hint: string) => Design,
): Design {
  if (name === "threshold" && design.scalars.some(({ threshold }) => threshold !== undefined))
    return fail(
      "thresholds cannot be held at numbers",
      "give them a narrow prior, as in prior threshold[1] ~ normal(0, 0.1)",
    );
  const scalar = design.scalars.find(({ parameter, fixed }) => parameter === name && fixed === null);
  if (scalar === undefined)
    return unknown("targets of constant: intercept, beta[name], sd[group], cor[group], or a parameter such as sigma");
  if (!isInSupport(scalar.support, value))
    return fail(
      `${name} ${supportWords[scalar.support]}, and cannot be held at ${value}`,
      `as in prior ${name} ~ constant(1)`,
    );
  const scalars = design.scalars.map((one) => (one === scalar ? { ...one, fixed: value } : one));
  return { ...design, scalars, held: [...design.held, { name, value }] };
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
export function heldDependence(
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
