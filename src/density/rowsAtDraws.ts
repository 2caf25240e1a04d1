import type { Design, PredictorDesign, RandomTerm } from "../design/Design.js";
import type { RowDerivatives } from "../family/Family.js";
import { semiCholesky } from "../math/linalg/semiCholesky.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import { linearPredictor } from "./linearPredictor.js";
import { type FactorData, type PredictorData, predictorData } from "./PredictorData.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";

/** The rows of a model at draws as they are reported: parameters and then random effects, in the order of the model's quantities. */
export interface RowsAtDraws {
  readonly rows: number;
  /** Whether weights multiply the rows' log densities, so that these are no densities of the responses. */
  readonly hasLikelihoodWeights: boolean;
  /** Zeroed buffers for rows, and for the derivatives of one. */
  drawnRows(): DrawnRows;
  derivatives(): RowDerivatives;
  /** Fills the linear predictors of the mean and the family's other parameters in all rows at a draw. */
  read(draw: Float64Array, to: DrawnRows): void;
  /** log p(y_i), constants included, and its derivatives, as `RowLikelihood.evaluate`; at another linear predictor of the row where one is given. */
  evaluate(i: number, at: DrawnRows, order: 0 | 1 | 2 | 3, out: RowDerivatives, eta?: number): void;
  /** P(Y_i <= y_i); null where the family has no distribution function. */
  readonly probability: ((i: number, at: DrawnRows) => number) | null;
  /** Whether single values have probabilities; null where the family does not tell. */
  readonly isDiscrete: boolean | null;
  /** Whether `evaluate` gives the log of a probability, of a single value or of what a censored row is known to lie in. */
  hasMass(i: number): boolean;
  /** P(Y_i = 0) of counts; null where the family has no distribution function, or is of measurements. */
  readonly zeroProbability: ((i: number, at: DrawnRows) => number) | null;
  /** E(Y_i). */
  mean(i: number, at: DrawnRows): number;
  variance(i: number, at: DrawnRows): number;
  simulate(stream: RandomStream, i: number, at: DrawnRows): number;
  /** Writes random effects of all predictors into a draw, drawn from their distribution at its parameters: those of new groups. */
  renewEffects(draw: Float64Array, stream: RandomStream): void;
  /** The grouping factors of the mean. */
  readonly factors: readonly DrawnFactor[];
}

/** Length n: the linear predictors of the mean, and a column for each auxiliary parameter of the family. */
export interface DrawnRows {
  readonly eta: Float64Array;
  readonly phi: readonly Float64Array[];
}

/** A grouping factor of the mean with all of its effects, q a level. */
export interface DrawnFactor {
  readonly name: string;
  /** Effects per level, q. */
  readonly effects: number;
  /** Length n. */
  readonly levelIndex: Int32Array;
  /** n x q, column-major; null for one effect whose covariate is 1 in every row. */
  readonly Z: Float64Array | null;
  /** Length J. */
  readonly levels: readonly string[];
  /** Position of its first effect in a draw; level-major. */
  readonly start: number;
  /** Writes the covariance matrix of a level's effects at a draw, q x q. */
  covariance(draw: Float64Array, out: Float64Array): void;
}

/** Reads draws back into rows, for every model. */
export function rowsAtDraws(design: Design, model: ResponseModel): RowsAtDraws {
  const { rows: n, response, predictors } = design;
  const data = predictors.map((part) => predictorData(part, n, false));
  const [places, scalars] = placesOf(design, data);
  const { rows, family, meanLink, parameters } = model;
  const { inverseLink } = meanLink;
  const { probability, zeroProbability } = rows;
  const phi = new Float64Array(parameters.length);
  const read = (i: number, at: DrawnRows) => {
    for (let k = 0; k < phi.length; k++) phi[k] = at.phi[k][i];
    return phi;
  };
  const column = () => new Float64Array(n);
  const drawn = predictors.map((part, k) => drawnFactors(part, data[k], places[k]));
  return {
    rows: n,
    hasLikelihoodWeights: response.weights !== null && response.weighting === "likelihood",
    drawnRows: () => ({ eta: column(), phi: parameters.map(column) }),
    derivatives: () => rowDerivatives(model),
    read(draw, to) {
      fill(data[0], places[0], draw, to.eta);
      parameters.forEach((source, k) => {
        const values = to.phi[k];
        if (source.kind === "fixed") values.fill(source.value);
        else if (source.kind === "scalar") values.fill(draw[scalars + source.index]);
        else {
          fill(data[source.predictor], places[source.predictor], draw, values);
          for (let i = 0; i < n; i++) values[i] = source.link.inverseLink(values[i]);
        }
      });
    },
    evaluate: (i, at, order, out, eta = at.eta[i]) => rows.evaluate(i, eta, read(i, at), order, out),
    probability: probability && ((i, at) => probability(i, inverseLink(at.eta[i]), read(i, at))),
    isDiscrete: family.cumulative?.isDiscrete ?? null,
    hasMass: (i) => family.cumulative?.isDiscrete === true || (response.censoring?.kinds[i] ?? 0) !== 0,
    zeroProbability: zeroProbability && ((i, at) => zeroProbability(i, inverseLink(at.eta[i]), read(i, at))),
    mean: (i, at) => rows.mean(i, inverseLink(at.eta[i]), read(i, at)),
    variance: (i, at) => rows.variance(i, inverseLink(at.eta[i]), read(i, at)),
    simulate: (stream, i, at) => rows.simulate(stream, i, inverseLink(at.eta[i]), read(i, at)),
    renewEffects(draw, stream) {
      for (const factors of drawn) for (const factor of factors) renew(factor, draw, stream);
    },
    factors: drawn[0],
  };
}

