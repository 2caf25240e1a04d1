import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { effectsVectors } from "../../marginal/factorisations/BlockCholesky.js";
import { quadraticForm } from "../../math/optimize/definite.js";
import { findRootOutwardSteps } from "../../math/optimize/findRoot.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import { exp, log } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import { EngineError } from "../EngineError.js";
import { boundaryNotes } from "./boundary.js";
import type { Estimates, MlNote } from "./Estimates.js";
import { climb, concludeMaximum, startWithoutEffects } from "./fitMarginal.js";
import { estimates, reported } from "./inference.js";
import { type ParameterVector, parameterVector } from "./parameterVector.js";
import { WorkingLikelihood, type WorkingResponse } from "./pql/workingLikelihood.js";

export interface QuasiLikelihoodOptions {
  /** Whether the working residuals have the family's variance, or that times a scale estimated from them. Default "fixed". */
  readonly scale: "fixed" | "free";
}

/** Where the iteration stands; the model is linearised next at these parameters and effects. */
export interface QuasiLikelihoodState {
  /** Of the `ParameterVector`. */
  readonly position: Float64Array;
  readonly b: readonly Float64Array[];
  readonly scale: number;
}

export interface QuasiLikelihoodStep extends QuasiLikelihoodState {
  readonly minimum: Minimum;
  readonly likelihood: WorkingLikelihood;
  /** How far the parameters moved, in standard errors; the log of the scale counts in its own, sqrt(2 / n). */
  readonly moved: number;
}

/** In standard errors: as far as each working model is fitted. */
const TOLERANCE = 1e-5;
const MAX_ITERATIONS = 200;
/** Of the log of the scale. */
const SCALE_TOLERANCE = 1e-8;

/**
 * Penalised quasi-likelihood (Breslow & Clayton, 1993): the linear mixed model of the working response, fitted by maximum likelihood
 * and linearised anew at its fit until nothing moves. With a free scale as MASS::glmmPQL does it. There is no likelihood.
 * Throws EngineError where the method does not apply, or the iteration breaks down.
 */
export function* penalizedQuasiLikelihood(
  view: LatentGaussian,
  { scale = "fixed" }: Partial<QuasiLikelihoodOptions> = {},
): Steps<Estimates> {
  checkModel(view);
  const vector = parameterVector(view);
  let step = yield* quasiLikelihoodStep(view, vector, yield* startingState(view, vector), scale);
  let iterations = 1;
  let evaluations = step.minimum.evaluations;
  for (; step.moved > TOLERANCE && iterations < MAX_ITERATIONS; iterations++) {
    step = yield* quasiLikelihoodStep(view, vector, step, scale, step.minimum.hessian);
    evaluations += step.minimum.evaluations;
  }
  const maximum = yield* concludeMaximum(step.likelihood, vector, step.minimum);
  const isFree = scale === "free";
  return {
    engine: "ml",
    method: "pql",
    points: null,
    reml: false,
    intervals: "wald",
    ...estimates(view, vector, maximum),
    logLikelihood: null,
    logPrior: null,
    parameterCount: vector.start.length + (isFree ? 1 : 0),
    effects: step.likelihood.effects(),
    convergence: { converged: step.moved <= TOLERANCE, gradientNorm: step.moved, iterations, evaluations },
    notes: [
      ...(step.moved <= TOLERANCE ? [] : [unsettledNote(iterations)]),
      biasNote,
      ...(isFree ? [scaleNote(step.scale)] : []),
      ...(view.conditional === null ? [observedNote] : []),
      ...boundaryNotes(view, vector, maximum.held, reported(view, vector, maximum.position)),
    ],
  };
}

function checkModel({ isGaussian, sizes, factors }: LatentGaussian): void {
  if (isGaussian) {
    throw new EngineError(
      "a normal model with identity link is linear already, there is nothing to linearise; use lmm",
    );
  }
  if (factors.length === 0) {
    throw new EngineError(
      "pql is a method for random effects, and the model has none; use laplace, which is exact here",
    );
  }
  if (sizes.dispersion > 0) {
    throw new EngineError(
      "pql does not estimate the family's dispersion, which has no likelihood here; use laplace or aghq, or hold it at a number",
    );
  }
}

function* startingState(view: LatentGaussian, vector: ParameterVector): Steps<QuasiLikelihoodState> {
  return { position: yield* startWithoutEffects(view, vector), b: effectsVectors(view), scale: 1 };
}

