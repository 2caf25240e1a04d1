import type { Design, GroupingFactor, PredictorDesign } from "../../design/Design.js";

/** Which random terms two responses have in common. */
export interface Sharing {
  /** The grouping factors of whose level both are. */
  readonly factors: readonly string[];
  /** Per random term whether its effects are the same in both. */
  readonly terms: readonly boolean[];
}

/**
 * Two responses of one level of a grouping factor, for each of them: they share the factors that it is nested in, and no others. The last are two of the same levels of all factors, where none
 * of the others is. A factor with a level a row has no two responses in a level, and tells of none.
 */
export function sharings({ predictors: [mean], rows }: Design): Sharing[] {
  const several = mean.factors.map((factor, f) => ({ factor, f })).filter(({ factor }) => !isOfRows(factor, rows));
  const sharing = (has: (f: number) => boolean): Sharing => ({
    factors: mean.factors.filter((_, f) => has(f)).map(({ name }) => name),
    terms: mean.randomTerms.map(({ factor }) => has(factor)),
  });
  const ofFactors = several.map(({ factor }) => {
    const within = several.filter((other) => isNested(factor, other.factor)).map(({ f }) => f);
    return sharing((f) => within.includes(f));
  });
  const isOfAll = ({ factors }: Sharing) => factors.length === several.length;
  if (ofFactors.length === 0 || ofFactors.some(isOfAll)) return ofFactors;
  return [...ofFactors, sharing((f) => several.some((one) => one.f === f))];
}

/** Per random term whether it has a level a row: what is then between the levels is among what rows vary by. */
export function termsOfRows({ randomTerms, factors }: PredictorDesign, rows: number): boolean[] {
  return randomTerms.map(({ factor }) => isOfRows(factors[factor], rows));
}

function isOfRows({ levels }: GroupingFactor, rows: number): boolean {
  return levels.length === rows;
}

/** Whether each level of one factor lies in a single level of the other, as those of the factor itself do. */
function isNested(one: GroupingFactor, other: GroupingFactor): boolean {
  const within = new Int32Array(one.levels.length).fill(-1);
  return one.levelIndex.every((level, i) => {
    if (within[level] < 0) within[level] = other.levelIndex[i];
    return within[level] === other.levelIndex[i];
  });
}
