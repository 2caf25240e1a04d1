import type { Table } from "../../src/data/Table.js";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../src/density/LatentValues.js";
import { uniforms } from "../density/models.js";
import { type LambdaKind, randomLambda, viewOf } from "./designs.js";

/** A response on the columns of `groupedTable`, with parameters at which every mean is inside its range. */
export interface LikelihoodCase {
  readonly response: string;
  readonly left: string;
  /** A line for the dispersion, if it has one. */
  readonly second?: string;
  readonly intercept: number;
  /** Size of the other coefficients and of the effects. */
  readonly scale: number;
  readonly dispersion: readonly number[];
}

export const likelihoodCases: Readonly<Record<string, LikelihoodCase>> = {
  "normal identity": { response: "y ~ normal(mu, sigma)", left: "mu", intercept: 1.2, scale: 1, dispersion: [0.7] },
  "normal log": { response: "y ~ normal(mu, sigma)", left: "log(mu)", intercept: 0.3, scale: 0.4, dispersion: [0.8] },
  "normal, modelled sigma": {
    response: "y ~ normal(mu, sigma)",
    left: "mu",
    second: "log(sigma) = 1 + x2",
    intercept: 1.2,
    scale: 1,
    dispersion: [-0.4, 0.3],
  },
  ...binary("bernoulli logit", "binary ~ bernoulli(p)", "logit(p)"),
  ...binary("bernoulli probit", "binary ~ bernoulli(p)", "probit(p)"),
  ...binary("bernoulli cloglog", "binary ~ bernoulli(p)", "cloglog(p)"),
  ...binary("binomial logit", "successes ~ binomial(size, p)", "logit(p)"),
  ...binary("binomial cloglog", "successes ~ binomial(size, p)", "cloglog(p)"),
  "binomial identity": {
    response: "successes ~ binomial(size, p)",
    left: "p",
    intercept: 0.5,
    scale: 0.04,
    dispersion: [],
  },
  "poisson log": { response: "events ~ poisson(mu)", left: "log(mu)", intercept: 0.6, scale: 0.5, dispersion: [] },
  "poisson identity": { response: "events ~ poisson(mu)", left: "mu", intercept: 2.5, scale: 0.2, dispersion: [] },
  "negative binomial log": {
    response: "events ~ negative_binomial(mu, phi)",
    left: "log(mu)",
    intercept: 0.6,
    scale: 0.5,
    dispersion: [1.7],
  },
  "negative binomial identity": {
    response: "events ~ negative_binomial(mu, phi)",
    left: "mu",
    intercept: 2.5,
    scale: 0.2,
    dispersion: [1.7],
  },
  "negative binomial, modelled phi": {
    response: "events ~ negative_binomial(mu, phi)",
    left: "log(mu)",
    second: "log(phi) = 1 + x1",
    intercept: 0.6,
    scale: 0.5,
    dispersion: [0.5, 0.4],
  },
};

function binary(name: string, response: string, left: string): Record<string, LikelihoodCase> {
  return { [name]: { response, left, intercept: -0.2, scale: 0.8, dispersion: [] } };
}

export function likelihoodProblem(
  { response, left, second, intercept, scale, dispersion }: LikelihoodCase,
  random: string,
  table: Table,
  kind: LambdaKind,
  seed: number,
): { view: LatentGaussian; values: LatentValues } {
  const lines = [
    response,
    `${left} = 1 + x1${random === "" ? "" : ` + ${random}`}`,
    ...(second === undefined ? [] : [second]),
  ];
  const { view } = viewOf(lines.join("\n"), table);
  const values = view.values();
  const next = uniforms(seed);
  values.beta.set([intercept, 0.5 * scale * next()]);
  values.dispersion.set(dispersion);
  randomLambda(view, kind, seed).forEach((Lambda, f) => {
    values.Lambda[f].set(Lambda.map((x) => scale * x));
  });
  return { view, values };
}

export function copied({ beta, Lambda, dispersion }: LatentValues): LatentValues {
  return { beta: beta.slice(), Lambda: Lambda.map((matrix) => matrix.slice()), dispersion: dispersion.slice() };
}

/** beta, the lower triangles of Lambda and the dispersion, one after another. */
export function flattened({ beta, Lambda, dispersion }: LatentValues): number[] {
  return [...beta, ...Lambda.flatMap(lowerTriangle), ...dispersion];
}

function lowerTriangle(matrix: Float64Array): number[] {
  const q = Math.round(Math.sqrt(matrix.length));
  return [...matrix].filter((_, k) => k % q <= Math.floor(k / q));
}

/** Central differences, one Richardson step, of a function of values in the order of `flattened`. */
export function differences(f: (values: LatentValues) => number, at: LatentValues, step = 1e-3): number[] {
  const slots = (values: LatentValues): (readonly [Float64Array, number])[] => [
    ...[...values.beta.keys()].map((k) => [values.beta, k] as const),
    ...values.Lambda.flatMap((matrix) => {
      const q = Math.round(Math.sqrt(matrix.length));
      return [...matrix.keys()].filter((k) => k % q <= Math.floor(k / q)).map((k) => [matrix, k] as const);
    }),
    ...[...values.dispersion.keys()].map((k) => [values.dispersion, k] as const),
  ];
  return slots(at).map((_, slot) => {
    const moved = (by: number) => {
      const other = copied(at);
      const [array, k] = slots(other)[slot];
      array[k] += by;
      return f(other);
    };
    const difference = (h: number) => (moved(h) - moved(-h)) / (2 * h);
    return (4 * difference(step / 2) - difference(step)) / 3;
  });
}
