import { quantileOfSorted } from "../../diagnostics/quantile.js";
import { type Given, option } from "../../engine/OptionSchema.js";
import { choice, probability, whole } from "../../engine/optionTypes.js";
import { isKnownToThreads } from "../../fit/isKnownToThreads.js";
import type { MlFit } from "../../fit/MlFit.js";
import { mlEngine } from "../../fit/mlEngine.js";
import { mean, standardDeviation } from "../../math/moments.js";
import type { Bootstrap, BootstrapParameter } from "../../summary/Bootstrap.js";
import { endsOf } from "../../summary/Summary.js";
import { fittedDraws } from "../fittedDraws.js";
import { checkedOptions } from "../options.js";
import type { Replicate, ReplicatePlan } from "../replicates/Replicate.js";
import { runReplicates } from "../replicates/runReplicates.js";
import { SimulationError } from "../SimulationError.js";
import { replicatesSchema } from "../sbc/options.js";

export const bootstrapSchema = {
  replicates: option(whole(2, 1_000_000), { default: 1000, sentence: "data sets to simulate and fit", example: 200 }),
  interval: option(choice("percentile", "basic"), {
    default: "percentile",
    sentence: "intervals between quantiles of the estimates (percentile), or twice the estimate less these (basic)",
    example: "basic",
  }),
  level: option(probability(), { default: 0.95, sentence: "probability of the intervals", example: 0.9 }),
  ...replicatesSchema,
};

/** How to bootstrap. */
export interface BootstrapOptions extends Given<typeof bootstrapSchema> {}

/**
 * The parametric bootstrap of a fit by maximum likelihood: data sets are simulated at its estimates, with random effects drawn anew, and fitted by the same method. The same for any number of workers. Throws OptionsError for options,
 * SimulationError where an estimate is not finite or nearly all fits fail, and the signal's reason once it is aborted.
 */
export async function bootstrap(fit: MlFit, options: BootstrapOptions = {}): Promise<Bootstrap> {
  const { replicates, interval, level, seed, ...running } = checkedOptions(bootstrapSchema, options);
  if (!("ml" in fit)) throw new SimulationError("the bootstrap is of a fit by maximum likelihood (engine ml)");
  const { parameters } = fittedDraws(fit, 1, new Map());
  const names = fit.compiled.quantities.parameters;
  const plan: ReplicatePlan = {
    // Standard errors are not asked for, nor is Laplace's check.
    options: { ...fit.options, intervals: "wald", importanceDraws: 0 },
    seed: `${seed}:bootstrap`,
    stated: names.map((name, k) => [name, parameters[k][0]] as const),
    quantities: [...names.keys()],
    levels: [level],
    ranked: 1,
  };
  const { ast, design, compiled, problems, notes, data, table, plugins } = fit;
  const model = { ast, design, compiled, problems, notes, data, table, plugins };
  const all = await runReplicates(model, mlEngine, plan, {
    ...running,
    replicates,
    earlier: [],
    onReplicate: undefined,
    isOfThisThread: !isKnownToThreads(fit),
  });
  const fitted = all.filter(({ failure }) => failure === null);
  if (fitted.length < 2)
    throw new SimulationError(
      `${all.length - fitted.length} of ${all.length} fits of simulated data failed, by: ${all.find(({ failure }) => failure !== null)?.failure}; fit by another method`,
    );
  return {
    interval,
    level,
    replicates,
    failed: all.length - fitted.length,
    parameters: names.map((name, k) => ofParameter(name, parameters[k][0], fitted, k, interval, level)),
    seconds: all.reduce((total, { seconds }) => total + seconds, 0),
  };
}

function ofParameter(
  name: string,
  estimate: number,
  fitted: readonly Replicate[],
  k: number,
  interval: Bootstrap["interval"],
  level: number,
): BootstrapParameter {
  const values = Float64Array.from(fitted.flatMap((one) => one.estimate[k] ?? [])).sort();
  const [low, high] = endsOf(level).map((probability) => quantileOfSorted(values, probability));
  const sd = standardDeviation(values);
  return {
    name,
    estimate,
    estimates: values.length,
    bias: mean(values) - estimate,
    biasError: sd / Math.sqrt(values.length),
    sd,
    lower: interval === "percentile" ? low : 2 * estimate - high,
    upper: interval === "percentile" ? high : 2 * estimate - low,
  };
}
