import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { FactorIntegral } from "../../density/NodeLayout.js";
import type { StandardNodes } from "../../kernel/FactorKernel.js";
import { solveLower } from "../../math/linalg/cholesky.js";
import type { Steps } from "../../math/steps.js";
import { scaleEffects, standardDeviations } from "../effects/effects.js";
import type { ConditionalEffects, EffectMoments, MarginalLikelihood } from "./MarginalLikelihood.js";
import { hermiteNodes } from "./standardNodes.js";

/** More nodes a level are left to the general way, which can say so where they are too many. */
const MOST_NODES = 4096;

/**
 * Adaptive quadrature over the effects of one factor, all in one kernel. Where it cannot be computed `general` has a try. Null for other
 * structures, for families that have no such kernel, and where there are too many nodes for it.
 */
export function factorMarginal(
  view: LatentGaussian,
  points: number,
  general: () => MarginalLikelihood,
  nodesOf: (points: number, q: number) => StandardNodes = hermiteNodes,
): MarginalLikelihood | null {
  const count = nodesOfLevel(view, points);
  const integral = count <= MOST_NODES ? view.factorIntegral(count) : null;
  return integral && new FactorMarginal(view, integral, nodesOf(points, view.factors[0].effects), general);
}

/** The kernel loaded in advance, with pauses, where that takes long: the likelihood with so many points is then made in no time. */
export function kernelInAdvance(view: LatentGaussian, points: number): Steps<void> | null {
  const count = nodesOfLevel(view, points);
  return count <= MOST_NODES ? (view.factorIntegral.inAdvance?.(count) ?? null) : null;
}

function nodesOfLevel({ factors }: LatentGaussian, points: number): number {
  return factors.length === 1 ? points ** factors[0].effects : Number.POSITIVE_INFINITY;
}

class FactorMarginal implements MarginalLikelihood {
  readonly view: LatentGaussian;
  /** With one point there is nothing to average. */
  readonly effectMoments?: () => EffectMoments;
  private readonly integral: FactorIntegral;
  private readonly nodes: StandardNodes;
  private readonly makeGeneral: () => MarginalLikelihood;
  private general: MarginalLikelihood | null = null;
  /** Of the last evaluation: who made it, and what is kept of it. */
  private evaluatedBy: "none" | "kernel" | "general" = "none";
  private values: LatentValues | null = null;
  private hasMoments = false;
  private readonly Lambda: Float64Array;
  private readonly modes: Float64Array;
  private readonly factors: Float64Array;
  private readonly moments: Float64Array;

  constructor(
    view: LatentGaussian,
    integral: FactorIntegral,
    nodes: StandardNodes,
    makeGeneral: () => MarginalLikelihood,
  ) {
    const { modes, factors, moments, LambdaGradient } = integral.module;
    this.view = view;
    this.integral = integral;
    this.nodes = nodes;
    this.makeGeneral = makeGeneral;
    const like = ({ length }: Float64Array) => new Float64Array(length);
    [this.Lambda, this.modes, this.factors, this.moments] = [LambdaGradient, modes, factors, moments].map(like);
    if (nodes.count > 1) this.effectMoments = () => this.momentsOfEffects();
  }

  evaluate(values: LatentValues, gradients: LatentValues | null, keepsMoments = false): number {
    const { module } = this.integral;
    const value = this.integral.integrate(values, this.nodes, {
      derivatives: gradients !== null,
      moments: keepsMoments,
    });
    if (!Number.isFinite(value)) return this.evaluateGenerally(values, gradients, keepsMoments);
    this.evaluatedBy = "kernel";
    this.values = values;
    this.hasMoments = keepsMoments;
    this.Lambda.set(values.Lambda[0]);
    this.modes.set(module.modes);
    this.factors.set(module.factors);
    if (keepsMoments) this.moments.set(module.moments);
    gradients?.beta.set(module.betaGradient);
    gradients?.Lambda[0].set(module.LambdaGradient);
    return value;
  }

  inAdvance(values: LatentValues, { gradients, moments = false }: { gradients: boolean; moments?: boolean }) {
    return this.integral.inAdvance(values, this.nodes, { derivatives: gradients, moments });
  }

  private evaluateGenerally(values: LatentValues, gradients: LatentValues | null, keepsMoments: boolean): number {
    this.general ??= this.makeGeneral();
    const value = this.general.evaluate(values, gradients, keepsMoments);
    this.evaluatedBy = Number.isFinite(value) ? "general" : "none";
    return value;
  }

  effects(): ConditionalEffects {
    if (this.lastGeneral !== null) return this.lastGeneral.effects();
    const means = this.effectMoments?.().means ?? null;
    const covariances = [this.conditionalCovariances()];
    return { modes: [this.effectModes()], sds: standardDeviations(this.view, covariances), covariances, means };
  }

  standardisedModes(): readonly Float64Array[] {
    return this.lastGeneral?.standardisedModes?.() ?? [this.modes];
  }

  private effectModes(): Float64Array {
    const b = new Float64Array(this.modes.length);
    scaleEffects(this.Lambda, this.modes, b);
    return b;
  }

  /** With L L' the curvature of a level, the covariance of b is Lambda (L L')^-1 Lambda'. */
  private conditionalCovariances(): Float64Array {
    const { Lambda, factors, modes } = this;
    const q = this.view.factors[0].effects;
    const roots = new Float64Array(q * q);
    const covariances = new Float64Array(modes.length * q);
    for (let block = 0; block < covariances.length; block += q * q) {
      roots.set(Lambda);
      for (let r = 0; r < q; r++) solveLower(factors, q, roots, block, r * q);
      for (let r = 0; r < q; r++)
        for (let c = 0; c < q; c++)
          for (let k = 0; k < q; k++) covariances[block + r * q + c] += roots[r * q + k] * roots[c * q + k];
    }
    return covariances;
  }

  private momentsOfEffects(): EffectMoments {
    if (this.lastGeneral?.effectMoments !== undefined) return this.lastGeneral.effectMoments();
    if (!this.hasMoments && this.values !== null) this.evaluate(this.values, null, true);
    const { moments } = this;
    const means = this.effectModes();
    const [sds, skewness] = [0, 0].map(() => new Float64Array(means.length));
    for (let k = 0, at = 0; k < means.length; k++, at += 3) {
      const moved = moments[at];
      const squares = moments[at + 1];
      const variance = Math.max(0, squares - moved * moved);
      const third = moments[at + 2] - 3 * moved * squares + 2 * moved * moved * moved;
      means[k] += moved;
      sds[k] = Math.sqrt(variance);
      skewness[k] = variance > 0 ? third / (variance * sds[k]) : 0;
    }
    return { means: [means], sds: [sds], skewness: [skewness] };
  }

  /** Null where the kernel made the last evaluation. */
  private get lastGeneral(): MarginalLikelihood | null {
    if (this.evaluatedBy === "none")
      throw new RangeError("the conditional effects are those of an evaluation that succeeded");
    return this.evaluatedBy === "general" ? this.general : null;
  }
}
