import { heldCovariances } from "../density/quantities.js";
import type { Design } from "../design/Design.js";
import type { Estimates } from "../engine/ml/Estimates.js";
import { normalQuantile } from "../math/special/normalDistribution.js";
import { endsOf } from "../summary/Summary.js";
import type { Ensemble } from "./Ensemble.js";
import type { EffectsOfEstimates } from "./effectsOfEstimates.js";

/** Lengths of differences: of parameters in their standard errors, of a linear predictor. */
const STEP = 1e-3;
const SHIFT = 1e-4;

/**
 * The estimates of maximum likelihood, and two values beside them of each parameter that has a standard error: functions of the parameters get theirs by the delta method, with the
 * covariance of the parameters, with which the modes of the random effects move, and that of the effects given them (as in TMB: Kristensen et al. 2016). `level` is that of its intervals, by the
 * normal distribution.
 */
export function estimatesEnsemble(
  design: Design,
  { parameters, covariance }: Pick<Estimates, "parameters" | "covariance">,
  effects: EffectsOfEstimates,
  level: number,
): Ensemble {
  const known = parameters.flatMap(({ standardError }, place) =>
    standardError > 0 && Number.isFinite(standardError) ? [place] : [],
  );
  const size = 1 + 2 * known.length + 2;
  const places = new Map(parameters.map(({ name }, place) => [name, place]));
  const held = heldCovariances(design);
  const shift = new Float64Array(size);
  shift[size - 2] = SHIFT;
  shift[size - 1] = -SHIFT;
  const [, high] = endsOf(level);
  const gradientOf = (values: Float64Array) =>
    known.map((place, k) => (values[1 + 2 * k] - values[2 + 2 * k]) / (2 * STEP * parameters[place].standardError));
  let changes: readonly (Float64Array | null)[] | null = null;
  /** Of the modes, at each value of the ensemble. */
  const changesOfModes = () => {
    changes ??= modeChanges(
      effects,
      known.map((place) => parameters[place]),
    );
    return changes;
  };
  /** The covariance of two functions, by their gradients in the parameters that are known. */
  const product = (one: readonly number[], other: readonly number[]) => {
    let total = 0;
    known.forEach((j, r) => {
      known.forEach((k, c) => {
        total += one[r] * other[c] * (covariance?.[j * parameters.length + k] ?? Number.NaN);
      });
    });
    return total;
  };
  return {
    size,
    shift,
    weights: null,
    parameter(name) {
      const place = places.get(name);
      const value = place === undefined ? held.get(name) : parameters[place].estimate;
      if (value === undefined) return null;
      const values = new Float64Array(size).fill(value);
      const k = place === undefined ? -1 : known.indexOf(place);
      if (k < 0 || place === undefined) return values;
      values[1 + 2 * k] += STEP * parameters[place].standardError;
      values[2 + 2 * k] -= STEP * parameters[place].standardError;
      return values;
    },
    effect(place) {
      const values = new Float64Array(size).fill(effects.modes[place] ?? Number.NaN);
      changesOfModes().forEach((change, k) => {
        values[1 + k] += change?.[place] ?? 0;
      });
      return values;
    },
    effectsVariance: (weights) => effects.variance(weights),
    mean: (values) => values[0],
    estimate(values, variance) {
      const gradient = gradientOf(values);
      const slope = (values[size - 2] - values[size - 1]) / (2 * SHIFT);
      const total = product(gradient, gradient) + (variance === 0 ? 0 : slope * slope * variance);
      const sd = Math.sqrt(Math.max(0, total));
      const reach = normalQuantile(high) * sd;
      return { estimate: values[0], sd, lower: values[0] - reach, upper: values[0] + reach };
    },
    covariance: (one, other) => product(gradientOf(one), gradientOf(other)),
  };
}

/** At the values above and below each parameter, one after the other. Where modes are not found on one side, as beyond a correlation of 1, they are as far from those at the estimates as on the other. */
function modeChanges(effects: EffectsOfEstimates, parameters: Estimates["parameters"]): (Float64Array | null)[] {
  return parameters.flatMap(({ name, estimate, standardError }) => {
    const above = effects.change(name, estimate + STEP * standardError);
    const below = effects.change(name, estimate - STEP * standardError);
    const opposite = (change: Float64Array | null) => change?.map((value) => -value) ?? null;
    return [above ?? opposite(below), below ?? opposite(above)];
  });
}
