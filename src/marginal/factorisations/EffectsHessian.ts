import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import { type BlockCholesky, effectsBlocks } from "./BlockCholesky.js";
import { addBlockProducts, sandwich, transposed } from "./blockProducts.js";
import { crossedHessian, schurSize } from "./crossedHessian.js";
import { nestedHessian } from "./nestedHessian.js";
import { singleHessian } from "./singleHessian.js";
import { sparseHessian } from "./sparseHessian.js";

/**
 * H = Lambda' Z'WZ Lambda + I over the standardised effects u of all factors, b = Lambda u, with Lambda one block a level. It needs no
 * regular Lambda: a variance may be zero. Everything is said of the last H that was factored, and of the arrays it was made of,
 * which must not have changed since.
 */
export interface EffectsHessian {
  /** Returns log |H|, or null if H is not positive definite, which takes rows with a negative weight. */
  factor(ZWZ: EffectsBlocks, Lambda: readonly Float64Array[]): number | null;
  /** r <- H^-1 r in u; one array a factor, level-major. */
  solve(r: readonly Float64Array[]): void;
  /** The blocks of H^-1 that Z'WZ has, in a buffer of this object. */
  inverse(): EffectsBlocks;
  /** The same blocks of Lambda H^-1 Lambda', the covariance of b in the Gaussian approximation; in a buffer of this object. */
  covariance(): EffectsBlocks;
  /** h_i = z_i' Lambda H^-1 Lambda' z_i, d log|H| / d w_i, into `out`, length n. */
  leverages(out: Float64Array): void;
  /**
   * The sum over a factor's levels of their block of Z'WZ Lambda H^-1, into one q x q matrix a factor: the derivative of 1/2 log|H| in
   * Lambda at fixed W, in all q x q entries.
   */
  lambdaAdjoint(out: readonly Float64Array[]): void;
}

/** `factorisation` is the one that suits the model's structure unless another is given. */
export function effectsHessian(view: LatentGaussian, factorisation = blockCholesky(view)): EffectsHessian {
  return new FactoredHessian(view, factorisation);
}

/** Dense Schur complements up to this size are taken without asking what a sparse factorisation would cost. */
const SMALL_SCHUR = 1500;
/** And none above it: the kernel's memory holds three matrices of the size. */
const LARGEST_SCHUR = 13_000;
/** A multiplication of the sparse factorisation costs about this many of the dense one (measured at 700 and 1,100 columns without a zero). */
const SPARSE_COST = 10;

/** The factorisation that suits a model's structure. */
export function blockCholesky(view: LatentGaussian): BlockCholesky {
  if (view.factors.length < 2) return singleHessian(view);
  if (view.structure === "nested") return nestedHessian(view);
  const size = schurSize(view);
  if (size <= SMALL_SCHUR) return crossedHessian(view);
  const sparse = sparseHessian(view);
  return size > LARGEST_SCHUR || SPARSE_COST * sparse.operations < size ** 3 / 6 ? sparse : crossedHessian(view);
}

class FactoredHessian implements EffectsHessian {
  private readonly view: LatentGaussian;
  private readonly factorisation: BlockCholesky;
  private readonly H: EffectsBlocks;
  private ZWZ: EffectsBlocks;
  private Lambda: readonly Float64Array[];
  private readonly inverseBlocks: EffectsBlocks;
  private readonly covarianceBlocks: EffectsBlocks;
  private isInverted = false;

  constructor(view: LatentGaussian, factorisation: BlockCholesky) {
    this.view = view;
    this.factorisation = factorisation;
    this.H = effectsBlocks(view);
    this.inverseBlocks = effectsBlocks(view);
    this.covarianceBlocks = effectsBlocks(view);
    this.ZWZ = this.H;
    this.Lambda = [];
  }

  factor(ZWZ: EffectsBlocks, Lambda: readonly Float64Array[]): number | null {
    this.ZWZ = ZWZ;
    this.Lambda = Lambda;
    this.isInverted = false;
    this.transform(Lambda.map(transposed), ZWZ, Lambda, this.H);
    this.view.factors.forEach(({ levels, effects: q }, f) => {
      const H = this.H.factors[f];
      for (let j = 0; j < levels; j++) for (let e = 0; e < q; e++) H[(j * q + e) * q + e] += 1;
    });
    return this.factorisation.factor(this.H);
  }

  /** Each block B_ab to left_a B_ab right_b. */
  private transform(
    left: readonly Float64Array[],
    blocks: EffectsBlocks,
    right: readonly Float64Array[],
    out: EffectsBlocks,
  ): void {
    const { factors, pairs } = this.view;
    factors.forEach(({ effects: q }, f) => {
      sandwich(left[f], q, blocks.factors[f], right[f], q, out.factors[f]);
    });
    pairs.forEach(({ first: a, second: b }, k) => {
      sandwich(left[a], factors[a].effects, blocks.pairs[k], right[b], factors[b].effects, out.pairs[k]);
    });
  }

  solve(r: readonly Float64Array[]): void {
    this.factorisation.solve(r);
  }

  inverse(): EffectsBlocks {
    if (!this.isInverted) this.factorisation.inverse(this.inverseBlocks);
    this.isInverted = true;
    return this.inverseBlocks;
  }

  covariance(): EffectsBlocks {
    this.transform(this.Lambda, this.inverse(), this.Lambda.map(transposed), this.covarianceBlocks);
    return this.covarianceBlocks;
  }

  leverages(out: Float64Array): void {
    this.view.rowForms(this.covariance(), out);
  }

  lambdaAdjoint(out: readonly Float64Array[]): void {
    const { Lambda, ZWZ, view } = this;
    const { factors, pairs } = this.inverse();
    for (const matrix of out) matrix.fill(0);
    view.factors.forEach(({ effects: q }, f) => {
      addBlockProducts(ZWZ.factors[f], factors[f], q, q, Lambda[f], out[f], null, null);
    });
    view.pairs.forEach(({ first: a, second: b }, k) => {
      const [qa, qb] = [view.factors[a].effects, view.factors[b].effects];
      addBlockProducts(ZWZ.pairs[k], pairs[k], qa, qb, Lambda[b], out[a], Lambda[a], out[b]);
    });
  }
}
