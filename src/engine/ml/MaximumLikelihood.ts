import type { ConditionalEffects } from "../../marginal/MarginalLikelihood.js";

/** What every method of maximum likelihood returns: plain data, on the parameters' own scale. */
export interface MaximumLikelihood {
  readonly engine: "ml";
  readonly method: "lmm" | "aghq" | "laplace" | "pql" | "em" | "conditional";
  /** Quadrature points per effect; null for a method without quadrature. */
  readonly points: number | null;
  readonly reml: boolean;
  /** In the order of the model's quantities; a method that does not estimate one leaves it out. */
  readonly parameters: readonly ParameterEstimate[];
  /** With all constants; null for a method that has no likelihood (PQL). */
  readonly logLikelihood: number | null;
  /** Free parameters counted in AIC and BIC. */
  readonly parameterCount: number;
  readonly effects: ConditionalEffects | null;
  readonly convergence: Convergence;
  /** What the reader must know: singular fits, known biases, coefficients left out. */
  readonly notes: readonly Note[];
}

export interface ParameterEstimate {
  /** `beta[post]`, `sd[subject, Intercept]`, `cor[...]`, `sigma` */
  readonly name: string;
  readonly estimate: number;
  /** NaN at a boundary, where there is none. */
  readonly standardError: number;
  /** Wald interval, 95%. */
  readonly lower: number;
  readonly upper: number;
  /** Of a coefficient in a linear mixed model, by Satterthwaite's approximation: estimate / standardError is t with so many; NaN where it has none. */
  readonly degreesOfFreedom?: number;
}

export interface Convergence {
  readonly converged: boolean;
  /** sqrt(g' H^-1 g): the gradient in the metric of the Hessian. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: number;
}

export interface Note {
  /** A stable word for programs: "singular". */
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}
