/** A function to integrate. */
export type Integrand = (x: number) => number;

/** An integral and its estimated error. */
export interface Integral {
  readonly value: number;
  /** Estimate of the absolute error; null for a rule of fixed points, which has none. */
  readonly error: number | null;
  readonly evaluations: number;
  /** Whether every value was finite and, for an adaptive rule, the error asked for was reached. */
  readonly converged: boolean;
  /** In words. */
  readonly reason: string;
}
