import type { ResponseDesign } from "../design/Design.js";
import type { Auxiliary, CumulativeProbability, Family, RowDerivatives, RowLikelihood } from "../family/Family.js";
import type { RandomStream } from "../math/random/RandomStream.js";

/**
 * The response of each row under its family, prior weights and known standard errors included. `phi` are the family's auxiliary parameters;
 * where the first is a standard deviation, that of a row with precision weight w is phi[0] / sqrt(w), with error s sqrt(phi[0]^2 + s^2). A
 * likelihood weight multiplies the log density: w rows in one.
 */
export interface ResponseRows {
  /** log p(y_i | eta, phi), as `RowLikelihood.evaluate`. */
  evaluate(i: number, eta: number, phi: Auxiliary, order: 0 | 1 | 2 | 3, out: RowDerivatives): void;
  /** P(Y_i <= y_i), of a censored row P(Y_i <= what it is known not to exceed); null where the family has no distribution function. */
  readonly probability: ((i: number, mu: number, phi: Auxiliary) => number) | null;
  /** P(Y_i = 0) of a family of counts; null where it has no distribution function, or is of measurements. */
  readonly zeroProbability: ((i: number, mu: number, phi: Auxiliary) => number) | null;
  /** E(Y_i). */
  mean(i: number, mu: number, phi: Auxiliary): number;
  variance(i: number, mu: number, phi: Auxiliary): number;
  /** A response of the row; a likelihood weight has no say in it. */
  simulate(stream: RandomStream, i: number, mu: number, phi: Auxiliary): number;
}

/** Rows whose responses are censored or truncated; phi are the row's own parameters. */
export interface CutRows extends Omit<ResponseRows, "probability" | "zeroProbability"> {
  /** P(Y_i <= what the row is known not to exceed). */
  probability(i: number, mu: number, phi: Auxiliary): number;
  zeroProbability(i: number, mu: number, phi: Auxiliary): number;
}

/** The parameters of row i from those of the model. */
type OwnParameters = (i: number, phi: Auxiliary) => Auxiliary;

/** Rows of responses all of which are seen; `cut` are those of others. */
export function responseRows(
  family: Family,
  row: RowLikelihood,
  response: ResponseDesign,
  cut: CutRows | null = null,
): ResponseRows {
  const { values: y, trials, weights, errors, weighting } = response;
  const trialsOf = (i: number) => (trials === null ? 1 : trials[i]);
  const precisions = weighting === "precision" ? weights : null;
  const hasOwnSd = errors !== null || precisions !== null;
  const own = hasOwnSd ? ownSds(precisions, errors) : (_: number, phi: Auxiliary) => phi;
  const bare = cut?.evaluate ?? plain(row, response);
  const density = hasOwnSd ? byPrecision(bare, precisions, own) : bare;
  const evaluate = weights === null || precisions !== null ? density : byLikelihood(density, weights);
  if (cut !== null) return withOwn(cut, evaluate, own, family.cumulative?.isDiscrete === true);
  return {
    evaluate,
    probability: probabilityOf(family.cumulative, y, trialsOf, own),
    zeroProbability: family.cumulative?.isDiscrete
      ? probabilityOf(family.cumulative, new Float64Array(y.length), trialsOf, own)
      : null,
    mean: (i, mu, phi) => family.mean(mu, phi, trialsOf(i)),
    variance: (i, mu, phi) => family.variance(mu, own(i, phi), trialsOf(i)),
    simulate: (stream, i, mu, phi) => family.simulate(stream, mu, own(i, phi), trialsOf(i)),
  };
}

/** Cut rows at their own parameters. */
function withOwn(
  cut: CutRows,
  evaluate: ResponseRows["evaluate"],
  own: OwnParameters,
  isDiscrete: boolean,
): ResponseRows {
  return {
    evaluate,
    probability: (i, mu, phi) => cut.probability(i, mu, own(i, phi)),
    zeroProbability: isDiscrete ? (i, mu, phi) => cut.zeroProbability(i, mu, own(i, phi)) : null,
    mean: (i, mu, phi) => cut.mean(i, mu, own(i, phi)),
    variance: (i, mu, phi) => cut.variance(i, mu, own(i, phi)),
    simulate: (stream, i, mu, phi) => cut.simulate(stream, i, mu, own(i, phi)),
  };
}

/** The standard deviation of a row with a precision weight and a known standard error. */
export function rowSd(dispersion: number, weight: number, error: number): number {
  return Math.sqrt((dispersion * dispersion) / weight + error * error);
}

/** The parameters with the row's own sd in the first place. */
function ownSds(precisions: Float64Array | null, errors: Float64Array | null): OwnParameters {
  let own = new Float64Array(0);
  return (i, phi) => {
    if (own.length !== phi.length) own = new Float64Array(phi.length);
    own.set(phi);
    own[0] = rowSd(phi[0], precisions?.[i] ?? 1, errors?.[i] ?? 0);
    return own;
  };
}

function probabilityOf(
  cumulative: CumulativeProbability | undefined,
  y: Float64Array,
  trialsOf: (i: number) => number,
  own: OwnParameters,
): ResponseRows["probability"] {
  if (cumulative === undefined) return null;
  return (i, mu, phi) => cumulative.probability(y[i], mu, own(i, phi), trialsOf(i));
}

function plain(row: RowLikelihood, { values: y, trials }: ResponseDesign): ResponseRows["evaluate"] {
  if (trials === null) return (i, eta, phi, order, out) => row.evaluate(y[i], 1, eta, phi, order, out);
  return (i, eta, phi, order, out) => row.evaluate(y[i], trials[i], eta, phi, order, out);
}

/** The derivatives in the model's sd by way of that of the row, d sd_i / d sd = sd / (w sd_i). */
function byPrecision(
  density: ResponseRows["evaluate"],
  weights: Float64Array | null,
  ownParameters: OwnParameters,
): ResponseRows["evaluate"] {
  return (i, eta, phi, order, out) => {
    const own = ownParameters(i, phi);
    density(i, eta, own, order, out);
    const slope = phi[0] / ((weights === null ? 1 : weights[i]) * own[0]);
    out.dPhi[0] *= slope;
    out.dEtaPhi[0] *= slope;
    out.dEta2Phi[0] *= slope;
  };
}

function byLikelihood(density: ResponseRows["evaluate"], weights: Float64Array): ResponseRows["evaluate"] {
  return (i, eta, phi, order, out) => {
    density(i, eta, phi, order, out);
    const weight = weights[i];
    out.value *= weight;
    out.dEta *= weight;
    out.dEta2 *= weight;
    out.dEta3 *= weight;
    for (let k = 0; k < out.dPhi.length; k++) {
      out.dPhi[k] *= weight;
      out.dEtaPhi[k] *= weight;
      out.dEta2Phi[k] *= weight;
    }
  };
}
