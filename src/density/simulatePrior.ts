import type { RandomStream } from "../math/random/RandomStream.js";
import { randomGamma } from "../math/random/variates.js";
import type { JointParts } from "./jointDensity.js";
import { linearPredictor } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";
import type { ModelPriors, PredictorPriors, ScalarPrior } from "./resolvePriors.js";
import { placeHeld, scaleEffects, type TermCovariance, updateLambda } from "./TermCovariance.js";

/** Parameters and random effects from the prior, and a response from the model at them. */
export interface PriorSimulation {
  /** In the order of the model's quantities: parameters as they are reported, then random effects. */
  readonly draw: Float64Array;
  /** Length n, in the order of the design's rows: the mean on the family's own scale, of binomial trials their probability. */
  readonly mean: Float64Array;
  /** Length n, in the order of the design's rows. */
  readonly response: Float64Array;
}

/** Values of parameters by their names, which stand for what their priors say. */
export type StatedValues = ReadonlyMap<string, number>;

export interface SimulationParts extends Pick<JointParts, "data" | "hyper" | "quantities" | "writeParameters"> {
  readonly priors: ModelPriors;
  readonly response: ResponseModel;
  /** How many of the first scalars are thresholds. */
  readonly thresholds: number;
  /** Per predictor: the means of its columns, by which a raw intercept and one at the means differ. */
  readonly columnMeans: readonly Float64Array[];
  /** The inverse link of each predictor: from eta to the parameter's own scale. */
  readonly inverseLinks: readonly ((eta: number) => number)[];
}

const NONE: StatedValues = new Map();

/**
 * A draw of everything from the prior predictive distribution; where values of parameters are stated, given these. Throws RangeError, fit for the user, where
 * a prior that is drawn from is improper, and where stated correlations make no positive definite matrix.
 */
export function simulatePrior(parts: SimulationParts, stream: RandomStream, stated = NONE): PriorSimulation {
  const { hyper, response, data, inverseLinks } = parts;
  drawHyperparameters(parts, stated, stream);
  // What a position stands for, to the bit; a stated value may stand at an end of its support, where no position does.
  if (stated.size === 0) throughPosition(hyper);
  const { parameters, randomEffects } = parts.quantities;
  const draw = new Float64Array(parameters.length + randomEffects.length);
  const at = parts.writeParameters(draw);
  drawEffects(parts, stream, draw.subarray(at));
  const effects = effectsOf(data, draw.subarray(at));
  const [mean, ...others] = data.map((part, k) => {
    const eta = new Float64Array(part.rows);
    linearPredictor(part, hyper.predictors[k].beta, effects[k], eta);
    return eta.map(inverseLinks[k]);
  });
  const phi = new Float64Array(response.parameters.length);
  const simulated = mean.map((mu, i) => {
    response.parameters.forEach((source, k) => {
      if (source.kind === "predictor") phi[k] = others[source.predictor - 1][i];
      else phi[k] = source.kind === "scalar" ? hyper.scalars[source.index] : source.value;
    });
    return response.rows.simulate(stream, i, mu, phi);
  });
  return { draw, mean, response: simulated };
}

function throughPosition(hyper: SimulationParts["hyper"]): void {
  const position = new Float64Array(hyper.size);
  hyper.write(position);
  hyper.read(position);
}

