import type { LogDensity } from "../../../src/density/LogDensity.js";

/** A density whose moments are known. */
export interface Target {
  readonly name: string;
  readonly density: LogDensity;
  /** Of the quantities. */
  readonly means: readonly number[];
  readonly sds: readonly number[];
  readonly targetAcceptance: number;
  readonly leapfrogSteps?: number;
}

export interface Spec {
  readonly dimension: number;
  logDensityGradient(position: Float64Array, gradient: Float64Array): number;
  /** Default: the position itself. */
  readonly quantities?: (position: Float64Array) => number[];
}

export function densityOf({
  dimension,
  logDensityGradient,
  quantities = (position) => [...position],
}: Spec): LogDensity {
  const parameters = quantities(new Float64Array(dimension)).map((_, k) => `q${k + 1}`);
  return {
    dimension,
    logDensityGradient,
    quantities: { parameters, randomEffects: [] },
    constrain: (position, draw) => draw.set(quantities(position)),
  };
}

/** Independent normals of mean 0. */
export function normal(scales: readonly number[]): LogDensity {
  return densityOf({
    dimension: scales.length,
    logDensityGradient(position, gradient) {
      let squares = 0;
      for (let i = 0; i < scales.length; i++) {
        const z = position[i] / scales[i];
        gradient[i] = -z / scales[i];
        squares += z * z;
      }
      return -0.5 * squares;
    },
  });
}

/** Two normals with mean 1 and -2, sds 1 and 10, correlation 0.9. */
const correlatedNormal = densityOf({
  dimension: 2,
  logDensityGradient(position, gradient) {
    const a = position[0] - 1;
    const b = (position[1] + 2) / 10;
    const precision = 1 / (1 - 0.81);
    gradient[0] = -precision * (a - 0.9 * b);
    gradient[1] = (-precision * (b - 0.9 * a)) / 10;
    return -0.5 * precision * (a * a - 1.8 * a * b + b * b);
  },
});

/** v ~ N(0, 1), x | v ~ N(0, exp(v / 4)^2) three times: Neal's funnel, with a wide neck. */
const funnel = densityOf({
  dimension: 4,
  logDensityGradient(position, gradient) {
    const v = position[0];
    const precision = Math.exp(-v / 2);
    let squares = 0;
    for (let i = 1; i < 4; i++) {
      gradient[i] = -precision * position[i];
      squares += position[i] * position[i];
    }
    gradient[0] = -v - 0.75 + 0.25 * precision * squares;
    return -0.5 * v * v - 0.75 * v - 0.5 * precision * squares;
  },
});

/** The logarithm y of x ~ gamma(2, 1), with x: skewed to the left on the scale that moves. */
export const logGamma = densityOf({
  dimension: 1,
  logDensityGradient(position, gradient) {
    const x = Math.exp(position[0]);
    gradient[0] = 2 - x;
    return 2 * position[0] - x;
  },
  quantities: ([y]) => [y, Math.exp(y)],
});

/** Distribution function of logGamma at y. */
export function logGammaCdf(y: number): number {
  const x = Math.exp(y);
  return 1 - Math.exp(-x) * (1 + x);
}

/** Exponential variates where they are positive, no density elsewhere. */
export const hardEdge = densityOf({
  dimension: 2,
  logDensityGradient(position, gradient) {
    gradient.fill(-1);
    return position.every((x) => x > 0) ? -position[0] - position[1] : Number.NEGATIVE_INFINITY;
  },
});

const EULER = 0.5772156649015329;

export const targets: readonly Target[] = [
  { name: "standard normal", density: normal([1, 1, 1]), means: [0, 0, 0], sds: [1, 1, 1], targetAcceptance: 0.8 },
  {
    name: "scales from 1e-3 to 1e3",
    density: normal([1e-3, 1, 1e3]),
    means: [0, 0, 0],
    sds: [1e-3, 1, 1e3],
    targetAcceptance: 0.8,
  },
  { name: "correlated normal", density: correlatedNormal, means: [1, -2], sds: [1, 10], targetAcceptance: 0.8 },
  {
    name: "mild funnel",
    density: funnel,
    means: [0, 0, 0, 0],
    sds: [1, Math.exp(1 / 16), Math.exp(1 / 16), Math.exp(1 / 16)],
    targetAcceptance: 0.95,
  },
  {
    name: "log gamma",
    density: logGamma,
    means: [1 - EULER, 2],
    sds: [Math.sqrt(Math.PI ** 2 / 6 - 1), Math.SQRT2],
    targetAcceptance: 0.8,
  },
  // Whether a trajectory of a set time leaves the support does not depend on its step size, which could not be tuned.
  { name: "hard edge", density: hardEdge, means: [1, 1], sds: [1, 1], targetAcceptance: 0.6, leapfrogSteps: 3 },
];
