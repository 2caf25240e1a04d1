import type { Univariate } from "../prior/Prior.js";

/** Probabilities of the places at which a prior on the whole line is looked at, and of the low one of a positive parameter. */
const PLACES = [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999];
const LOW = 0.01;

/**
 * Whether a posterior may have several modes by this prior: on the whole line by a log density that is not concave, as Cauchy's and Student's, whose
 * centre may draw as much as the likelihood far out; of a positive parameter by a density that rises from zero, as the inverse gamma's, which may stand
 * as a spike beside the likelihood.
 */
export function mayAddModes({ lower, upper, proper, derivative, quantile }: Univariate): boolean {
  if (!proper) return false;
  if (lower === 0) return derivative(quantile(LOW)) > 0;
  if (lower !== Number.NEGATIVE_INFINITY || upper !== Number.POSITIVE_INFINITY) return false;
  const slopes = PLACES.map((probability) => derivative(quantile(probability)));
  return slopes.some((slope, k) => k > 0 && slope > slopes[k - 1]);
}
