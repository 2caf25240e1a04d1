import type { PriorStatement } from "../language/ast.js";
import { coefficientKey } from "../language/coefficient.js";
import type { HeldCovariance, HeldParameter, PredictorDesign, RandomTerm } from "./Design.js";
import { findParent } from "./findParent.js";

/** A predictor in which something is held, and what that is; or what is wrong with the statement. */
export type HeldPart =
  | { readonly part: PredictorDesign; readonly held: readonly HeldParameter[] }
  | { readonly message: string; readonly hint: string };

/** Words for the standard deviation of an effect: by itself, by its square, by the inverse of that. */
export const sdTargets: readonly string[] = ["sd", "var", "precision"];

/**
 * The predictor with the standard deviations that a statement names at a number. An effect whose sd is 0 is zero, and left out. Null where
 * the statement names none.
 */
export function holdSds(
  part: PredictorDesign,
  statement: PriorStatement,
  value: number,
  priors: readonly PriorStatement[],
): HeldPart | null {
  const { name } = statement.target.target;
  const sd = sdOf(name, value);
  if (!(sd >= 0 && sd < Infinity)) {
    const range = name === "precision" ? "positive" : "0 or positive";
    return {
      message: `a ${words[name]} is ${range}, and cannot be held at ${value}`,
      hint: `as in prior ${name} ~ constant(1)`,
    };
  }
  const rivals = priors.filter(({ target }) => sdTargets.includes(target.target.name));
  const held: HeldParameter[] = [];
  const randomTerms = part.randomTerms.map((term) => {
    const group = part.factors[term.factor].name;
    const isNamed = term.coefficients.map((coefficient) => covers(statement, [group, coefficient], rivals));
    if (!isNamed.includes(true)) return term;
    term.coefficients.forEach((coefficient, c) => {
      if (isNamed[c]) held.push({ name: `sd[${group}, ${coefficient}]`, value: sd });
    });
    const sds = term.coefficients.map((_, c) => (isNamed[c] ? sd : (term.held?.sds[c] ?? null)));
    return { ...term, held: { sds, correlation: term.held?.correlation ?? null } };
  });
  return held.length === 0 ? null : { part: withoutZeroEffects({ ...part, randomTerms }), held };
}

/** The predictor with the correlations that a statement names at a number: of 0 for any number of effects, of another for two. */
export function holdCorrelations(
  part: PredictorDesign,
  statement: PriorStatement,
  value: number,
  priors: readonly PriorStatement[],
): HeldPart | null {
  const rivals = priors.filter(({ target }) => target.target.name === "cor");
  const groupOf = ({ factor }: RandomTerm) => part.factors[factor].name;
  const named = part.randomTerms.filter(
    (term) => term.coefficients.length > 1 && covers(statement, [groupOf(term)], rivals),
  );
  if (named.length === 0) return null;
  if (!(Math.abs(value) < 1))
    return {
      message: `a correlation lies between -1 and 1, and cannot be held at ${value}`,
      hint: "as in prior cor ~ constant(0.5)",
    };
  const large = named.find((term) => term.coefficients.length > 2);
  if (value !== 0 && large !== undefined)
    return {
      message: `the ${large.coefficients.length} effects over ${groupOf(large)} have a matrix of correlations, which one number does not give`,
      hint: "correlations of more than two effects can be held at 0 only: write prior cor ~ constant(0), or || in the formula",
    };
  const held = named.map((term) => ({ name: `cor[${groupOf(term)}]`, value }));
  const randomTerms = part.randomTerms.flatMap((term) => {
    if (!named.includes(term)) return [term];
    return value === 0 ? uncorrelated(term) : [{ ...term, held: { sds: [null, null], correlation: value } }];
  });
  return { part: { ...part, randomTerms }, held };
}

/** Whether a term has an sd that is a parameter. */
export function hasFreeSd({ held }: Pick<RandomTerm, "held">): boolean {
  return held === undefined || held.sds.includes(null);
}

const words: Readonly<Record<string, string>> = { sd: "standard deviation", var: "variance", precision: "precision" };

function sdOf(target: string, value: number): number {
  return target === "sd" ? value : Math.sqrt(target === "var" ? value : 1 / value);
}

/** Whether a statement is the most specific of those on what has these names. */
function covers(statement: PriorStatement, path: readonly string[], rivals: readonly PriorStatement[]): boolean {
  const lengthOf = ({ target: { parameter, index } }: PriorStatement) =>
    parameter?.name === statement.target.parameter?.name &&
    index.length <= path.length &&
    index.every(({ name }, k) => coefficientKey(name) === coefficientKey(path[k]))
      ? index.length
      : -1;
  const own = lengthOf(statement);
  return own >= 0 && rivals.every((other) => lengthOf(other) <= own);
}

/** A term of its own for each effect, as `||` makes them. */
function uncorrelated(term: RandomTerm): RandomTerm[] {
  return term.coefficients.map((_, c) => withEffects(term, [c]));
}

/** A term with some of its effects. */
function withEffects(term: RandomTerm, kept: readonly number[]): RandomTerm {
  const rows = term.Z.length / term.coefficients.length;
  const Z = new Float64Array(rows * kept.length);
  kept.forEach((c, k) => {
    Z.set(term.Z.subarray(c * rows, (c + 1) * rows), k * rows);
  });
  const own = { ...term, coefficients: kept.map((c) => term.coefficients[c]), Z };
  if (term.held === undefined) return own;
  const { sds, correlation } = term.held;
  const held: HeldCovariance = { sds: kept.map((c) => sds[c]), correlation: kept.length === 2 ? correlation : null };
  return { ...own, held };
}

/** Effects whose sds are held at 0 are gone, and so are terms and factors that have no others. */
function withoutZeroEffects(part: PredictorDesign): PredictorDesign {
  const terms = part.randomTerms.flatMap((term) => {
    const kept = term.coefficients.flatMap((_, c) => (term.held?.sds[c] === 0 ? [] : [c]));
    return kept.length === 0 ? [] : [kept.length === term.coefficients.length ? term : withEffects(term, kept)];
  });
  const used = part.factors.flatMap((_, f) => (terms.some(({ factor }) => factor === f) ? [f] : []));
  const factors = used.map((f) => part.factors[f]);
  return {
    ...part,
    randomTerms: terms.map((term) => ({ ...term, factor: used.indexOf(term.factor) })),
    factors: factors.map((factor, f) => ({ ...factor, parent: findParent(f, factors) })),
  };
}