/** Linearises the model at a state and fits the working model, from the state's parameters. */
export function* quasiLikelihoodStep(
  view: LatentGaussian,
  vector: ParameterVector,
  from: QuasiLikelihoodState,
  scale: "fixed" | "free",
  information: Float64Array | null = null,
): Steps<QuasiLikelihoodStep> {
  const values = view.values();
  vector.unpack(from.position, values);
  const working = workingResponse(view, values, from.b);
  function* fitAt(trialScale: number): Steps<Pick<QuasiLikelihoodStep, "likelihood" | "minimum">> {
    const likelihood = new WorkingLikelihood(view, working, trialScale);
    const minimum = yield* climb(likelihood, vector, from.position, { information, held: [] });
    vector.unpack(minimum.position, values);
    likelihood.evaluate(values, null);
    return { likelihood, minimum };
  }
  function* expectedAt(at: number): Steps<number> {
    const { likelihood } = yield* fitAt(at);
    return likelihood.expectedScale();
  }
  const next = scale === "free" ? yield* bestScale(from.scale, expectedAt) : from.scale;
  const { likelihood, minimum } = yield* fitAt(next);
  const scaleMoved = (log(next / from.scale) ** 2 * view.rows) / 2;
  const moved = Math.sqrt(squaredDistance(minimum, from.position) + scaleMoved);
  return { position: minimum.position, b: likelihood.effects().modes, scale: next, minimum, likelihood, moved };
}

/**
 * Where an EM step for the scale, the other parameters at their best for it, leaves it as it is: there the derivative of the profile
 * likelihood, n / 2 (expected / scale - 1) in log scale, is zero.
 */
function* bestScale(start: number, expectedAt: (scale: number) => Steps<number>): Steps<number> {
  function* excess(logScale: number): Steps<number> {
    return log(yield* expectedAt(exp(logScale))) - logScale;
  }
  const first = yield* excess(log(start));
  if (Math.abs(first) < SCALE_TOLERANCE) return start;
  const options = { tolerance: SCALE_TOLERANCE, valueTolerance: SCALE_TOLERANCE };
  const root = yield* findRootOutwardSteps(excess, log(start), 2 * first, options);
  if (root.converged) return exp(root.position);
  throw new EngineError(`pql found no scale for the working residuals: ${root.reason}; hold it fixed`);
}

function workingResponse(view: LatentGaussian, values: LatentValues, b: readonly Float64Array[]): WorkingResponse {
  const { eta, dEta, dEta2 } = workingRows(view, values, b);
  const weights = dEta2.map((second) => Math.max(0, -second));
  const z = eta.map((value, i) => (dEta[i] === 0 ? value : value + dEta[i] / weights[i]));
  if (z.every(Number.isFinite)) return { z, weights };
  throw new EngineError(
    "pql broke down: a row's working response is infinite, because its likelihood is flat or not concave where the iteration " +
      "has come; use laplace or aghq, or the family's canonical link",
  );
}

function workingRows(view: LatentGaussian, values: LatentValues, b: readonly Float64Array[]): RowTable {
  const table = view.rowTable();
  view.evaluateRows(values, b, 2, table);
  return table;
}

function squaredDistance({ position, hessian }: Minimum, from: Float64Array): number {
  return quadraticForm(
    hessian,
    position.map((x, i) => x - from[i]),
  );
}

const biasNote: MlNote = {
  code: "pql-bias",
  message:
    "pql is not maximum likelihood: its variances, and with them the coefficients, are biased towards zero, badly for binary data and " +
    "small counts with few rows a group (Breslow & Lin, 1995); it has no log-likelihood to compare",
  advice: "use aghq for one grouping factor or nested ones, laplace where factors cross",
};

const observedNote: MlNote = {
  code: "observed-weights",
  message: "the link is not the canonical one: the working weights are the observed information, not the expected one",
  advice: "software that takes the expected one differs a little; aghq and laplace do not depend on such a choice",
};

function unsettledNote(iterations: number): MlNote {
  return {
    code: "not-converged",
    message: `pql has not settled after ${iterations} linearisations: it is no maximisation, and nothing makes it converge`,
    advice: "use aghq or laplace",
  };
}

function scaleNote(scale: number): MlNote {
  return {
    code: "scale",
    message: `the scale of the working residuals is estimated at ${scale.toPrecision(6)}; standard errors of the others take it as known`,
    advice:
      "a scale far from 1 says that the family's variance does not fit; no other method here has one, so use negative_binomial",
  };
}
