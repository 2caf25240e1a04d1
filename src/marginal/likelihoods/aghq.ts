import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { isLong, type Steps } from "../../math/steps.js";
import { type ConditionalModes, ModeSearch } from "../effects/conditionalModes.js";
import { standardDeviations } from "../effects/effects.js";
import { areSameValues, copyOfValues } from "../effects/modesInAdvance.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../factorisations/EffectsHessian.js";
import { nestedHessian } from "../factorisations/nestedHessian.js";
import { factorMarginal } from "./factorMarginal.js";
import type { ConditionalEffects, EffectMoments, MarginalLikelihood } from "./MarginalLikelihood.js";
import { ModeAdjoint } from "./modeAdjoint.js";
import { equalNodes } from "./standardNodes.js";
import { TreeQuadrature } from "./treeQuadrature.js";

/**
 * The likelihood with the random effects integrated out by adaptive Gauss-Hermite quadrature with so many points a dimension, for one
 * grouping factor or a chain of nested ones, with any effects. One point is Laplace's approximation.
 * Throws RangeError for another structure, and where the nodes of one level would not fit in memory.
 */
export function aghqMarginal(view: LatentGaussian, points: number): MarginalLikelihood {
  return factorMarginal(view, points, () => treeMarginal(view, points)) ?? treeMarginal(view, points);
}

/**
 * The same by the trapezoidal rule, where one factor has one effect and the kernel integrates it out: with many points its are both fewer and
 * cheaper than Gauss-Hermite's. Elsewhere Gauss-Hermite's.
 */
export function finelyIntegrated(view: LatentGaussian, points: number): MarginalLikelihood {
  const isOnLine = view.factors.length === 1 && view.factors[0].effects === 1;
  const general = () => treeMarginal(view, points);
  return (isOnLine ? factorMarginal(view, points, general, equalNodes) : null) ?? aghqMarginal(view, points);
}

/** The same in the way that serves every structure: what the kernel of a single factor is checked by, and leaves to it. */
export function treeMarginal(view: LatentGaussian, points: number): MarginalLikelihood {
  return new QuadratureMarginal(view, points);
}

type WantedInAdvance = Parameters<NonNullable<MarginalLikelihood["inAdvance"]>>[1];

/** An evaluation made in advance. */
interface Foreseen {
  readonly at: LatentValues;
  readonly order: 2 | 3;
  readonly hasMoments: boolean;
  readonly modes: ConditionalModes;
  readonly integral: number;
}

class QuadratureMarginal implements MarginalLikelihood {
  readonly view: LatentGaussian;
  private readonly hessian: EffectsHessian;
  private readonly quadrature: TreeQuadrature;
  private readonly search: ModeSearch;
  private foreseen: Foreseen | null = null;
  /** The last modes: where the next search starts. */
  private readonly start: Float64Array[];
  private readonly adjoint: ModeAdjoint;
  /** Whether the quadrature holds the effects' moments at the last evaluation. */
  private hasMoments = false;
  /** The last evaluation that succeeded. */
  private last: { readonly values: LatentValues; readonly modes: ConditionalModes } | null = null;

  constructor(view: LatentGaussian, points: number) {
    if (view.structure !== "single" && view.structure !== "nested")
      throw new RangeError("quadrature needs one grouping factor, or factors nested one in another");
    const factorisation = nestedHessian(view);
    this.view = view;
    this.hessian = effectsHessian(view, factorisation);
    this.quadrature = new TreeQuadrature(view, factorisation, points);
    this.search = new ModeSearch(view, this.hessian);
    this.start = effectsVectors(view);
    this.adjoint = new ModeAdjoint(view, this.hessian);
  }

  inAdvance(values: LatentValues, { gradients, moments = false }: WantedInAdvance): Steps<void> | null {
    return isLong(this.view.rows) ? this.foresee(copyOfValues(values), gradients ? 3 : 2, gradients || moments) : null;
  }

  private *foresee(at: LatentValues, order: 2 | 3, hasMoments: boolean): Steps<void> {
    this.foreseen = null;
    const modes = yield* this.search.findInSteps(at, this.start, order);
    const integral = modes.converged
      ? yield* this.quadrature.integrateInSteps(at, modes, hasMoments)
      : Number.NEGATIVE_INFINITY;
    this.foreseen = { at, order, hasMoments, modes, integral };
  }

  /** The modes, and the integral about them; as foreseen where that was for these arguments. */
  private integrated(values: LatentValues, order: 2 | 3, hasMoments: boolean): Pick<Foreseen, "modes" | "integral"> {
    const { foreseen } = this;
    this.foreseen = null;
    const isKnown = foreseen !== null && foreseen.order === order && foreseen.hasMoments === hasMoments;
    if (isKnown && areSameValues(foreseen.at, values)) return foreseen;
    const modes = this.search.find(values, this.start, order);
    const integral = modes.converged ? this.quadrature.integrate(values, modes, hasMoments) : Number.NEGATIVE_INFINITY;
    return { modes, integral };
  }

  evaluate(values: LatentValues, gradients: LatentValues | null, keepsMoments = false): number {
    this.last = null;
    this.hasMoments = gradients !== null || keepsMoments;
    const { modes, integral } = this.integrated(values, gradients === null ? 2 : 3, this.hasMoments);
    if (!modes.converged) return Number.NEGATIVE_INFINITY;
    for (let f = 0; f < this.start.length; f++) this.start[f].set(modes.u[f]);
    const value = integral - 0.5 * modes.logDeterminant;
    if (!Number.isFinite(value)) return Number.NEGATIVE_INFINITY;
    this.last = { values, modes };
    if (gradients !== null) {
      this.quadrature.writeAdjoint(this.adjoint);
      this.adjoint.chain(values, modes, gradients);
    }
    return value;
  }

  effects(): ConditionalEffects {
    const { modes } = this.evaluated();
    const covariances = this.hessian.covariance().factors.map((blocks) => blocks.slice());
    return {
      modes: modes.b.map((part) => part.slice()),
      sds: standardDeviations(this.view, covariances),
      covariances,
      means: this.effectMoments().means,
    };
  }

  standardisedModes(): readonly Float64Array[] {
    return this.evaluated().modes.u;
  }

  effectMoments(): EffectMoments {
    const { values, modes } = this.evaluated();
    if (!this.hasMoments) this.quadrature.integrate(values, modes, true);
    this.hasMoments = true;
    return this.quadrature.effectMoments();
  }

  private evaluated() {
    if (this.last === null) throw new RangeError("the conditional effects are those of an evaluation that succeeded");
    return this.last;
  }
}
