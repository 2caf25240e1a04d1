import type { EffectsBlocks, LatentGaussian, LatentValues } from "../density/LatentGaussian.js";
import { effectsBlocks, effectsVectors } from "./BlockCholesky.js";
import { addBlockProducts, sandwich, transposed } from "./blockProducts.js";
import { type ConditionalModes, ModeSearch } from "./conditionalModes.js";
import { type EffectsHessian, effectsHessian } from "./EffectsHessian.js";
import { addOuter, scaleEffects, scaleTransposed, standardDeviations } from "./effects.js";
import { GroupQuadrature, type ModePoint, type NodeAdjoint } from "./groupQuadrature.js";
import type { ConditionalEffects, MarginalLikelihood } from "./MarginalLikelihood.js";
import { type QuadratureGroups, quadratureGroups } from "./quadratureGroups.js";

/**
 * The likelihood with the random effects integrated out by adaptive Gauss-Hermite quadrature with so many points a dimension, for one
 * grouping factor with any effects or for two nested factors. One point is Laplace's approximation.
 * Throws RangeError for another structure, and where the nodes of one level would not fit in memory.
 */
export function aghqMarginal(view: LatentGaussian, points: number): MarginalLikelihood {
  return new QuadratureMarginal(view, quadratureGroups(view, points));
}

class QuadratureMarginal implements MarginalLikelihood {
  readonly view: LatentGaussian;
  private readonly groups: QuadratureGroups;
  private readonly quadrature: GroupQuadrature;
  private readonly hessian: EffectsHessian;
  private readonly search: ModeSearch;
  /** The last modes: where the next search starts. */
  private readonly start: Float64Array[];
  private readonly weights: Float64Array;
  private readonly ZWZ: EffectsBlocks;
  private readonly adjoint: NodeAdjoint;
  private last: ModePoint | null = null;

  constructor(view: LatentGaussian, groups: QuadratureGroups) {
    this.view = view;
    this.groups = groups;
    this.quadrature = new GroupQuadrature(view, groups);
    this.hessian = effectsHessian(view);
    this.search = new ModeSearch(view, this.hessian);
    this.start = effectsVectors(view);
    this.weights = new Float64Array(view.rows);
    this.ZWZ = effectsBlocks(view);
    this.adjoint = {
      eta: new Float64Array(view.rows),
      psi: new Float64Array(view.rows),
      Lambda: view.values().Lambda,
      u: effectsVectors(view),
      H: effectsBlocks(view),
    };
  }

  evaluate(values: LatentValues, gradients: LatentValues | null): number {
    this.last = null;
    const modes = this.search.find(values, this.start, gradients === null ? 2 : 3);
    if (!modes.converged) return Number.NEGATIVE_INFINITY;
    for (let f = 0; f < this.start.length; f++) this.start[f].set(modes.u[f]);
    for (let i = 0; i < this.weights.length; i++) this.weights[i] = -modes.table.dEta2[i];
    this.view.accumulateEffects(this.weights, this.ZWZ);
    const point = { values, u: modes.u, table: modes.table, ZWZ: this.ZWZ };
    if (gradients !== null) clear(this.adjoint);
    let total = 0;
    for (let g = 0; g < this.groups.count; g++) {
      total += this.quadrature.forward(g, point);
      if (!Number.isFinite(total)) return Number.NEGATIVE_INFINITY;
      if (gradients !== null) this.quadrature.backward(g, point, this.adjoint);
    }
    this.last = point;
    if (gradients !== null) chainModes(this.view, this.hessian, modes, point, this.adjoint, gradients);
    return total;
  }

  effects(): ConditionalEffects {
    const point = this.last;
    if (point === null) throw new RangeError("the conditional effects are those of an evaluation that succeeded");
    const means = effectsVectors(this.view);
    for (let g = 0; g < this.groups.count; g++) {
      this.quadrature.forward(g, point);
      this.quadrature.writeMeans(g, point, means);
    }
    const scaled = (u: readonly Float64Array[]) =>
      u.map((part, f) => {
        const b = new Float64Array(part.length);
        scaleEffects(point.values.Lambda[f], part, b);
        return b;
      });
    const sds = standardDeviations(this.view, this.hessian.covariance());
    return { modes: scaled(point.u), sds, means: scaled(means) };
  }
}

function clear({ eta, psi, Lambda, u, H }: NodeAdjoint): void {
  for (const array of [eta, psi, ...Lambda, ...u, ...H.factors, ...H.pairs]) array.fill(0);
}

