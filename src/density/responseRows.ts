import type { ResponseDesign } from "../design/Design.js";
import type { CumulativeProbability, Family, RowDerivatives, RowLikelihood } from "../family/Family.js";
import type { RandomStream } from "../math/random/RandomStream.js";

/**
 * The response of each row under its family, prior weights and known standard errors included. `dispersion` is the model's; where it is a
 * standard deviation, that of a row with precision weight w is dispersion / sqrt(w), with error s sqrt(dispersion^2 + s^2). A likelihood
 * weight multiplies the log density: w rows in one.
 */
export interface ResponseRows {
  /** log p(y_i | eta, dispersion), as `RowLikelihood.evaluate`. */
  evaluate(i: number, eta: number, dispersion: number, order: 0 | 1 | 2 | 3, out: RowDerivatives): void;
  /** P(Y_i <= y_i); null where the family has no distribution function. */
  readonly probability: ((i: number, mu: number, dispersion: number) => number) | null;
  /** P(Y_i = 0) of a family of counts; null where it has no distribution function, or is of measurements. */
  readonly zeroProbability: ((i: number, mu: number, dispersion: number) => number) | null;
  /** E(Y_i). */
  mean(i: number, mu: number): number;
  variance(i: number, mu: number, dispersion: number): number;
  /** A response of the row; a likelihood weight has no say in it. */
  simulate(stream: RandomStream, i: number, mu: number, dispersion: number): number;
}

export function responseRows(family: Family, row: RowLikelihood, response: ResponseDesign): ResponseRows {
  const { values: y, trials, weights, errors, weighting } = response;
  const trialsOf = (i: number) => (trials === null ? 1 : trials[i]);
  const precisions = weighting === "precision" ? weights : null;
  const hasOwnDispersion = errors !== null || precisions !== null;
  const ownDispersion = hasOwnDispersion
    ? (i: number, dispersion: number) => rowSd(dispersion, precisions?.[i] ?? 1, errors?.[i] ?? 0)
    : (_: number, dispersion: number) => dispersion;
  const density = hasOwnDispersion ? byPrecision(row, { ...response, weights: precisions }) : plain(row, response);
  return {
    evaluate: weights === null || precisions !== null ? density : byLikelihood(density, weights),
    probability: probabilityOf(family.cumulative, y, trialsOf, ownDispersion),
    zeroProbability: family.cumulative?.isDiscrete
      ? probabilityOf(family.cumulative, new Float64Array(y.length), trialsOf, ownDispersion)
      : null,
    mean: (i, mu) => family.mean(mu, trialsOf(i)),
    variance: (i, mu, dispersion) => family.variance(mu, ownDispersion(i, dispersion), trialsOf(i)),
    simulate: (stream, i, mu, dispersion) => family.simulate(stream, mu, ownDispersion(i, dispersion), trialsOf(i)),
  };
}

/** The standard deviation of a row with a precision weight and a known standard error. */
export function rowSd(dispersion: number, weight: number, error: number): number {
  return Math.sqrt((dispersion * dispersion) / weight + error * error);
}

function probabilityOf(
  cumulative: CumulativeProbability | undefined,
  y: Float64Array,
  trialsOf: (i: number) => number,
  ownDispersion: (i: number, dispersion: number) => number,
): ResponseRows["probability"] {
  if (cumulative === undefined) return null;
  return (i, mu, dispersion) => cumulative.probability(y[i], mu, ownDispersion(i, dispersion), trialsOf(i));
}

function plain(row: RowLikelihood, { values: y, trials }: ResponseDesign): ResponseRows["evaluate"] {
  if (trials === null) return (i, eta, dispersion, order, out) => row.evaluate(y[i], 1, eta, dispersion, order, out);
  return (i, eta, dispersion, order, out) => row.evaluate(y[i], trials[i], eta, dispersion, order, out);
}

/** The derivatives in the dispersion by way of that of the row, d sd_i / d dispersion = dispersion / (w sd_i). */
function byPrecision(
  row: RowLikelihood,
  { values: y, trials, weights, errors }: ResponseDesign,
): ResponseRows["evaluate"] {
  return (i, eta, dispersion, order, out) => {
    const weight = weights === null ? 1 : weights[i];
    const sd = rowSd(dispersion, weight, errors === null ? 0 : errors[i]);
    row.evaluate(y[i], trials === null ? 1 : trials[i], eta, sd, order, out);
    const slope = dispersion / (weight * sd);
    out.dDispersion *= slope;
    out.dEtaDispersion *= slope;
    out.dEta2Dispersion *= slope;
  };
}

/** A family without a dispersion leaves the derivatives in it at what they are, 0. */
function byLikelihood(density: ResponseRows["evaluate"], weights: Float64Array): ResponseRows["evaluate"] {
  return (i, eta, dispersion, order, out) => {
    density(i, eta, dispersion, order, out);
    const weight = weights[i];
    out.value *= weight;
    out.dEta *= weight;
    out.dEta2 *= weight;
    out.dEta3 *= weight;
    out.dDispersion *= weight;
    out.dEtaDispersion *= weight;
    out.dEta2Dispersion *= weight;
  };
}
