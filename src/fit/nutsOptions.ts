import type { Parametrization } from "../density/jointDensity.js";
import {
  defaultNutsOptions,
  type NutsOptions,
  nutsOptionProblems,
  samplerSchema,
  transportedNutsOptions,
} from "../engine/hmc/options.js";
import type { Given } from "../engine/OptionSchema.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { processors } from "../parallel/runChains.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import type { nutsSchema } from "./nutsSchema.js";

/** How to sample: see `nutsSchema`. */
export interface NutsFitOptions extends Given<typeof nutsSchema> {
  /** Default "nuts". */
  readonly engine?: "nuts" | undefined;
}

/** Of each chain, where the run is to be stopped by its quality and no number is given. */
const MOST_DRAWS = 10_000;

/** How many times its draws a run of no given length may have. */
const EXTENSION = 16;

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

/** The options of a run, which have been checked, with the defaults filled in. */
export function completeRun(options: Given<typeof nutsSchema>): CompleteFitOptions {
  const { chains = 4, parametrization = "transported", workers = processors() } = options;
  const { families = [], priors = [], targetEss = null, level = DEFAULT_LEVEL } = options;
  const sampler = samplerOptions(options);
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

/** The sampler's own options, with the defaults that suit the coordinates. */
function samplerOptions(options: Given<typeof nutsSchema>): NutsOptions {
  const { parametrization = "transported", targetEss } = options;
  const byCoordinates = parametrization === "transported" ? transportedNutsOptions : defaultNutsOptions;
  const defaults = targetEss === undefined ? byCoordinates : { ...byCoordinates, draws: MOST_DRAWS };
  const given = Object.entries(options).filter(([name, value]) => name in samplerSchema && value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

/** What is wrong with options that are allowed each by itself. */
export function nutsConflicts(options: Given<typeof nutsSchema>): OptionProblem[] {
  const { parametrization = "transported", metric, targetEss, randomEffects } = options;
  return [
    ...nutsOptionProblems(samplerOptions(options)).filter(({ code }) => code === "conflict"),
    ...(parametrization === "transported" && metric !== undefined ? [conflict("metric", metricProblem(metric))] : []),
    ...(targetEss !== undefined && randomEffects === "summary" ? [conflict("randomEffects", summaryProblem)] : []),
  ];
}

function conflict(option: string, message: string): OptionProblem {
  return { option, code: "conflict", message };
}

const summaryProblem =
  'randomEffects is "summary", whose rounds a targetEss would have to join; choose "none", which judges the parameters alone, or "draws"';

function metricProblem(metric: string): string {
  return `metric is ${JSON.stringify(metric)}, which transported coordinates have no use for; leave it out, or choose the parametrization noncentred or centred`;
}
