import type { LatentGaussian, LatentValues, RowTable } from "../density/LatentGaussian.js";
import { effectsVectors } from "./BlockCholesky.js";
import { type ConditionalModes, ModeSearch } from "./conditionalModes.js";
import { type EffectsHessian, effectsHessian } from "./EffectsHessian.js";
import { addOuter, scaleEffects, scaleTransposed, standardDeviations } from "./effects.js";
import type { ConditionalEffects, MarginalLikelihood } from "./MarginalLikelihood.js";

/**
 * The likelihood with the random effects integrated out by Laplace's approximation, in any structure:
 * L = log p(y | b) - u'u/2 - 1/2 log|H| at the conditional modes u; the powers of 2 pi of the effects' density and of the integral cancel.
 *
 * The modes of the last evaluation that succeeded are where the next one starts. They are this object's only memory; they touch the
 * speed, and the value only by rounding or where a likelihood that is not concave has several modes.
 */
export interface LaplaceMarginal extends MarginalLikelihood {
  /** The modes of the last evaluation, in buffers that the next one overwrites; null before the first. */
  readonly modes: ConditionalModes | null;
  /** Holds the factor of H of the last evaluation, if that succeeded. */
  readonly hessian: EffectsHessian;
}

export function laplaceMarginal(view: LatentGaussian): LaplaceMarginal {
  return new Laplace(view);
}

class Laplace implements LaplaceMarginal {
  modes: ConditionalModes | null = null;
  readonly hessian: EffectsHessian;
  readonly view: LatentGaussian;
  private readonly search: ModeSearch;
  private readonly start: Float64Array[];
  private readonly buffers: Buffers;

  constructor(view: LatentGaussian) {
    this.view = view;
    this.hessian = effectsHessian(view);
    this.search = new ModeSearch(view, this.hessian);
    this.start = effectsVectors(view);
    this.buffers = makeBuffers(view);
  }

  evaluate(values: LatentValues, gradients: LatentValues | null): number {
    const modes = this.search.find(values, this.start, gradients === null ? 2 : 3);
    this.modes = modes;
    if (!modes.converged) return -Infinity;
    this.start.forEach((part, f) => {
      part.set(modes.u[f]);
    });
    if (gradients !== null) laplaceGradient(this.view, this.hessian, values, modes, this.buffers, gradients);
    return modes.value - 0.5 * modes.logDeterminant;
  }

  effects(): ConditionalEffects {
    if (this.modes === null || !this.modes.converged)
      throw new RangeError("the conditional effects are those of an evaluation that succeeded");
    const sds = standardDeviations(this.view, this.hessian.covariance());
    return { modes: this.modes.b.map((part) => part.slice()), sds, means: null };
  }
}

interface Buffers {
  /** Length n each. */
  readonly leverages: Float64Array;
  readonly logDeterminantScore: Float64Array;
  readonly shift: Float64Array;
  readonly score: Float64Array;
  /** One number an effect each. */
  readonly v: readonly Float64Array[];
  readonly scaled: readonly Float64Array[];
  readonly crossed: readonly Float64Array[];
  readonly adjoint: readonly Float64Array[];
}

function makeBuffers(view: LatentGaussian): Buffers {
  const rows = () => new Float64Array(view.rows);
  return {
    leverages: rows(),
    logDeterminantScore: rows(),
    shift: rows(),
    score: rows(),
    v: effectsVectors(view),
    scaled: effectsVectors(view),
    crossed: effectsVectors(view),
    adjoint: view.values().Lambda,
  };
}

/**
 * Implicit differentiation: u moves by du = H^-1 d(Lambda' Z's - u) when the parameters do. With w = -l'' and leverages h,
 * t = -1/2 w' h is how -1/2 log|H| answers to each linear predictor, v = H^-1 Lambda' Z't how it answers to a change of the gradient
 * in u, a = Z Lambda v; then r = s + t - w a is the derivative of L in each row's fixed part.
 */
function laplaceGradient(
  view: LatentGaussian,
  hessian: EffectsHessian,
  values: LatentValues,
  { u, table }: ConditionalModes,
  buffers: Buffers,
  gradients: LatentValues,
): void {
  const { leverages: h, logDeterminantScore: t, shift: a, score: r, v, scaled } = buffers;
  hessian.leverages(h);
  for (let i = 0; i < view.rows; i++) t[i] = 0.5 * table.dEta3[i] * h[i];
  for (let f = 0; f < v.length; f++) {
    view.crossEffects(f, t, v[f]);
    scaleTransposed(values.Lambda[f], v[f]);
  }
  hessian.solve(v);
  for (let f = 0; f < v.length; f++) scaleEffects(values.Lambda[f], v[f], scaled[f]);
  view.predictEffects(scaled, a);
  for (let i = 0; i < view.rows; i++) r[i] = table.dEta[i] + t[i] + table.dEta2[i] * a[i];
  view.crossBeta(r, gradients.beta);
  lambdaGradient(view, hessian, u, table.dEta, buffers, gradients);
  if (view.sizes.dispersion > 0) dispersionGradient(view, table, buffers, gradients);
}

/** The sum over the levels of [Z'r] u' + [Z's] v' - [Z'WZ Lambda H^-1], lower triangle. */
function lambdaGradient(
  view: LatentGaussian,
  hessian: EffectsHessian,
  u: readonly Float64Array[],
  s: Float64Array,
  { score: r, v, crossed, adjoint }: Buffers,
  gradients: LatentValues,
): void {
  hessian.lambdaAdjoint(adjoint);
  view.factors.forEach(({ effects: q }, f) => {
    const out = gradients.Lambda[f];
    for (let row = 0; row < q; row++)
      for (let c = 0; c < q; c++) out[row * q + c] = c <= row ? -adjoint[f][row * q + c] : 0;
    view.crossEffects(f, r, crossed[f]);
    addOuter(crossed[f], u[f], q, out);
    view.crossEffects(f, s, crossed[f]);
    addOuter(crossed[f], v[f], q, out);
  });
}

/** d L / d psi_i = l_psi - 1/2 h dw/dpsi + a s_psi, dw/dpsi = -dEta2Psi. */
function dispersionGradient(
  view: LatentGaussian,
  { dPsi, dEtaPsi, dEta2Psi }: RowTable,
  { leverages: h, shift: a, score }: Buffers,
  gradients: LatentValues,
): void {
  for (let i = 0; i < view.rows; i++) score[i] = dPsi[i] + 0.5 * h[i] * dEta2Psi[i] + a[i] * dEtaPsi[i];
  view.crossDispersion(score, gradients.dispersion);
}
