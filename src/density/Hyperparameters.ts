import { inside, limitDensity } from "../prior/limits.js";
import { type LkjDensity, lkj } from "../prior/lkj.js";
import { makeCholeskyCorrelation } from "../transform/choleskyCorrelation.js";
import type { ModelPriors, PredictorPriors, ScalarPrior } from "./resolvePriors.js";
import { chainLambda, type TermCovariance, termCovariance, updateLambda } from "./TermCovariance.js";

/**
 * All parameters of a model but its random effects, between the unconstrained scale of a position and their own. A position
 * starts with them: per predictor the coefficients, then per random term its sds and its correlations; last the scalars.
 */
export interface Hyperparameters {
  /** Length of their part of a position. */
  readonly size: number;
  readonly predictors: readonly PredictorHyperparameters[];
  /** The free scalar parameters. */
  readonly scalars: Float64Array;
  /** Input of `chain`. */
  readonly scalarsGradient: Float64Array;
  /** Sets every value from a position; returns the log of its prior density, the Jacobian of the transforms apart. */
  read(position: Float64Array): { logPrior: number; logJacobian: number };
  /**
   * The adjoint of `read`: from d value / d (beta, Lambda, scalars) as the caller left them in the gradient buffers to
   * `gradient`, to which it adds the derivatives of the log prior and the log Jacobian unless told to leave them out.
   */
  chain(gradient: Float64Array, include: { readonly prior: boolean; readonly jacobian: boolean }): void;
  /**
   * Log prior density of the values that stand in the buffers, on the parameters' own scale: of coefficients, sds, correlation
   * matrices and scalars. At an end of a support it is the limit from inside; -Infinity outside.
   */
  logPrior(): number;
  /** Its derivatives, into the gradient buffers of beta, sds, correlation factors and scalars. */
  priorGradient(): void;
  /** Writes the unconstrained position of the values that stand in the buffers (sds, correlations, beta, scalars). */
  write(position: Float64Array): void;
}

export interface PredictorHyperparameters {
  /** Length p, in the coordinates that are sampled. */
  readonly beta: Float64Array;
  readonly betaGradient: Float64Array;
  readonly terms: readonly TermCovariance[];
}

/** A real parameter: where it stands in a position and where its value and gradient live. */
interface ScalarEntry {
  readonly position: number;
  readonly prior: ScalarPrior;
  readonly values: Float64Array;
  readonly gradients: Float64Array;
  readonly at: number;
}

interface CorrelationEntry {
  readonly position: number;
  readonly term: TermCovariance;
  readonly density: LkjDensity;
}

const everything = { prior: true, jacobian: true };

export function hyperparameters(priors: ModelPriors): Hyperparameters {
  const scalarEntries: ScalarEntry[] = [];
  const correlationEntries: CorrelationEntry[] = [];
  let size = 0;
  const addScalar = (prior: ScalarPrior, values: Float64Array, gradients: Float64Array, at: number) => {
    scalarEntries.push({ position: size++, prior, values, gradients, at });
  };
  const addTerm = ({ sds, cor }: PredictorPriors["terms"][number]): TermCovariance => {
    const transform = cor === null ? null : makeCholeskyCorrelation(sds.length);
    const term = termCovariance(sds.length, transform);
    sds.forEach((prior, k) => {
      addScalar(prior, term.sds, term.sdsGradient, k);
    });
    if (cor !== null && transform !== null) {
      correlationEntries.push({ position: size, term, density: lkj(sds.length, cor.eta) });
      size += transform.size;
    }
    return term;
  };
  const predictors = priors.predictors.map(({ intercept, coefficients, terms }) => {
    const beta = new Float64Array(coefficients.length);
    const betaGradient = new Float64Array(coefficients.length);
    coefficients.forEach((coefficient, k) => {
      const prior = coefficient ?? intercept?.prior;
      if (prior !== undefined) addScalar(prior, beta, betaGradient, k);
    });
    return { beta, betaGradient, terms: terms.map(addTerm) };
  });
  const scalars = new Float64Array(priors.scalars.length);
  const scalarsGradient = new Float64Array(priors.scalars.length);
  priors.scalars.forEach((prior, k) => {
    addScalar(prior, scalars, scalarsGradient, k);
  });
  return new HyperparameterMap(size, predictors, scalars, scalarsGradient, scalarEntries, correlationEntries);
}

