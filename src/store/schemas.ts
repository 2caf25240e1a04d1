import * as v from "valibot";
import type { Estimates } from "../engine/ml/Estimates.js";
import { bootstrapTypes } from "../engine/ml/options.js";
import type { Posterior } from "../posterior/Posterior.js";

/** A number as results have them: NaN is one. */
export const number = v.custom<number>((value) => typeof value === "number", "a number");

// Fields that are unknown are kept, so that a later minor version may add some.

export const float64 = v.instance(Float64Array);
export const int32 = v.instance(Int32Array);
const uint8 = v.instance(Uint8Array);
const note = v.looseObject({ code: v.string(), message: v.string(), advice: v.string() });

const knots = v.pipe(
  v.looseObject({ values: float64, heights: float64, below: float64 }),
  v.check(
    ({ values, heights, below }) =>
      values.length > 0 && [heights, below].every(({ length }) => length === values.length),
    "knots of one length",
  ),
  v.check(({ values }) => values.every((value, i) => i === 0 || values[i - 1] < value), "ascending knots"),
);

const draws = v.pipe(
  v.looseObject({
    kind: v.literal("draws"),
    chains: v.array(float64),
    weights: v.nullable(v.array(float64)),
    batches: v.exactOptional(v.array(number)),
  }),
  v.check(
    ({ chains, weights }) =>
      weights === null ||
      (weights.length === chains.length && chains.every(({ length }, k) => weights[k].length === length)),
    "a weight for every draw",
  ),
);

const moments = v.looseObject({
  kind: v.literal("moments"),
  chains: v.array(
    v.looseObject({ draws: number, mean: number, squares: number, batchMeans: float64, batchSize: number }),
  ),
});

const density = v.looseObject({ kind: v.literal("density"), mean: number, sd: number, knots });

const marginal = v.union([draws, moments, density], "draws, moments or a density");
const quantity = v.looseObject({ name: v.string(), marginal });
const effect = v.looseObject({ ...quantity.entries, factor: v.string(), level: v.string(), coefficient: v.string() });

const chainRecord = v.looseObject({
  chain: number,
  logDensity: float64,
  divergent: uint8,
  treeDepth: uint8,
  energy: float64,
  acceptance: float64,
  stepSize: number,
  maxTreeDepth: number,
  gradientEvaluations: v.looseObject({ warmup: number, sampling: number }),
  seconds: v.looseObject({ warmup: number, sampling: number }),
});

const approximation = v.looseObject({
  integration: v.picklist(["aghq", "laplace"]),
  points: number,
  exploration: v.exactOptional(
    v.looseObject({ kind: v.picklist(["grid", "product", "ccd"]), spacing: v.nullable(number), points: number }),
  ),
  logMarginalLikelihood: number,
  logMarginalLikelihoods: v.looseObject({ importance: v.nullable(number), integration: v.nullable(number) }),
  guard: v.looseObject({
    paretoK: number,
    effectiveSampleSize: number,
    draws: number,
    isTrusted: v.boolean(),
    verdict: v.string(),
    advice: v.string(),
  }),
});

const names = v.array(v.string());
export const plugin = v.looseObject({
  name: v.string(),
  url: v.string(),
  families: names,
  priors: names,
  engines: names,
});
const plugins = v.exactOptional(v.array(plugin));

const criteria = v.looseObject({
  rows: int32,
  positions: number,
  dic: v.looseObject({ dic: number, pD: number, meanDeviance: number, devianceAtMeans: number }),
  waic: v.looseObject({
    waic: number,
    standardError: number,
    elpd: number,
    elpdStandardError: number,
    pWaic: number,
    lppd: number,
    pointwise: v.looseObject({ elpd: float64, pWaic: float64, lppd: float64 }),
    influentialRows: number,
  }),
  cpo: v.looseObject({
    values: float64,
    logScore: number,
    standardError: number,
    logValues: float64,
    errors: float64,
    failures: number,
  }),
  pit: v.nullable(v.looseObject({ values: float64, isDiscrete: v.boolean() })),
});

