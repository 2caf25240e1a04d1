import { proposeCore, type WidenedPoint } from "../../marginal/proposal.js";
import type { Spread } from "../../marginal/spreads.js";
import type { Standardised } from "../../marginal/standardised.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { smoothedWeights } from "../laplace/importance.js";
import { type ParameterMoments, weightedMoments } from "./parameterMoments.js";
import type { Targets } from "./parameterShapes.js";

/**
 * The core of a proposal as a control variate (Owen & Zhou 2000): most of what weights are uneven by is that positions are spread wider than the
 * density is found to be, and what that does to means is known, for those over the core are.
 */
export class Control {
  /** The log of the mean of the core's own weights, whose expectation is 1. */
  readonly logMean: number;
  private readonly values: readonly Float64Array[];
  private readonly weights: Float64Array;
  private readonly core: readonly Float64Array[];

  /** `values` are the targets' at the positions proposed; `count` positions of the core give its moments, which takes no likelihood. */
  constructor(
    { targets, coordinates, spreads }: Core,
    proposed: readonly WidenedPoint[],
    values: readonly Float64Array[],
    count: number,
    stream: RandomStream,
  ) {
    const own = smoothedWeights(Float64Array.from(proposed, ({ logCore, logDensity }) => logCore - logDensity));
    this.logMean = own.logMean;
    this.weights = own.weights;
    this.values = values;
    this.core = proposeCore(coordinates, spreads, count, stream).map(({ position }) => targets.at(position));
  }

  /** The targets' values, with weights summing to 1 some of which are negative: those given less the core's, and the core itself. */
  sample(weights: Float64Array): SignedSample {
    const { values, core } = this;
    const off = weights.map((weight, i) => weight - this.weights[i]);
    return {
      values: [...values, ...core],
      weights: Float64Array.of(...off, ...core.map(() => 1 / core.length)),
    };
  }

  /** Of functions of the targets by weights summing to 1, less what the same positions are off by over the core. */
  means(given: Float64Array, functions: (values: Float64Array) => Float64Array): Float64Array {
    const { values, weights } = this.sample(given);
    const totals = functions(values[0]).fill(0);
    values.forEach((at, i) => {
      const found = functions(at);
      for (let k = 0; k < totals.length; k++) totals[k] += weights[i] * found[k];
    });
    return totals;
  }

  /** Of the targets. */
  moments(weights: Float64Array): ParameterMoments {
    const { means: centres, sds: units } = weightedMoments(this.values, this.weights);
    const count = centres.length;
    const found = this.means(weights, (values) => {
      const offs = new Float64Array(2 * count);
      for (let k = 0; k < count; k++) {
        offs[k] = (values[k] - centres[k]) / units[k];
        offs[count + k] = offs[k] * offs[k];
      }
      return offs;
    });
    const plain = weightedMoments(this.values, weights);
    return {
      means: centres.map((centre, k) => centre + units[k] * found[k]),
      sds: units.map((unit, k) => {
        const variance = found[count + k] - found[k] ** 2;
        return variance > 0 ? unit * Math.sqrt(variance) : plain.sds[k];
      }),
    };
  }
}

export interface SignedSample {
  readonly values: readonly Float64Array[];
  readonly weights: Float64Array;
}

/** The density that a proposal is wider than, and what means are wanted of. */
export interface Core {
  readonly targets: Targets;
  readonly coordinates: Standardised;
  readonly spreads: readonly Spread[];
}
