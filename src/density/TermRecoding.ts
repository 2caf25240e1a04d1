import type { RandomTerm } from "../design/Design.js";
import { type LowerFactor, lowerFactor, lowerFactorAdjoint } from "../math/linalg/lowerFactor.js";
import { matrixProduct, transposedProduct } from "../math/linalg/smallMatrices.js";
import { columnOfOnes, standardBasis } from "../math/linalg/standardBasis.js";
import { mean, standardDeviation } from "../math/moments.js";
import { log } from "../math/special/elementary.js";
import type { Univariate } from "../prior/Prior.js";
import type { Transform } from "../transform/Transform.js";
import {
  chainLambda,
  chainSplit,
  splitLambda,
  type TermCovariance,
  termCovariance,
  updateLambda,
} from "./TermCovariance.js";

/** A mean of a covariate this many of its sds from zero is far. */
const FAR = 5;
/** A column whose sd is this share of its mean is constant but for rounding. */
const CONSTANT = 1e-12;

/** Other effects b* of a level by which a term's are had, b = toWritten b*. Both matrices are q x q, row-major, and inverse to one another. */
export interface EffectsRecoding {
  readonly toWritten: Float64Array;
  readonly fromWritten: Float64Array;
  /** The transform of the sds of b*, which are all in the linear predictor's unit. */
  readonly transform: Transform;
}

/** The coefficients of a term with an intercept whose covariates' means are far from zero; none without one. */
export function farColumns({ Z, coefficients }: RandomTerm): number[] {
  const q = coefficients.length;
  const rows = Z.length / q;
  const intercept = columnOfOnes(Z, q);
  return coefficients.flatMap((_, k) => {
    if (intercept < 0 || k === intercept) return [];
    const column = Z.subarray(k * rows, (k + 1) * rows);
    const [size, sd] = [Math.abs(mean(column)), standardDeviation(column)];
    return size > FAR * sd && sd > CONSTANT * size ? [k] : [];
  });
}

/**
 * The recoding of a term to the effects of its standard basis, the intercept at the covariates' means; null where no mean is far, where the
 * term has no intercept or one effect, and where a prior bounds an sd, which the sds of other effects would not see.
 */
export function recodingOf(
  term: RandomTerm,
  sds: readonly { readonly density: Univariate; readonly transform: Transform }[],
): EffectsRecoding | null {
  const isBounded = sds.some(({ density }) => density.lower !== 0 || density.upper < Infinity);
  if (isBounded || farColumns(term).length === 0) return null;
  const { Z, coefficients } = term;
  const intercept = columnOfOnes(Z, coefficients.length);
  const { fromColumns, toColumns } = standardBasis(Z, coefficients.length, intercept);
  return { toWritten: toColumns, fromWritten: fromColumns, transform: sds[intercept].transform };
}

/**
 * The covariance of a term's effects by that of recoded ones, G = T G* T': a position holds sds and correlations of G*, priors are on those of
 * G. It serves terms whose intercept is far from the data, where sds and correlation of G are nearly functions of one another.
 */
export class TermRecoding {
  /** The covariance of the recoded effects b*. */
  readonly inner: TermCovariance;
  private readonly written: TermCovariance;
  private readonly recoding: EffectsRecoding;
  private readonly logScale: number;
  private factor: LowerFactor;

  constructor(written: TermCovariance, recoding: EffectsRecoding) {
    const { size: q, transform } = written;
    this.written = written;
    this.inner = termCovariance(q, transform);
    this.recoding = recoding;
    this.factor = lowerFactor(recoding.toWritten, q);
    // |dG / dG*| = |T|^(q + 1) for symmetric matrices (Muirhead, 1982, theorem 2.1.6).
    this.logScale = (q + 1) * sum(q, (r) => log(this.factor.L[r * (q + 1)]));
  }

  /** Sets sds, correlations and Lambda of the written effects from those of the inner; returns the log of the Jacobian of (sds, L). */
  toWritten(): number {
    const { inner, written, recoding } = this;
    updateLambda(inner);
    this.factor = lowerFactor(matrixProduct(recoding.toWritten, inner.Lambda, inner.size), inner.size);
    written.Lambda.set(this.factor.L);
    splitLambda(written);
    return this.logScale + logVolume(inner) - logVolume(written);
  }

  /** The inverse of `toWritten`. */
  fromWritten(): void {
    const { inner, written, recoding } = this;
    inner.Lambda.set(lowerFactor(matrixProduct(recoding.fromWritten, written.Lambda, inner.size), inner.size).L);
    splitLambda(inner);
  }

  /**
   * The adjoint of the last `toWritten`: from the derivatives of a value in the written Lambda, and besides them in its sds and correlations, to
   * those in the inner sds and correlations, to which the Jacobian's are added where asked for.
   */
  chain(includeJacobian: boolean): void {
    const { inner, written, recoding, factor } = this;
    const { size: q } = inner;
    const inLambda = written.LambdaGradient.slice();
    if (includeJacobian) addVolumeGradient(written, -1);
    chainSplit(written);
    for (let at = 0; at < inLambda.length; at++) inLambda[at] += written.LambdaGradient[at];
    inner.LambdaGradient.set(transposedProduct(recoding.toWritten, lowerFactorAdjoint(factor, q, inLambda), q));
    chainLambda(inner);
    if (includeJacobian) addVolumeGradient(inner, 1);
  }
}

/** log |d G / d (sds, L)| but for a constant: G by its q (q + 1) / 2 entries, L by those below its diagonal. */
function logVolume({ size: q, sds, correlation: L }: TermCovariance): number {
  return sum(q, (r) => q * log(sds[r]) + (q - r - 1) * log(L[r * (q + 1)]));
}

function addVolumeGradient(
  { size: q, sds, correlation: L, sdsGradient, correlationGradient }: TermCovariance,
  sign: 1 | -1,
): void {
  for (let r = 0; r < q; r++) {
    sdsGradient[r] += (sign * q) / sds[r];
    correlationGradient[r * (q + 1)] += (sign * (q - r - 1)) / L[r * (q + 1)];
  }
}

function sum(count: number, of: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += of(k);
  return total;
}
