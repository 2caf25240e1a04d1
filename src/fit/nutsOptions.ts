import type { Parametrization } from "../density/jointDensity.js";
import type { ChainProgress } from "../engine/hmc/chain.js";
import {
  completeNutsOptions,
  defaultNutsOptions,
  type NutsOptions,
  transportedNutsOptions,
} from "../engine/hmc/options.js";
import { OptionsError } from "../engine/OptionsError.js";
import { processors } from "../parallel/runChains.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import { commonOptionProblems, engineNames, oneOf, positive, whole } from "./options.js";
import type { ModelOptions } from "./prepare.js";
import type { Quality } from "./rounds.js";

/** How to sample; see `NutsOptions` for the sampler's own. */
export interface FitOptions extends ModelOptions, Partial<NutsOptions> {
  /** Default "nuts". */
  readonly engine?: "nuts";
  /** Chains, each with a random stream of its own. Default 4. */
  readonly chains?: number;
  /**
   * What the sampler moves: coordinates in which the posterior is nearly N(0, I), standardised effects u, or b itself. Default "transported",
   * which takes a linear mixed model "integrated", over (theta, sigma) alone, where it can, and falls back to "noncentred", saying why among
   * the problems, where it must. The record names what ran.
   */
  readonly parametrization?: "transported" | Parametrization;
  /** Ends the run when every parameter and random effect has this bulk ESS and an R-hat below 1.01; `draws`, then 10,000 by default, are the most. */
  readonly targetEss?: number;
  /** Ends the run after so many seconds of sampling with what has been drawn, marked as partial. */
  readonly timeLimitSeconds?: number;
  /** Worker threads; 0 for none. Default: none for a small model, else one a chain, as far as there are processors. The draws do not depend on it. */
  readonly workers?: number;
  /** Called now and then while a chain runs. */
  readonly onProgress?: (progress: ChainProgress) => void;
  /** Called with a `targetEss` each time that the draws until then have been judged, and without one and without `draws` when they are too few. */
  readonly onQuality?: (quality: Quality) => void;
  /** Ends sampling early; what was drawn is returned, marked as partial. */
  readonly signal?: AbortSignal;
}

/** Of each chain, where the run is to be stopped by its quality and no number is given. */
const MOST_DRAWS = 10_000;

/** How many times its draws a run of no given length may have. */
const EXTENSION = 4;

/** What a run goes by, defaults filled in. */
export interface CompleteFitOptions {
  readonly chains: number;
  readonly workers: number;
  readonly parametrization: "transported" | Parametrization;
  readonly targetEss: number | null;
  /** Probability of the intervals. */
  readonly level: number;
  /** Draws of each chain up to which a run that is too short goes on; those asked for where they are given. */
  readonly extendTo: number;
  readonly nuts: NutsOptions;
}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeFitOptions(options: FitOptions): CompleteFitOptions {
  const { engine = "nuts", chains = 4, parametrization = "transported", workers = processors() } = options;
  const { families = [], priors = [], targetEss = null, timeLimitSeconds, level = DEFAULT_LEVEL } = options;
  const isTransported = parametrization === "transported";
  const nuts = Object.entries(options).filter(([name, value]) => name in defaultNutsOptions && value !== undefined);
  const problems = [
    ...oneOf("engine", engine, engineNames),
    ...whole("chains", chains, 1, 1000),
    ...oneOf("parametrization", parametrization, ["transported", "centred", "noncentred"]),
    ...(isTransported && options.metric !== undefined ? [metricProblem(options.metric)] : []),
    ...whole("workers", workers, 0, 1000),
    ...(targetEss === null ? [] : positive("targetEss", targetEss)),
    ...(timeLimitSeconds === undefined ? [] : positive("timeLimitSeconds", timeLimitSeconds)),
    ...(targetEss !== null && options.randomEffects === "summary" ? [summaryProblem] : []),
    ...commonOptionProblems(options, "nuts"),
  ];
  const byCoordinates = isTransported ? transportedNutsOptions : defaultNutsOptions;
  const defaults = targetEss === null ? byCoordinates : { ...byCoordinates, draws: MOST_DRAWS };
  const sampler = attempt(() => completeNutsOptions(Object.fromEntries(nuts), defaults), problems);
  if (sampler === null || problems.length > 0) throw new OptionsError(problems);
  const hasPlugIns = families.length + priors.length > 0;
  const isFixed = options.draws !== undefined || sampler.randomEffects === "summary";
  const extendTo = isFixed ? sampler.draws : EXTENSION * sampler.draws;
  return {
    chains,
    parametrization,
    targetEss,
    level,
    extendTo,
    nuts: sampler,
    workers: hasPlugIns ? 0 : Math.min(workers, chains),
  };
}

const summaryProblem =
  'randomEffects is "summary", whose rounds a targetEss would have to join; choose "none", which judges the parameters alone, or "draws"';

function metricProblem(metric: string): string {
  return `metric is ${JSON.stringify(metric)}, which transported coordinates have no use for; leave it out, or choose the parametrization noncentred or centred`;
}

function attempt(complete: () => NutsOptions, problems: string[]): NutsOptions | null {
  try {
    return complete();
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}