class HyperparameterMap implements Hyperparameters {
  readonly size: number;
  readonly predictors: readonly PredictorHyperparameters[];
  readonly scalars: Float64Array;
  readonly scalarsGradient: Float64Array;
  private readonly entries: readonly ScalarEntry[];
  private readonly correlations: readonly CorrelationEntry[];
  private readonly terms: readonly TermCovariance[];
  /** The unconstrained values of the last `read`, which `chain` differentiates at. */
  private readonly unconstrained: Float64Array;
  private readonly logs = { logPrior: 0, logJacobian: 0 };

  constructor(
    size: number,
    predictors: readonly PredictorHyperparameters[],
    scalars: Float64Array,
    scalarsGradient: Float64Array,
    entries: readonly ScalarEntry[],
    correlations: readonly CorrelationEntry[],
  ) {
    this.size = size;
    this.predictors = predictors;
    this.scalars = scalars;
    this.scalarsGradient = scalarsGradient;
    this.entries = entries;
    this.correlations = correlations;
    this.terms = predictors.flatMap((part) => part.terms);
    this.unconstrained = new Float64Array(size);
  }

  read(position: Float64Array): { logPrior: number; logJacobian: number } {
    let logPrior = 0;
    let logJacobian = 0;
    for (let i = 0; i < this.size; i++) this.unconstrained[i] = position[i];
    for (const { position: at, prior, values, at: index } of this.entries) {
      const value = prior.transform.constrain(position[at]);
      values[index] = value;
      logPrior += prior.density.logDensity(value);
      logJacobian += prior.transform.logAbsDetJacobian(position[at]);
    }
    for (const { position: at, term, density } of this.correlations) {
      if (term.transform === null) continue;
      logJacobian += term.transform.constrain(position, at, term.correlation);
      logPrior += density.logDensity(term.correlation);
    }
    for (const term of this.terms) updateLambda(term);
    this.logs.logPrior = logPrior;
    this.logs.logJacobian = logJacobian;
    return this.logs;
  }

  chain(gradient: Float64Array, include = everything): void {
    for (const term of this.terms) chainLambda(term);
    for (const { position: at, term, density } of this.correlations) {
      if (term.transform === null) continue;
      if (include.prior) density.addGradient(term.correlation, term.correlationGradient);
      gradient.fill(0, at, at + term.transform.size);
      term.transform.adjoint(term.correlation, term.correlationGradient, gradient, at);
      if (include.jacobian) term.transform.jacobianAdjoint(term.correlation, gradient, at);
    }
    for (const { position: at, prior, values, gradients, at: index } of this.entries) {
      const { transform, density } = prior;
      const unconstrained = this.unconstrained[at];
      const slope = gradients[index] + (include.prior ? density.derivative(values[index]) : 0);
      gradient[at] =
        slope * transform.derivative(unconstrained) +
        (include.jacobian ? transform.logAbsDetJacobianDerivative(unconstrained) : 0);
    }
  }

  logPrior(): number {
    let total = 0;
    for (const { prior, values, at } of this.entries) total += limitDensity(prior.density, values[at]);
    for (const { term, density } of this.correlations) total += density.matrix.logDensity(term.correlation);
    return total;
  }

  priorGradient(): void {
    for (const { prior, values, gradients, at } of this.entries)
      gradients[at] = prior.density.derivative(inside(prior.density, values[at]));
    for (const term of this.terms) term.correlationGradient.fill(0);
    for (const { term, density } of this.correlations)
      density.matrix.addGradient(term.correlation, term.correlationGradient);
  }

  write(position: Float64Array): void {
    for (const { position: at, prior, values, at: index } of this.entries)
      position[at] = prior.transform.unconstrain(values[index]);
    for (const { position: at, term } of this.correlations) term.transform?.unconstrain(term.correlation, position, at);
  }
}
