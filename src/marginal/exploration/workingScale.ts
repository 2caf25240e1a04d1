import type { ParameterKind } from "../../density/LatentGaussian.js";
import { exp, inverseLogit, log, log1p, log1pexp, logit, tanh } from "../../math/special/elementary.js";
import { bent, logStretch, straightened } from "./standardised.js";

/** The scale on which a parameter's posterior is nearest to normal. */
export interface WorkingScale {
  to(value: number): number;
  from(working: number): number;
  /** log of d from / d working. */
  logSlope(working: number): number;
}

const identity: WorkingScale = { to: (value) => value, from: (working) => working, logSlope: () => 0 };

const logarithm: WorkingScale = { to: log, from: exp, logSlope: (working) => working };

/** Fisher's z: the inverse hyperbolic tangent. */
const fisher: WorkingScale = {
  to: (value) => 0.5 * (log1p(value) - log1p(-value)),
  from: tanh,
  logSlope: (working) => log1p(-(tanh(working) ** 2)),
};

const logOdds: WorkingScale = {
  to: logit,
  from: inverseLogit,
  logSlope: (working) => -log1pexp(working) - log1pexp(-working),
};

const scales: Readonly<Record<ParameterKind, WorkingScale>> = {
  coefficient: identity,
  sd: logarithm,
  dispersion: logarithm,
  probability: logOdds,
  shape: identity,
  correlation: fisher,
};

/** Of coefficients with heavy tails: the inverse hyperbolic sine of the distance from a centre in units. */
export function heavyScale(centre: number, unit: number): WorkingScale {
  return {
    to: (value) => straightened(1, (value - centre) / unit),
    from: (working) => centre + unit * bent(1, working),
    logSlope: (working) => log(unit) + logStretch(1, working),
  };
}

export function workingScale(kind: ParameterKind): WorkingScale {
  return scales[kind];
}
