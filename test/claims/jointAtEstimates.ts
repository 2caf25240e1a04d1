import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Table } from "../../src/data/Table.js";
import { hyperparameters } from "../../src/density/Hyperparameters.js";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../src/density/LatentValues.js";
import type { LogDensity } from "../../src/density/LogDensity.js";
import { resolvePriors } from "../../src/density/resolvePriors.js";
import type { TermCovariance } from "../../src/density/TermCovariance.js";
import { EngineError } from "../../src/engine/EngineError.js";
import type { Estimates } from "../../src/engine/ml/Estimates.js";
import { maximumLikelihood } from "../../src/engine/ml/ml.js";
import { links } from "../../src/family/links.js";
import { parseModel } from "../../src/language/parser.js";
import { cholesky, inverseFromCholesky } from "../../src/math/linalg/cholesky.js";
import { hessianByDifferences } from "../../src/math/optimize/hessianByDifferences.js";
import type { Minimum } from "../../src/math/optimize/Minimum.js";
import { newton } from "../../src/math/optimize/newton.js";
import type { Objective } from "../../src/math/optimize/Objective.js";
import { runSync } from "../../src/math/steps.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { priors } from "../../src/prior/priors.js";
import { compiled } from "../density/models.js";

/** A model whose coefficients are the raw ones, as a joint density for samplers and as a view for maximum likelihood. */
export interface JointModel {
  readonly view: LatentGaussian;
  /** Positions hold b. */
  readonly centred: LogDensity;
  /** Positions hold u, b = Lambda u. */
  readonly noncentred: LogDensity;
  /** Where the effects of a position begin. */
  readonly effectsAt: number;
  /** A position whose effects are zero and whose parameters are the estimates (moved off a boundary, where no position stands). */
  positionOf(estimates: Estimates["parameters"]): Float64Array;
}

/** `text` must leave the prior on the intercept to beta[Intercept]. */
export function jointModel(text: string, table: Table): JointModel {
  const { design, model } = compiled(text, table);
  const latent = model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  const hyper = hyperparameters(resolvePriors(parseModel(text), design, model.family, priors, links).priors);
  const [centred, noncentred] = [model.logDensity("centred"), model.logDensity("noncentred")];
  return {
    view: latent.view,
    centred,
    noncentred,
    effectsAt: hyper.size,
    positionOf(estimates) {
      const numbers = estimates.map(({ estimate }) => estimate);
      let at = 0;
      const next = (count: number) => {
        at += count;
        return numbers.slice(at - count, at);
      };
      for (const { beta, terms } of hyper.predictors) {
        beta.set(next(beta.length));
        for (const term of terms) setTerm(term, next(term.size), next((term.size * (term.size - 1)) / 2));
      }
      hyper.scalars.set(next(hyper.scalars.length));
      const position = new Float64Array(noncentred.dimension);
      hyper.write(position);
      return position;
    },
  };
}

const folder = resolve(import.meta.dirname, "../../models");

/** Rows up to which the slow twins take a moment. */
const MOST_ROWS = 500;

/** The names in models/ of those with few rows. */
export const shippedModels = readdirSync(folder).filter(
  (name) => readFileSync(join(folder, name, "data.csv"), "utf8").split("\n").length <= MOST_ROWS,
);

export async function shippedModel(name: string): Promise<JointModel> {
  const stated = readFileSync(join(folder, name, "model.glmm"), "utf8");
  const text = /^prior intercept/m.test(stated)
    ? stated.replace("prior intercept", "prior beta[Intercept]")
    : `${stated}\nprior beta[Intercept] ~ normal(0, 100)`;
  return jointModel(text, await readTable(join(folder, name, "data.csv")));
}

/** In place of an sd of zero. */
const SMALL_SD = 1e-10;
/** By which correlations are drawn to zero, so that their matrix is regular where it is at the boundary. */
const SHRINKAGE = 1e-13;

function setTerm({ size: q, sds, correlation }: TermCovariance, estimated: number[], correlations: number[]): void {
  sds.set(estimated.map((sd) => Math.max(sd, SMALL_SD)));
  correlation.fill(0);
  for (let r = 0, k = 0; r < q; r++) {
    correlation[r * q + r] = 1;
    // An effect without variance has no correlations.
    for (let s = r + 1; s < q; s++, k++)
      correlation[s * q + r] = Number.isNaN(correlations[k]) ? 0 : (1 - SHRINKAGE) * correlations[k];
  }
  if (!cholesky(correlation, q)) throw new Error("correlations that are none");
  for (let r = 0; r < q; r++) correlation.fill(0, r * q + r + 1, (r + 1) * q);
}

/** The parameters that a position stands for. */
export function valuesAt(view: LatentGaussian, position: Float64Array, effectsAt: number): LatentValues {
  const values = view.values();
  view.read(position.subarray(0, effectsAt), values);
  return values;
}

/** Minus a density as a function of its effects alone, the parameters held. */
export function inEffects(density: LogDensity, position: Float64Array, effectsAt: number): Objective {
  const at = position.slice();
  const whole = new Float64Array(at.length);
  return (effects, gradient) => {
    at.set(effects, effectsAt);
    const value = density.logDensityGradient(at, whole);
    for (let k = 0; k < gradient.length; k++) gradient[k] = -whole[effectsAt + k];
    return -value;
  };
}

/** Dense, by differences of the gradient: the steps a tenth of what suits a smooth function, for likelihoods that bend within one. */
export function hessianOf(objective: Objective, at: Float64Array): Float64Array {
  const rough = roughHessian(objective, at);
  const scale = at.map((_, k) => 0.1 / Math.sqrt(rough[k * at.length + k]));
  return runSync(hessianByDifferences(objective, at, { scale })).hessian;
}

function roughHessian(objective: Objective, at: Float64Array): Float64Array {
  return runSync(hessianByDifferences(objective, at, { order: 2 })).hessian;
}

/** The minimum in the effects, from zero and without anything of ours that knows of effects. */
export function minimumOf(objective: Objective, size: number): Minimum {
  return runSync(newton(objective, (at) => roughHessian(objective, at), new Float64Array(size), { tolerance: 1e-9 }));
}

/** One array after the other. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

/** By Laplace; null where the data leave the likelihood without a maximum. */
export function fitted({ view }: JointModel): Estimates | null {
  try {
    const fit = runSync(maximumLikelihood(view, { method: "laplace" }));
    return fit.convergence.converged && fit.parameters.every(({ estimate }) => Math.abs(estimate) < 50) ? fit : null;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

/** A fit at the boundary has no position: what is said of it is said beside it, and in u alone. */
export function isSingular({ notes }: Estimates): boolean {
  return notes.some(({ code }) => code === "singular");
}

/** The inverse of a precision, which must be positive definite. */
export function covarianceOf(precision: Float64Array): Float64Array {
  const n = Math.round(Math.sqrt(precision.length));
  const [factor, covariance] = [precision.slice(), precision.slice()];
  if (!cholesky(factor, n)) throw new Error("a precision that is not positive definite");
  inverseFromCholesky(factor, n, covariance);
  return covariance;
}

export function conditionalSds(covariance: Float64Array): Float64Array {
  const n = Math.round(Math.sqrt(covariance.length));
  return Float64Array.from({ length: n }, (_, k) => Math.sqrt(covariance[k * n + k]));
}
