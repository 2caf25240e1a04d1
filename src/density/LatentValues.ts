/** Parameters on their own scale, or derivatives with respect to them. */
export interface LatentValues {
  /** Length p, in the coordinates of the sampled X (centred where the prior is on the centred intercept). */
  readonly beta: Float64Array;
  /** Per factor, q x q lower triangular, diagonal >= 0. b = Lambda u. */
  readonly Lambda: readonly Float64Array[];
  /** Length r: of the family's parameters besides the mean, the coefficients of those with predictors, and then those that are scalars. */
  readonly dispersion: Float64Array;
}
