/** A function of the parameters and random effects at the S draws of a posterior, in their order. */
export interface QuantityDraws {
  readonly name: string;
  readonly values: Float64Array;
}
