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
  /** Monte Carlo standard error of the mean; absent where nothing was drawn. */
  readonly mcse?: number;
  /** Monte Carlo standard errors of the other numbers, of weighted or batched draws only. */
  readonly mcseSd?: number;
  readonly mcseMedian?: number;
  readonly mcseQ5?: number;
  readonly mcseQ95?: number;
  /** R-hat and the ESS: of MCMC draws only. NaN where they cannot be computed. */
  readonly rhat?: number;
  readonly essBulk?: number;
  readonly essTail?: number;
}

export interface RandomEffectRow extends SummaryRow {
  readonly factor: string;
  readonly level: string;
  readonly coefficient: string;
}

export interface Summary {
  readonly parameters: readonly SummaryRow[];
  readonly randomEffects: readonly RandomEffectRow[];
  /** Absent where none were asked for. */
  readonly linearCombinations?: readonly SummaryRow[];
}

/** A row without its name. */
export type MarginalSummary = Omit<SummaryRow, "name">;
