import { heldCovariances, quantities } from "../../density/quantities.js";
import type { Design, RandomTerm } from "../../design/Design.js";
import { predictorPrefix } from "../../design/predictorName.js";

/** A column of a CSV file of Stan: an element of a variable of the model's program. */
export interface StanColumn {
  /** "b_1.3.2": the variable with its indices from 1. */
  readonly name: string;
  /** What results call it; null for what they have no name for. */
  readonly quantity: string | null;
  /** The place of the quantity among the model's, parameters and then random effects; or a number that it always is. */
  readonly source: { readonly place: number } | { readonly value: number };
}

/** The quantities of a model as variables of its Stan program, elements of matrices column by column. */
export function stanColumns(design: Design): StanColumn[] {
  const { parameters, randomEffects } = quantities(design);
  const places = new Map([...parameters, ...randomEffects.map(({ name }) => name)].map((name, place) => [name, place]));
  const held = heldCovariances(design);
  const named = (name: string, quantity: string): StanColumn => {
    const place = places.get(quantity);
    const source = place === undefined ? { value: held.get(quantity) ?? Number.NaN } : { place };
    return { name, quantity, source };
  };
  let t = 0;
  const columns = design.predictors.flatMap((part, k) => {
    const prefix = predictorPrefix(design, k);
    const coefficients = part.columns.map((column, c) =>
      named(`beta_${part.parameter}.${c + 1}`, `${prefix}beta[${column}]`),
    );
    const terms = part.randomTerms.flatMap((term) => termColumns(term, part.factors[term.factor], ++t, prefix, named));
    return [...coefficients, ...terms];
  });
  const scalars = design.scalars
    .filter(({ fixed }) => fixed === null)
    .map(({ parameter }) => named(parameter, parameter));
  return [...columns, ...scalars];
}

function termColumns(
  { coefficients }: RandomTerm,
  { name: factor, levels }: Design["predictors"][number]["factors"][number],
  t: number,
  prefix: string,
  named: (name: string, quantity: string) => StanColumn,
): StanColumn[] {
  const sds = coefficients.map((own, r) => named(`sd_${t}.${r + 1}`, `${prefix}sd[${factor}, ${own}]`));
  const correlation = (r: number, c: number): StanColumn => {
    const name = `cor_${t}.${r + 1}.${c + 1}`;
    if (r === c) return { name, quantity: null, source: { value: 1 } };
    const pair = [coefficients[Math.min(r, c)], coefficients[Math.max(r, c)]];
    return named(name, `${prefix}cor[${factor}, ${pair.join(", ")}]`);
  };
  const correlations =
    coefficients.length === 1 ? [] : coefficients.flatMap((_, c) => coefficients.map((__, r) => correlation(r, c)));
  const effects = coefficients.flatMap((own, c) =>
    levels.map((level, j) => named(`b_${t}.${j + 1}.${c + 1}`, `${prefix}b[${factor}, ${level}, ${own}]`)),
  );
  return [...sds, ...correlations, ...effects];
}
