import type { StatedValues } from "../density/simulatePrior.js";
import { systematicResampling } from "../math/systematicResampling.js";
import type { Ensemble } from "../predict/Ensemble.js";
import { defaultLevelOf, type Fitted } from "../predict/Fitted.js";
import { fittedEnsemble } from "../predict/fittedEnsemble.js";
import { SimulationError } from "./SimulationError.js";

/** Parameters and random effects that a fit is simulated at, S of each. */
export interface FittedDraws {
  readonly size: number;
  /** Length S, in the order of the model's parameters. */
  readonly parameters: readonly Float64Array[];
  /** Length S: a random effect by its place among the model's. */
  effect(place: number): Float64Array;
  /** The same for predictions of rows. */
  readonly ensemble: Ensemble;
}

/**
 * S draws of a fit: of a posterior those at equal steps along its joint draws, by their weights where they have such; of maximum likelihood its estimates and conditional
 * modes, S times. Stated values stand for those of the fit. Throws SimulationError where a parameter has no value, ResultError where draws were not kept.
 */
export function fittedDraws(fit: Fitted, size: number, stated: StatedValues): FittedDraws {
  const base = fittedEnsemble(fit, defaultLevelOf(fit));
  const picks =
    "ml" in fit
      ? new Int32Array(size)
      : systematicResampling(base.weights ?? new Float64Array(base.size).fill(1 / base.size), size);
  const names = fit.compiled.quantities.parameters;
  const dependent = new Set(
    fit.design.predictors.flatMap((part) => part.dependent?.columns.map(({ name }) => name) ?? []),
  );
  const pick = (values: Float64Array) => Float64Array.from(picks, (s) => values[s]);
  const valuesOf = (name: string): Float64Array | null => {
    const value = stated.get(name);
    if (value !== undefined) return new Float64Array(size).fill(value);
    const values = base.parameter(name);
    return values && pick(values).map((one) => (Number.isNaN(one) && /\bcor\[/.test(name) ? 0 : one));
  };
  const parameters = names.map((name) => {
    const values = valuesOf(name);
    if (values?.every(Number.isFinite)) return values;
    const column = /\bbeta\[(.*)\]$/s.exec(name)?.[1];
    if (values === null && column !== undefined && dependent.has(column)) return new Float64Array(size);
    throw new SimulationError(
      `the fit has no finite value of ${name}, which simulated responses need; state one (option "at"), or fit by another method or engine`,
    );
  });
  const effect = (place: number) => pick(base.effect(place));
  const places = new Map(names.map((name, k) => [name, k]));
  const parameter = (name: string) => {
    const place = places.get(name);
    return place === undefined ? valuesOf(name) : parameters[place];
  };
  return {
    size,
    parameters,
    effect,
    ensemble: { ...base, size, shift: null, effectsVariance: null, weights: null, parameter, effect },
  };
}
