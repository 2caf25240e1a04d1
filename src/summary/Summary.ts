/** A marginal in numbers, on the quantity's own scale. */
export interface SummaryRow {
  /** `beta[post]` */
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  /** The quantiles are NaN where draws were summarised as they came. */
  readonly median: number;
  readonly q5: number;
  readonly q95: number;
  /** Ends of the equal-tailed interval of the summary's level; NaN where the quantiles are. */
  readonly lower: number;
  readonly upper: number;
  /** Monte Carlo standard error of the mean; absent where nothing was drawn. */
  readonly mcse?: number;
  /** Monte Carlo standard errors of the other numbers; absent where nothing was drawn, or draws were not kept. */
  readonly mcseSd?: number;
  readonly mcseMedian?: number;
  readonly mcseQ5?: number;
  readonly mcseQ95?: number;
  readonly mcseLower?: number;
  readonly mcseUpper?: number;
  /** R-hat and the ESS: of MCMC draws only. NaN where they cannot be computed. */
  readonly rhat?: number;
  readonly essBulk?: number;
  readonly essTail?: number;
}

/** Row of numbers for a random effect, with its factor, level and coefficient. */
export interface RandomEffectRow extends SummaryRow {
  readonly factor: string;
  readonly level: string;
  readonly coefficient: string;
}

/** Probability of the intervals where no other is asked for: their ends are q5 and q95. */
export const DEFAULT_LEVEL = 0.9;

/** Probabilities below the two ends of an equal-tailed interval. */
export function endsOf(level: number): readonly [lower: number, upper: number] {
  return [(1 - level) / 2, (1 + level) / 2];
}

/** Rows of numbers for all parameters and random effects of a posterior. */
export interface Summary {
  /** Probability of the intervals `lower` to `upper`. */
  readonly level: number;
  readonly parameters: readonly SummaryRow[];
  readonly randomEffects: readonly RandomEffectRow[];
  /** Absent where none were asked for. */
  readonly linearCombinations?: readonly SummaryRow[];
}

/** A row without its name. */
export type MarginalSummary = Omit<SummaryRow, "name">;
