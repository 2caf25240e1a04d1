/** A weighted sum of coefficients and random effects, by their places in `quantities.parameters` and `quantities.randomEffects`. */
export interface LinearCombination {
  /** As its author wrote it. */
  readonly name: string;
  readonly coefficients: readonly Weight[];
  readonly effects: readonly Weight[];
}

export interface Weight {
  readonly index: number;
  readonly weight: number;
}

/** The part of a combination that the coefficients make, from the population parameters. */
export function ofCoefficients({ coefficients }: LinearCombination, parameters: Float64Array): number {
  return coefficients.reduce((total, { index, weight }) => total + weight * parameters[index], 0);
}
