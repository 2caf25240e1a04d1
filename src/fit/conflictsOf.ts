import type { CompiledModel } from "../density/CompiledModel.js";
import type { Design } from "../design/Design.js";
import { posteriorMode } from "../marginal/exploration/posteriorMode.js";
import { kernelInAdvance } from "../marginal/likelihoods/factorMarginal.js";
import { laplaceMarginal } from "../marginal/likelihoods/laplace.js";
import { plainMarginal } from "../marginal/likelihoods/plain.js";
import { mean, standardDeviation } from "../math/moments.js";
import type { Steps } from "../math/steps.js";
import type { ModeRecord, Posterior } from "../posterior/Posterior.js";
import type { Summary } from "../summary/Summary.js";
import type { PreparedModel } from "./PreparedModel.js";
import { conflict, limitOf, type PriorConflict, priorConflicts } from "./priorConflict.js";
import { likelihoodAt, surprise } from "./surprise.js";

/** With few draws, this share of the variance is left. */
const LEAST_SHARE = 0.1;
/** A mode with a larger gradient, in posterior sds, is none. */
const LARGEST_GRADIENT = 0.1;
/** The variance of draws is taken to be smaller than it seems by this many of its standard errors, which makes the likelihood more precise and a conflict less. */
const CAREFUL = 3;

/** The conflicts of a posterior: by the mode that its engine used, else by one found now, and by its draws where the model has no such view. */
export function* conflictsOf(
  prepared: PreparedModel,
  posterior: Posterior,
  summary: () => Summary,
): Steps<PriorConflict[]> {
  const { compiled, design } = prepared;
  const mode = posterior.record.mode ?? (yield* modeOf(compiled));
  return mode === null
    ? conflictsByDraws(compiled, design, posterior, summary())
    : yield* priorConflicts(compiled, mode);
}

function* modeOf(compiled: CompiledModel): Steps<ModeRecord | null> {
  const latent = compiled.latentGaussian();
  if ("refusal" in latent) return null;
  const { view } = latent;
  const ahead = kernelInAdvance(view, 1);
  if (ahead) yield* ahead;
  const mode = yield* posteriorMode(view.factors.length > 0 ? laplaceMarginal(view) : plainMarginal(view));
  return mode.isDefinite && mode.gradientNorm < LARGEST_GRADIENT ? mode : null;
}

/** `priorConflicts` with the mean and variance of draws in place of a mode and its curvature: what the prior hides from the draws stays hidden. */
function conflictsByDraws(
  compiled: CompiledModel,
  design: Design,
  { parameters }: Posterior,
  summary: Summary,
): PriorConflict[] {
  const { priors } = compiled.parameterPriors();
  const informative = priors.filter(({ isInformative }) => isInformative);
  const drawsOf = (name: string) => {
    const marginal = parameters.find((parameter) => parameter.name === name)?.marginal;
    return marginal?.kind === "draws" ? Float64Array.from(marginal.chains.flatMap((chain) => [...chain])) : null;
  };
  return informative.flatMap((prior) => {
    const draws = drawsOf(prior.name) ?? centredIntercept(design, prior.name, drawsOf);
    const reported = prior.name.replace(/intercept$/, "beta[Intercept]");
    const ess = summary.parameters.find(({ name }) => name === reported)?.essBulk ?? Number.NaN;
    if (draws === null || !(ess > 0)) return [];
    const unconstrained = draws.map(prior.transform.unconstrain);
    const value = prior.transform.constrain(mean(unconstrained));
    const variance = standardDeviation(unconstrained) ** 2;
    const careful = likelihoodAt(prior, value, variance * Math.max(LEAST_SHARE, 1 - CAREFUL * Math.sqrt(2 / ess)));
    const z = surprise(prior, careful);
    if (z < limitOf(informative.length)) return [];
    const found = likelihoodAt(prior, value, variance);
    return [conflict(prior, found.precision > 0 ? found : careful, z)];
  });
}

/** The linear predictor at the covariates' means, "intercept" or "phi.intercept". */
function centredIntercept(
  { predictors }: Design,
  name: string,
  drawsOf: (name: string) => Float64Array | null,
): Float64Array | null {
  const prefix = name.replace(/intercept$/, "");
  const part = predictors[prefix === "" ? 0 : 1];
  const total = drawsOf(`${prefix}beta[Intercept]`);
  if (prefix === name || part === undefined || total === null) return null;
  part.columns.forEach((column, k) => {
    const own = k === part.interceptColumn ? null : drawsOf(`${prefix}beta[${column}]`);
    own?.forEach((value, i) => {
      total[i] += part.columnMeans[k] * value;
    });
  });
  return total;
}