/**
 * From derivatives in nodes, modes and H to those in the parameters. H answers to each row through its weight w = -l'', whose own answer
 * to eta is t; the modes move by du = H^-1 d(Lambda' Z's - u), so that v = H^-1 of their adjoint and a = Z Lambda v; then
 * r = eta + t - w a is the derivative in each row's fixed part.
 */
function chainModes(
  view: LatentGaussian,
  hessian: EffectsHessian,
  { u, table }: ConditionalModes,
  { values, ZWZ }: ModePoint,
  adjoint: NodeAdjoint,
  gradients: LatentValues,
): void {
  const [weightAdjoint, t, a, r] = [0, 0, 0, 0].map(() => new Float64Array(view.rows));
  view.rowForms(conjugated(view, adjoint.H, values.Lambda), weightAdjoint);
  for (let i = 0; i < view.rows; i++) t[i] = -weightAdjoint[i] * table.dEta3[i];
  const v = effectsVectors(view);
  view.factors.forEach((_, f) => {
    view.crossEffects(f, t, v[f]);
    scaleTransposed(values.Lambda[f], v[f]);
    for (let k = 0; k < v[f].length; k++) v[f][k] += adjoint.u[f][k];
  });
  hessian.solve(v);
  const scaled = effectsVectors(view);
  view.factors.forEach((_, f) => {
    scaleEffects(values.Lambda[f], v[f], scaled[f]);
  });
  view.predictEffects(scaled, a);
  for (let i = 0; i < view.rows; i++) {
    t[i] += table.dEta2[i] * a[i];
    r[i] = adjoint.eta[i] + t[i];
  }
  view.crossBeta(r, gradients.beta);
  lambdaGradients(view, ZWZ, values, adjoint, gradients);
  view.factors.forEach(({ effects: q }, f) => {
    view.crossEffects(f, t, scaled[f]);
    addOuter(scaled[f], u[f], q, gradients.Lambda[f]);
    view.crossEffects(f, table.dEta, scaled[f]);
    addOuter(scaled[f], v[f], q, gradients.Lambda[f]);
  });
  if (view.sizes.dispersion === 0) return;
  for (let i = 0; i < view.rows; i++)
    r[i] = adjoint.psi[i] - weightAdjoint[i] * table.dEta2Psi[i] + a[i] * table.dEtaPsi[i];
  view.crossDispersion(r, gradients.dispersion);
}

/** Lambda B Lambda', block by block. */
function conjugated(view: LatentGaussian, B: EffectsBlocks, Lambda: readonly Float64Array[]): EffectsBlocks {
  const out = effectsBlocks(view);
  const { factors, pairs } = view;
  factors.forEach(({ effects: q }, f) => {
    sandwich(Lambda[f], q, B.factors[f], transposed(Lambda[f]), q, out.factors[f]);
  });
  pairs.forEach(({ first: a, second: b }, k) => {
    const [rows, columns] = [factors[a].effects, factors[b].effects];
    sandwich(Lambda[a], rows, B.pairs[k], transposed(Lambda[b]), columns, out.pairs[k]);
  });
  return out;
}

/** Sets the lower triangles to what comes through the nodes and through H = Lambda' Z'WZ Lambda + I at fixed W: 2 Z'WZ Lambda (dH). */
function lambdaGradients(
  { factors, pairs }: LatentGaussian,
  ZWZ: EffectsBlocks,
  { Lambda }: LatentValues,
  adjoint: NodeAdjoint,
  gradients: LatentValues,
): void {
  const through = Lambda.map(({ length }) => new Float64Array(length));
  factors.forEach(({ effects: q }, f) => {
    addBlockProducts(ZWZ.factors[f], adjoint.H.factors[f], q, q, Lambda[f], through[f], null, null);
  });
  pairs.forEach(({ first: a, second: b }, k) => {
    const [qa, qb] = [factors[a].effects, factors[b].effects];
    addBlockProducts(ZWZ.pairs[k], adjoint.H.pairs[k], qa, qb, Lambda[b], through[a], Lambda[a], through[b]);
  });
  factors.forEach(({ effects: q }, f) => {
    for (let r = 0; r < q; r++)
      for (let c = 0; c < q; c++) {
        const at = r * q + c;
        gradients.Lambda[f][at] = c <= r ? adjoint.Lambda[f][at] + 2 * through[f][at] : 0;
      }
  });
}