export const posterior = v.pipe(
  v.looseObject({
    engine: v.string(),
    parameters: v.array(quantity),
    randomEffects: v.array(effect),
    jointDraws: v.exactOptional(v.array(draws)),
    linearCombinations: v.exactOptional(v.array(quantity)),
    criteria: v.exactOptional(criteria),
    record: v.looseObject({
      options: v.record(v.string(), v.unknown()),
      partial: v.boolean(),
      chains: v.array(chainRecord),
      approximation: v.exactOptional(approximation),
      mode: v.exactOptional(v.looseObject({ position: float64, covariance: float64 })),
      plugins,
    }),
  }),
  v.check(
    ({ jointDraws, parameters, randomEffects }) =>
      jointDraws === undefined || jointDraws.length === parameters.length + randomEffects.length,
    "joint draws of every quantity",
  ),
);

const parameterEstimate = v.looseObject({
  name: v.string(),
  estimate: number,
  standardError: number,
  lower: number,
  upper: number,
  interval: v.exactOptional(v.literal("profile")),
  degreesOfFreedom: v.exactOptional(number),
  statistic: v.exactOptional(number),
  pValue: v.exactOptional(number),
});

const termTest = v.looseObject({
  name: v.string(),
  test: v.picklist(["F", "chi-square"]),
  statistic: number,
  degreesOfFreedom: number,
  denominatorDegreesOfFreedom: v.nullable(number),
  pValue: number,
});

export const estimates = v.pipe(
  v.looseObject({
    engine: v.literal("ml"),
    method: v.picklist(["lmm", "aghq", "laplace", "pql", "em", "conditional"]),
    points: v.nullable(number),
    reml: v.boolean(),
    intervals: v.picklist(["wald", "profile", "bootstrap"]),
    parameters: v.array(parameterEstimate),
    covariance: v.nullable(float64),
    terms: v.exactOptional(v.array(termTest)),
    logLikelihood: v.nullable(number),
    logPrior: v.nullable(number),
    importance: v.exactOptional(
      v.looseObject({
        logLikelihood: number,
        standardError: number,
        paretoK: number,
        effectiveSampleSize: number,
        draws: number,
      }),
    ),
    parameterCount: number,
    effects: v.nullable(
      v.looseObject({
        modes: v.array(float64),
        sds: v.array(float64),
        covariances: v.array(float64),
        means: v.nullable(v.array(float64)),
      }),
    ),
    bootstrap: v.exactOptional(
      v.looseObject({
        type: v.picklist(bootstrapTypes),
        replicates: number,
        partial: v.boolean(),
        failures: v.array(v.looseObject({ reason: v.string(), count: number })),
        untrusted: number,
        singular: number,
        estimates: float64,
      }),
    ),
    convergence: v.looseObject({
      converged: v.boolean(),
      gradientNorm: number,
      iterations: number,
      evaluations: number,
    }),
    notes: v.array(note),
    plugins,
  }),
  v.check(
    ({ covariance, parameters }) => covariance === null || covariance.length === parameters.length ** 2,
    "a covariance of all parameters",
  ),
  v.check(
    ({ bootstrap, parameters, intervals }) =>
      intervals === "bootstrap"
        ? bootstrap !== undefined && bootstrap.estimates.length % parameters.length === 0
        : bootstrap === undefined,
    "a bootstrap of all parameters where the intervals are by it",
  ),
);

/** What is wrong with a value, and where in it. */
export interface Fault {
  readonly path: string;
  readonly cause: string;
}

/** The posterior that a value is, or what is wrong with it. */
export function readPosterior(value: unknown): { readonly result: Posterior } | { readonly fault: Fault } {
  return v.is(posterior, value) ? { result: value } : { fault: faultOf(posterior, value) };
}

/** The estimates that a value is, or what is wrong with it. */
export function readEstimates(value: unknown): { readonly result: Estimates } | { readonly fault: Fault } {
  return v.is(estimates, value) ? { result: value } : { fault: faultOf(estimates, value) };
}

export function faultOf(schema: v.GenericSchema, value: unknown): Fault {
  const [issue] = v.safeParse(schema, value).issues ?? [];
  return { path: (issue && v.getDotPath(issue)) ?? "its root", cause: issue?.message ?? "it is not a result" };
}
