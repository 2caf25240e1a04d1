import type { HeldCovariance } from "../design/Design.js";
import { inside, limitDensity } from "../prior/limits.js";
import { type LkjDensity, lkj } from "../prior/lkj.js";
import type { Univariate } from "../prior/Prior.js";
import { makeCholeskyCorrelation } from "../transform/choleskyCorrelation.js";
import type { Transform } from "../transform/Transform.js";
import {
  chainOrdered,
  logPriorOfOrdered,
  type OrderedEntry,
  orderedEntry,
  readOrdered,
  writeOrdered,
} from "./orderedScalars.js";
import { type ModelPriors, type PredictorPriors, present } from "./resolvePriors.js";
import { chainLambda, placeHeld, type TermCovariance, termCovariance, updateLambda } from "./TermCovariance.js";
import { TermRecoding } from "./TermRecoding.js";

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
interface ScalarEntry extends PriorEntry {
  readonly position: number;
  readonly transform: Transform;
}

/** A value with a prior. */
interface PriorEntry {
  /** Null for the sd of a recoded effect, whose prior is on those of the written ones. */
  readonly density: Univariate | null;
  readonly values: Float64Array;
  readonly gradients: Float64Array;
  readonly at: number;
}

interface CorrelationEntry {
  readonly position: number;
  /** Whose correlations the position holds. */
  readonly coordinates: TermCovariance;
  /** Whose correlations the density is of: the same unless they are recoded. */
  readonly term: TermCovariance;
  readonly density: LkjDensity;
}

/** A term whose effects are recoded, and the priors of its sds. */
interface RecodedTerm {
  readonly term: TermCovariance;
  readonly recoding: TermRecoding;
  readonly sds: readonly PriorEntry[];
}

/** A term of which something stands at numbers. */
interface HeldTerm {
  readonly term: TermCovariance;
  readonly held: HeldCovariance;
}

const everything = { prior: true, jacobian: true };