function drawnFactors(
  { factors, randomTerms }: PredictorDesign,
  data: PredictorData,
  { effects, terms }: Places,
): DrawnFactor[] {
  return data.factors.map((factor, f) => ({
    name: factor.name,
    effects: factor.effects,
    levelIndex: factor.levelIndex,
    Z: factor.Z,
    levels: factors[f].levels,
    start: effects[f],
    covariance: covarianceReader(factor, randomTerms, terms),
  }));
}

/** b = Lambda u, u standard normal, of each level. */
function renew({ effects: q, levels, start, covariance }: DrawnFactor, draw: Float64Array, stream: RandomStream): void {
  const [G, Lambda, u] = [new Float64Array(q * q), new Float64Array(q * q), new Float64Array(q)];
  covariance(draw, G);
  semiCholesky(G, q, Lambda);
  for (let at = start; at < start + levels.length * q; at += q) {
    for (let e = 0; e < q; e++) u[e] = stream.normal();
    for (let e = 0; e < q; e++) {
      let effect = 0;
      for (let c = 0; c <= e; c++) effect += Lambda[e * q + c] * u[c];
      draw[at + e] = effect;
    }
  }
}

/** Where a predictor's values stand in a draw. */
interface Places {
  readonly beta: number;
  /** Place of the first free sd or correlation of each random term. */
  readonly terms: readonly number[];
  /** Of the first effect of each factor. */
  readonly effects: readonly number[];
}

/** The places of each predictor, and that of the first of the family's scalars; in the order of `quantities`. */
function placesOf(design: Design, data: readonly PredictorData[]): readonly [readonly Places[], number] {
  let at = 0;
  const next = (length: number) => {
    at += length;
    return at - length;
  };
  const parameters = design.predictors.map(({ columns, randomTerms }) => ({
    beta: next(columns.length),
    terms: randomTerms.map((term) => next(freeParameters(term))),
  }));
  const scalars = next(design.scalars.filter(({ fixed }) => fixed === null).length);
  const places = parameters.map((own, k) => ({
    ...own,
    effects: data[k].factors.map(({ levels, effects }) => next(levels * effects)),
  }));
  return [places, scalars];
}

function freeParameters({ coefficients: { length: q }, held }: RandomTerm): number {
  const sds = held?.sds.filter((sd) => sd === null).length ?? q;
  return sds + ((held?.correlation ?? null) === null ? (q * (q - 1)) / 2 : 0);
}

function fill(data: PredictorData, { beta, effects }: Places, draw: Float64Array, eta: Float64Array): void {
  const b = data.factors.map(({ levels, effects: q }, f) => draw.subarray(effects[f], effects[f] + levels * q));
  linearPredictor(data, draw.subarray(beta, beta + data.columns), b, eta);
}

function covarianceReader(
  { effects: q, terms, termStart }: FactorData,
  randomTerms: readonly RandomTerm[],
  places: readonly number[],
): DrawnFactor["covariance"] {
  return (draw, out) => {
    out.fill(0);
    terms.forEach((t, k) => {
      const { coefficients, held } = randomTerms[t];
      let at = places[t];
      const sds = coefficients.map((_, r) => held?.sds[r] ?? draw[at++]);
      for (let r = 0; r < sds.length; r++) {
        const row = (termStart[k] + r) * q + termStart[k];
        out[row + r] = sds[r] * sds[r];
        for (let s = r + 1; s < sds.length; s++) {
          const covariance = (held?.correlation ?? draw[at++]) * sds[r] * sds[s];
          out[row + s] = covariance;
          out[(termStart[k] + s) * q + termStart[k] + r] = covariance;
        }
      }
    });
  };
}
