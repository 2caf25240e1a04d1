import type { RandomStream } from "../math/random/RandomStream.js";
import { randomGamma } from "../math/random/variates.js";
import type { Hyperparameters } from "./Hyperparameters.js";
import { type JointParts, jointDensity } from "./jointDensity.js";
import { linearPredictor } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";
import type { ModelPriors, PredictorPriors, ScalarPrior } from "./resolvePriors.js";
import type { TermCovariance } from "./TermCovariance.js";

/** Parameters and random effects from the prior, and a response from the model at them. */
export interface PriorSimulation {
  /** In the order of the model's quantities: parameters as they are reported, then random effects. */
  readonly draw: Float64Array;
  /** Length n, in the order of the design's rows. */
  readonly response: Float64Array;
}

export interface SimulationParts extends JointParts {
  readonly priors: ModelPriors;
  readonly response: ResponseModel;
  /** The inverse link of each predictor: from eta to the parameter's own scale. */
  readonly inverseLinks: readonly ((eta: number) => number)[];
  /** The dispersion where the model holds it at a number; null where it is free or there is none. */
  readonly fixedDispersion: number | null;
}

/** A draw of everything from the prior predictive distribution. Throws RangeError, fit for the user, where a prior is improper. */
export function simulatePrior(parts: SimulationParts, stream: RandomStream): PriorSimulation {
  const { hyper, response, data, inverseLinks, fixedDispersion } = parts;
  drawHyperparameters(parts, stream);
  const density = jointDensity(parts, "noncentred");
  const position = Float64Array.from({ length: density.dimension }, () => stream.normal());
  hyper.write(position);
  const { parameters, randomEffects } = density.quantities;
  const draw = new Float64Array(parameters.length + randomEffects.length);
  density.constrain(position, draw);
  const effects = effectsOf(data, draw.subarray(parameters.length));
  const [mean, dispersion] = data.map((part, k) => {
    const eta = new Float64Array(part.rows);
    linearPredictor(part, hyper.predictors[k].beta, effects[k], eta);
    return eta.map(inverseLinks[k]);
  });
  const scalar = hyper.scalars.at(0) ?? fixedDispersion ?? 1;
  const simulated = mean.map((mu, i) => response.rows.simulate(stream, i, mu, dispersion?.[i] ?? scalar));
  return { draw, response: simulated };
}

/** Per predictor and factor, J x q each: they stand one after another in a draw. */
function effectsOf(data: readonly PredictorData[], draw: Float64Array): Float64Array[][] {
  let at = 0;
  const next = (length: number) => {
    at += length;
    return draw.subarray(at - length, at);
  };
  return data.map(({ factors }) => factors.map(({ levels, effects }) => next(levels * effects)));
}

/** Sets the buffers of `hyper` that a position is written from: coefficients, sds, correlations, scalars. */
function drawHyperparameters({ priors, hyper }: { priors: ModelPriors; hyper: Hyperparameters }, stream: RandomStream) {
  const draw = ({ used, density }: ScalarPrior): number => {
    if (!used.proper)
      throw new RangeError(`the prior on ${used.name} is improper, so that there is nothing to draw from`);
    return density.quantile(stream.uniform());
  };
  priors.predictors.forEach(({ intercept, coefficients, terms }, k) => {
    const { beta, terms: covariances } = hyper.predictors[k];
    coefficients.forEach((coefficient, column) => {
      const prior = coefficient ?? intercept?.prior;
      if (prior !== undefined) beta[column] = draw(prior);
    });
    terms.forEach((term, t) => {
      term.sds.forEach((prior, c) => {
        if (prior !== null) covariances[t].sds[c] = draw(prior);
      });
      drawCorrelation(term, covariances[t], stream);
    });
  });
  hyper.scalars.set(priors.scalars.map(draw));
}

/**
 * The Cholesky factor of an lkj(eta) matrix by canonical partial correlations (Lewandowski, Kurowicka & Joe 2009): in column j, from 1,
 * (z + 1) / 2 is beta(shape, shape) with shape = eta + (q - 1 - j) / 2.
 */
function drawCorrelation({ cor }: PredictorPriors["terms"][number], term: TermCovariance, stream: RandomStream): void {
  if (cor === null) return;
  const { size: q, correlation: L } = term;
  for (let i = 1; i < q; i++) {
    let left = 1;
    for (let j = 0; j < i; j++) {
      const shape = cor.eta + (q - 2 - j) / 2;
      const [a, b] = [randomGamma(stream, shape), randomGamma(stream, shape)];
      const z = (a - b) / (a + b);
      L[i * q + j] = left * z;
      left *= Math.sqrt((4 * a * b) / ((a + b) * (a + b)));
    }
    L[i * q + i] = left;
  }
}