export function hyperparameters(priors: ModelPriors): Hyperparameters {
  const scalarEntries: ScalarEntry[] = [];
  const correlationEntries: CorrelationEntry[] = [];
  const recoded: RecodedTerm[] = [];
  const heldTerms: HeldTerm[] = [];
  let size = 0;
  const addScalar = (
    { density, transform }: Pick<ScalarEntry, "density" | "transform">,
    values: Float64Array,
    gradients: Float64Array,
    at: number,
  ) => {
    scalarEntries.push({ position: size++, density, transform, values, gradients, at });
  };
  const addTerm = ({ sds, cor, recoding: wanted, held }: PredictorPriors["terms"][number]): TermCovariance => {
    const transform = cor === null ? null : makeCholeskyCorrelation(sds.length);
    const term = termCovariance(sds.length, transform);
    if (held !== null) heldTerms.push({ term, held });
    const recoding = wanted === null ? null : new TermRecoding(term, wanted);
    const coordinates = recoding?.inner ?? term;
    sds.forEach((prior, k) => {
      if (prior === null) return;
      const own = wanted === null ? prior : { density: null, transform: wanted.transform };
      addScalar(own, coordinates.sds, coordinates.sdsGradient, k);
    });
    if (recoding !== null) {
      const densities = present(sds).map(({ density }) => density);
      const entries = densities.map((density, at) => ({ density, values: term.sds, gradients: term.sdsGradient, at }));
      recoded.push({ term, recoding, sds: entries });
    }
    if (cor !== null && transform !== null) {
      correlationEntries.push({ position: size, coordinates, term, density: lkj(sds.length, cor.eta) });
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
  const ordered = priors.ordered > 0 ? orderedEntry(priors, size, scalars, scalarsGradient) : null;
  size += priors.ordered;
  priors.scalars.forEach((prior, k) => {
    if (k >= priors.ordered) addScalar(prior, scalars, scalarsGradient, k);
  });
  return new HyperparameterMap(
    size,
    { predictors, scalars, scalarsGradient },
    { scalarEntries, correlationEntries, recoded, heldTerms, ordered },
  );
}

type Buffers = Pick<Hyperparameters, "predictors" | "scalars" | "scalarsGradient">;

interface Entries {
  readonly scalarEntries: readonly ScalarEntry[];
  readonly correlationEntries: readonly CorrelationEntry[];
  readonly recoded: readonly RecodedTerm[];
  readonly heldTerms: readonly HeldTerm[];
  readonly ordered: OrderedEntry | null;
}

class HyperparameterMap implements Hyperparameters {
  readonly size: number;
  readonly predictors: readonly PredictorHyperparameters[];
  readonly scalars: Float64Array;
  readonly scalarsGradient: Float64Array;
  private readonly entries: readonly ScalarEntry[];
  private readonly correlations: readonly CorrelationEntry[];
  private readonly recoded: readonly RecodedTerm[];
  private readonly heldTerms: readonly HeldTerm[];
  private readonly ordered: OrderedEntry | null;
  /** The terms whose covariance a position holds as it is. */
  private readonly direct: readonly TermCovariance[];
  /** Values whose priors count, in the order of the entries. */
  private readonly withPriors: readonly PriorEntry[];
  /** The unconstrained values of the last `read`, which `chain` differentiates at. */
  private readonly unconstrained: Float64Array;
  private readonly logs = { logPrior: 0, logJacobian: 0 };

  constructor(size: number, buffers: Buffers, entries: Entries) {
    const { scalarEntries, correlationEntries, recoded, heldTerms } = entries;
    this.ordered = entries.ordered;
    this.size = size;
    this.predictors = buffers.predictors;
    this.scalars = buffers.scalars;
    this.scalarsGradient = buffers.scalarsGradient;
    this.entries = scalarEntries;
    this.correlations = correlationEntries;
    this.recoded = recoded;
    this.heldTerms = heldTerms;
    const others = recoded.map(({ term }) => term);
    this.direct = buffers.predictors.flatMap(({ terms }) => terms.filter((term) => !others.includes(term)));
    this.withPriors = [...scalarEntries, ...recoded.flatMap(({ sds }) => sds)];
    this.unconstrained = new Float64Array(size);
  }

  read(position: Float64Array): { logPrior: number; logJacobian: number } {
    let logPrior = 0;
    let logJacobian = 0;
    for (let i = 0; i < this.size; i++) this.unconstrained[i] = position[i];
    for (const { term, held } of this.heldTerms) placeHeld(term, held);
    for (const { position: at, transform, density, values, at: index } of this.entries) {
      const value = transform.constrain(position[at]);
      values[index] = value;
      if (density !== null) logPrior += density.logDensity(value);
      logJacobian += transform.logAbsDetJacobian(position[at]);
    }
    if (this.ordered !== null) {
      logJacobian += readOrdered(this.ordered, position);
      logPrior += logPriorOfOrdered(this.ordered);
    }
    for (const { position: at, coordinates } of this.correlations)
      if (coordinates.transform !== null)
        logJacobian += coordinates.transform.constrain(position, at, coordinates.correlation);
    for (const { recoding, sds } of this.recoded) {
      logJacobian += recoding.toWritten();
      for (const { density, values, at } of sds) if (density !== null) logPrior += density.logDensity(values[at]);
    }
    for (const { term, density } of this.correlations) logPrior += density.logDensity(term.correlation);
    for (const term of this.direct) updateLambda(term);
    this.logs.logPrior = logPrior;
    this.logs.logJacobian = logJacobian;
    return this.logs;
  }

  chain(gradient: Float64Array, include = everything): void {
    for (const term of this.direct) chainLambda(term);
    for (const { term, sds } of this.recoded) {
      term.sdsGradient.fill(0);
      term.correlationGradient.fill(0);
      if (include.prior)
        for (const { density, values, gradients, at } of sds) gradients[at] = density?.derivative(values[at]) ?? 0;
    }
    if (include.prior)
      for (const { term, density } of this.correlations)
        density.addGradient(term.correlation, term.correlationGradient);
    for (const { recoding } of this.recoded) recoding.chain(include.jacobian);
    for (const { position: at, coordinates } of this.correlations) {
      const { transform, correlation, correlationGradient } = coordinates;
      if (transform === null) continue;
      gradient.fill(0, at, at + transform.size);
      transform.adjoint(correlation, correlationGradient, gradient, at);
      if (include.jacobian) transform.jacobianAdjoint(correlation, gradient, at);
    }
    for (const { position: at, transform, density, values, gradients, at: index } of this.entries) {
      const unconstrained = this.unconstrained[at];
      const slope = gradients[index] + (include.prior && density !== null ? density.derivative(values[index]) : 0);
      gradient[at] =
        slope * transform.derivative(unconstrained) +
        (include.jacobian ? transform.logAbsDetJacobianDerivative(unconstrained) : 0);
    }
    if (this.ordered !== null) chainOrdered(this.ordered, this.unconstrained, include, gradient);
  }

  logPrior(): number {
    let total = 0;
    for (const { density, values, at } of this.withPriors)
      if (density !== null) total += limitDensity(density, values[at]);
    for (const { term, density } of this.correlations) total += density.matrix.logDensity(term.correlation);
    if (this.ordered !== null) total += logPriorOfOrdered(this.ordered);
    return total;
  }

  priorGradient(): void {
    for (const { terms } of this.predictors) for (const { sdsGradient } of terms) sdsGradient.fill(0);
    for (const { density, values, gradients, at } of this.withPriors)
      if (density !== null) gradients[at] = density.derivative(inside(density, values[at]));
    if (this.ordered !== null)
      for (let k = 0; k < this.ordered.size; k++)
        this.scalarsGradient[k] = this.ordered.priors[k].derivative(this.scalars[k]);
    for (const { terms } of this.predictors) for (const { correlationGradient } of terms) correlationGradient.fill(0);
    for (const { term, density } of this.correlations)
      density.matrix.addGradient(term.correlation, term.correlationGradient);
  }

  write(position: Float64Array): void {
    for (const { recoding } of this.recoded) recoding.fromWritten();
    for (const { position: at, transform, values, at: index } of this.entries)
      position[at] = transform.unconstrain(values[index]);
    if (this.ordered !== null) writeOrdered(this.ordered, position);
    for (const { position: at, coordinates } of this.correlations)
      coordinates.transform?.unconstrain(coordinates.correlation, position, at);
  }
}