/** Random effects from their distribution at the covariances that stand in `hyper`: b = Lambda u. */
function drawEffects({ data, hyper, priors }: SimulationParts, stream: RandomStream, to: Float64Array): void {
  priors.predictors.forEach(({ terms }, k) => {
    terms.forEach(({ held }, t) => {
      const covariance = hyper.predictors[k].terms[t];
      if (held !== null) placeHeld(covariance, held);
      updateLambda(covariance);
    });
  });
  // A position's standard normals: those of the hyperparameters have no use.
  const position = Float64Array.from({ length: hyper.size + to.length }, () => stream.normal());
  let start = 0;
  data.forEach(({ factors }, k) => {
    for (const { levels, effects, terms, termStart } of factors) {
      const b = to.subarray(start, start + levels * effects);
      terms.forEach((t, place) => {
        scaleEffects(hyper.predictors[k].terms[t], position, hyper.size + start, b, termStart[place], effects);
      });
      start += levels * effects;
    }
  });
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

/** Sets the buffers of `hyper` that a position is written from: coefficients, sds, correlations, scalars; in the order of the model's quantities. */
function drawHyperparameters(parts: SimulationParts, stated: StatedValues, stream: RandomStream): void {
  const { priors, hyper, quantities, columnMeans } = parts;
  const names = quantities.parameters.values();
  const next = () => names.next().value ?? "";
  const value = (name: string, { used, density }: ScalarPrior): number => {
    const given = stated.get(name);
    if (given !== undefined) return given;
    if (!used.proper)
      throw new RangeError(`the prior on ${used.name} is improper, so that there is nothing to draw from`);
    return density.quantile(stream.uniform());
  };
  priors.predictors.forEach(({ intercept, coefficients, terms }, k) => {
    const { beta, terms: covariances } = hyper.predictors[k];
    const columns = coefficients.map((coefficient, column) => {
      const name = next();
      const prior = coefficient ?? intercept?.prior;
      if (prior !== undefined) beta[column] = value(name, prior);
      return name;
    });
    const raw = coefficients.indexOf(null);
    if (intercept?.centred && stated.has(columns[raw])) beta[raw] += sumWithout(raw, beta, columnMeans[k]);
    terms.forEach((term, t) => {
      term.sds.forEach((prior, c) => {
        if (prior !== null) covariances[t].sds[c] = value(next(), prior);
      });
      if (term.cor === null) return;
      const pairs = Array.from({ length: (term.sds.length * (term.sds.length - 1)) / 2 }, next);
      if (pairs.some((pair) => stated.has(pair))) placeStated(covariances[t], pairs, stated);
      else drawCorrelation(term, covariances[t], stream);
    });
  });
  const scalars = priors.scalars.map((prior) => ({ name: next(), prior }));
  const shift = sumWithout(-1, hyper.predictors[0].beta, columnMeans[0]);
  const draw = () =>
    scalars.map(({ name, prior }, k) => value(name, prior) - (k < parts.thresholds && stated.has(name) ? shift : 0));
  const laws = scalars
    .slice(0, priors.ordered)
    .map(({ name, prior }) => (stated.has(name) ? name : prior.used.distribution));
  hyper.scalars.set(ascending(draw, laws));
}

/**
 * Independent draws given that the first ascend, by rejection. Those of one law (named in `laws`, one each) are put
 * into order before: given that they ascend in any order, they do in this one.
 */
function ascending(draw: () => number[], laws: readonly string[]): number[] {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const values = draw();
    for (const law of new Set(laws))
      sortAt(
        values,
        laws.flatMap((other, k) => (other === law ? [k] : [])),
      );
    if (laws.every((_, k) => k === 0 || values[k] > values[k - 1])) return values;
  }
  throw new RangeError("the priors of the thresholds next to never give values that ascend; give them such as do");
}

/** Puts the values at these places into order among themselves. */
function sortAt(values: number[], places: readonly number[]): void {
  const inOrder = places.map((place) => values[place]).sort((a, b) => a - b);
  for (const [rank, place] of places.entries()) values[place] = inOrder[rank];
}

const MOST_ATTEMPTS = 100_000;

/** What the means of the other columns add to the linear predictor. */
function sumWithout(intercept: number, beta: Float64Array, means: Float64Array): number {
  return beta.reduce((sum, value, column) => (column === intercept ? sum : sum + means[column] * value), 0);
}

/** Squared pivots of a correlation matrix that are so near to 0 are 0, as at estimates of singular fits. */
const SINGULAR = 1e-9;

/** The Cholesky factor of a correlation matrix whose pairs are all stated, row by row above the diagonal; a column is zero where the pivot is. */
function placeStated({ size: q, correlation: L }: TermCovariance, pairs: readonly string[], stated: StatedValues) {
  const lacking = pairs.find((pair) => !stated.has(pair));
  if (lacking !== undefined)
    throw new RangeError(
      `the correlations of a random term are stated together or not at all, and ${lacking} is not; state it too`,
    );
  const pairOf = (r: number, s: number) => pairs[(s * (2 * q - s - 1)) / 2 + r - s - 1];
  for (let r = 0; r < q; r++) {
    let left = 1;
    for (let s = 0; s < r; s++) {
      let entry = stated.get(pairOf(r, s)) ?? 0;
      for (let c = 0; c < s; c++) entry -= L[r * q + c] * L[s * q + c];
      const pivot = L[s * q + s];
      // Of effects that earlier ones determine nothing may be left over.
      if (pivot === 0 && entry * entry > SINGULAR) left = -1;
      L[r * q + s] = pivot === 0 ? 0 : entry / pivot;
      left -= L[r * q + s] * L[r * q + s];
    }
    if (!(left >= -SINGULAR))
      throw new RangeError(
        `the stated correlations ${pairs.join(", ")} make no positive definite matrix; state smaller ones`,
      );
    L[r * q + r] = left > SINGULAR ? Math.sqrt(left) : 0;
  }
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
