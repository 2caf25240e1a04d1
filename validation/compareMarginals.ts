/** A marginal's numbers that an approximation is held to. */
export interface MarginalNumbers {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  readonly q5: number;
  readonly median: number;
  readonly q95: number;
}

/** The same by draws. */
export interface DrawnNumbers extends MarginalNumbers {
  readonly essBulk: number;
  readonly essTail: number;
}

export const measures = ["mean", "sd", "q5", "median", "q95"] as const;
export type Measure = (typeof measures)[number];

/** How far an approximation is from draws. */
export interface MarginalComparison {
  readonly name: string;
  /** In posterior sds; of the sds their log ratio. */
  readonly differences: Readonly<Record<Measure, number>>;
  /** Monte Carlo standard errors that the draws leave in them. */
  readonly errors: Readonly<Record<Measure, number>>;
}

/** What is asked of every marginal of a trusted approximation, on top of `errors` Monte Carlo errors of the draws. */
export const marginalBounds: Readonly<Record<Measure, number>> & { readonly errors: number } = {
  mean: 0.1,
  sd: 0.05,
  q5: 0.1,
  median: 0.1,
  q95: 0.1,
  errors: 4,
};

/** sqrt(p (1 - p)) over a standard normal's density at its quantile, for p = 1/2 and p = 1/20: errors of quantiles times sqrt(ESS) / sd. */
const MEDIAN_ERROR = 1.2533;
const TAIL_ERROR = 2.1132;

export function compareMarginal(ours: MarginalNumbers, reference: DrawnNumbers): MarginalComparison {
  const off = (measure: Measure) => (ours[measure] - reference[measure]) / reference.sd;
  const [ofBulk, ofTail] = [1 / Math.sqrt(reference.essBulk), TAIL_ERROR / Math.sqrt(reference.essTail)];
  return {
    name: ours.name,
    differences: {
      mean: off("mean"),
      sd: Math.log(ours.sd / reference.sd),
      q5: off("q5"),
      median: off("median"),
      q95: off("q95"),
    },
    errors: { mean: ofBulk, sd: ofBulk * Math.SQRT1_2, q5: ofTail, median: MEDIAN_ERROR * ofBulk, q95: ofTail },
  };
}

export interface MarginalsComparison {
  readonly parameters: readonly MarginalComparison[];
  readonly randomEffects: readonly MarginalComparison[];
  /** One line each: what lies beyond the bounds, and names that one side lacks. */
  readonly failures: readonly string[];
}

interface Marginals<Numbers> {
  readonly parameters: readonly Numbers[];
  readonly randomEffects: readonly Numbers[];
}

export function compareMarginals(
  ours: Marginals<MarginalNumbers>,
  reference: Marginals<DrawnNumbers>,
): MarginalsComparison {
  const parameters = pair(ours.parameters, reference.parameters);
  const randomEffects = pair(ours.randomEffects, reference.randomEffects);
  return {
    parameters: parameters.compared,
    randomEffects: randomEffects.compared,
    failures: [
      ...parameters.unmatched,
      ...randomEffects.unmatched,
      ...[...parameters.compared, ...randomEffects.compared].flatMap(beyondBounds),
    ],
  };
}

function pair(ours: readonly MarginalNumbers[], reference: readonly DrawnNumbers[]) {
  const byName = new Map(ours.map((numbers) => [numbers.name, numbers]));
  const names = new Set(reference.map(({ name }) => name));
  const compared: MarginalComparison[] = [];
  const unmatched = ours.flatMap(({ name }) => (names.has(name) ? [] : [`${name}: not in the reference`]));
  for (const expected of reference) {
    const numbers = byName.get(expected.name);
    if (numbers === undefined) unmatched.push(`${expected.name}: in the reference, not in the fit`);
    else compared.push(compareMarginal(numbers, expected));
  }
  return { compared, unmatched };
}

/** NaN is beyond every bound. */
function beyondBounds({ name, differences, errors }: MarginalComparison): string[] {
  return measures.flatMap((measure) => {
    const allowed = marginalBounds[measure] + marginalBounds.errors * errors[measure];
    if (Math.abs(differences[measure]) < allowed) return [];
    return [`${name}: ${measure} is off by ${differences[measure].toFixed(3)}, allowed: ${allowed.toFixed(3)}`];
  });
}

/** The comparison that is furthest from 0 in a measure; null of none. */
export function furthest(comparisons: readonly MarginalComparison[], measure: Measure): MarginalComparison | null {
  const size = ({ differences }: MarginalComparison) => {
    const value = Math.abs(differences[measure]);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  return comparisons.reduce<MarginalComparison | null>((a, b) => (a === null || size(b) > size(a) ? b : a), null);
}
