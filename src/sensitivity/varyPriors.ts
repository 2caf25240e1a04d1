import { checkArgument } from "../argument/checkArgument.js";
import { texts } from "../argument/kinds.js";
import type { Warning } from "../diagnostics/warnings.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { refitsOf } from "../fit/refits.js";
import { inThisThread } from "../fit/thisThread.js";
import { largestReliableK } from "../math/psis.js";
import { runSteps, type Steps } from "../math/steps.js";
import { inLanes } from "../parallel/inLanes.js";
import type { LargestChange, PriorVariation, Variant, VariedPosterior } from "../summary/PriorVariation.js";
import { endsOf } from "../summary/Summary.js";
import { summarise } from "../summary/summarise.js";
import { weightedQuantile } from "../summary/summariseWeighted.js";
import { type OrderedValues, ordered } from "./cumulativeJensenShannon.js";
import { completeVaryOptions, type VaryOptions } from "./options.js";
import { type PosteriorDraws, posteriorDrawsOf, refuseMl } from "./posteriorDraws.js";
import type { DrawnValues } from "./powerScaling.js";
import { priorWeights } from "./priorWeights.js";
import { drawnQuantities } from "./quantities.js";
import { combinations, parseVariation } from "./variations.js";
import { isReached, priorReader, type VariedModel, variedModel } from "./variedModels.js";
import { covarianceOf, meanOf } from "./weightedMoments.js";

/**
 * The posterior of a fit under other priors: all combinations of variations such as "sd ~ half_normal(1) | exponential(1)" and "beta ~ normal(0, 0.5:5:10)", each in the
 * place of the statement of the same target. By Pareto-smoothed importance weights over the fit's draws where these can be relied on, else by fitting
 * anew with the fit's engine and options. Throws SensitivityError for variations that cannot be read, for unknown names and for maximum
 * likelihood, ModelError for priors that the model cannot take, OptionsError for options.
 */
export async function varyPriors(
  fit: Fit | MlFit,
  variations: readonly string[],
  options: VaryOptions = {},
): Promise<PriorVariation> {
  checkArgument(aFit, fit, "varyPriors", "fit");
  checkArgument(texts, variations, "varyPriors", "variations");
  const complete = completeVaryOptions(options);
  const { signal, level, quantities: asked } = complete;
  refuseMl(fit);
  const models = combinations(variations.map(parseVariation)).map((statements) => variedModel(fit, statements));
  const context = inThisThread({ signal });
  const draws = posteriorDrawsOf(fit);
  const quantities = await runSteps(drawnQuantities(fit, asked, draws), context);
  const base = await posteriorOf(fit, complete);
  const weighed = await runSteps(weighedVariants(fit, models, draws, quantities, { base, level }), context);
  const names = quantities.map(({ name }) => name);
  const waiting = weighed.flatMap(({ isUsed }, k) => (isUsed && !complete.refit ? [] : [k]));
  const anew = await fittedAnew(
    fit,
    waiting.map((k) => models[k]),
    quantities.length,
    complete,
  );
  const variants = weighed.map(({ variant }, k): Variant => {
    const place = waiting.indexOf(k);
    if (place < 0) return variant;
    return { ...variant, ...anew[place], change: changeOf(anew[place], base), method: "refit" };
  });
  return {
    kind: "prior-variation",
    engine: fit.engine,
    draws: draws.joint.count,
    level,
    largestReliableK: largestReliableK(draws.joint.count),
    quantities: names,
    base,
    variants,
    largestChange: largestChangeOf(variants, names),
    warnings: warningsOf(variants),
  };
}

/** The posteriors of models that are fitted anew, with what the fits say against themselves; one that fails does not end the others. */
async function fittedAnew(
  fit: Fit,
  models: readonly VariedModel[],
  quantities: number,
  options: ReturnType<typeof completeVaryOptions>,
): Promise<(VariedPosterior & Pick<Variant, "warnings" | "failure">)[]> {
  const { signal, onProgress, workers } = options;
  const refits = refitsOf(fit, { most: models.length, workers, hasDraws: !isOfDensities(fit, options) });
  let done = 0;
  const tell = () => onProgress?.({ stage: "fitting anew", done, total: models.length });
  if (models.length > 0) tell();
  return inLanes(refits.lanes, models, signal, async (model, _, stopping) => {
    try {
      const anew = await refits.fit(model, stopping);
      return { ...(await posteriorOf(anew, options)), warnings: anew.warnings(), failure: null };
    } catch (error) {
      if (stopping.aborted || !(error instanceof Error)) throw error;
      return { ...unknownPosterior(quantities), warnings: [], failure: error.message };
    } finally {
      done++;
      if (!stopping.aborted) tell();
    }
  });
}

function unknownPosterior(quantities: number): VariedPosterior {
  const none = () => new Float64Array(quantities).fill(Number.NaN);
  return { mean: none(), sd: none(), median: none(), lower: none(), upper: none() };
}

interface Weighed {
  readonly variant: Variant;
  readonly isUsed: boolean;
}

/** All variants by weights, and whether these can be used. */
function* weighedVariants(
  fit: Fit,
  models: readonly VariedModel[],
  { joint, shares, read }: PosteriorDraws,
  quantities: readonly DrawnValues[],
  { base, level }: { readonly base: VariedPosterior; readonly level: number },
): Steps<Weighed[]> {
  const sorted = quantities.map(({ values }) => ordered(values));
  const describe = (weights: Float64Array) => described(quantities, sorted, weights, level);
  const logPriors = priorReader(read);
  const own = logPriors(fit.compiled.priorsAtDraws());
  const ofDraws = describe(shares);
  const variants: Weighed[] = [];
  for (const [k, { compiled, priors }] of models.entries()) {
    yield { stage: "weighing the draws", done: k, total: models.length };
    const varied = logPriors(compiled.priorsAtDraws());
    const { weights, isReliable, ...judged } = priorWeights(own, varied, shares);
    const isWithin = isReached(fit.compiled, compiled);
    const paretoK = isWithin ? judged.paretoK : Number.POSITIVE_INFINITY;
    const found = moved(base, ofDraws, describe(weights));
    const method = "weights";
    const facts = {
      priors,
      method,
      paretoK,
      relativeSize: judged.size / joint.count,
      warnings: [],
      failure: null,
    } as const;
    variants.push({ variant: { ...found, ...facts, change: changeOf(found, base) }, isUsed: isWithin && isReliable });
  }
  return variants;
}

/** What weights change of a posterior: added to its own numbers, which are those of its draws only where it has no densities. */
function moved(base: VariedPosterior, ofDraws: VariedPosterior, weighted: VariedPosterior): VariedPosterior {
  const by = (field: keyof VariedPosterior) =>
    base[field].map((value, q) => value + (weighted[field][q] - ofDraws[field][q]));
  return { mean: by("mean"), sd: by("sd"), median: by("median"), lower: by("lower"), upper: by("upper") };
}

/** Moments and quantiles of draws by weights. */
function described(
  quantities: readonly DrawnValues[],
  sorted: readonly OrderedValues[],
  weights: Float64Array,
  level: number,
): VariedPosterior {
  const squares = weights.reduce((total, weight) => total + weight * weight, 0);
  const [low, high] = endsOf(level);
  const quantile = (probability: number) =>
    Float64Array.from(quantities, ({ values }, q) => {
      const { order } = sorted[q];
      const inOrder = (from: Float64Array) => Float64Array.from(order, (s) => from[s]);
      return weightedQuantile(inOrder(values), inOrder(weights), 1 / squares, probability);
    });
  return {
    mean: Float64Array.from(quantities, ({ values }) => meanOf(values, weights)),
    sd: Float64Array.from(quantities, ({ values }) => Math.sqrt(covarianceOf(values, values, weights) / (1 - squares))),
    median: quantile(0.5),
    lower: quantile(low),
    upper: quantile(high),
  };
}

type Described = Pick<ReturnType<typeof completeVaryOptions>, "quantities" | "level">;

/** Whether a fit is described by its densities: where its engine gives them and nothing else is asked for. */
function isOfDensities({ posterior }: Fit, { quantities: asked }: Described): boolean {
  return posterior.parameters.every(({ marginal }) => marginal.kind === "density") && asked.length === 0;
}

/** A fit in numbers, of its densities or its draws. */
async function posteriorOf(fit: Fit, options: ReturnType<typeof completeVaryOptions>): Promise<VariedPosterior> {
  const { quantities: asked, level, signal } = options;
  if (isOfDensities(fit, options)) return byDensities(fit, level);
  const draws = posteriorDrawsOf(fit);
  const quantities = await runSteps(drawnQuantities(fit, asked, draws), inThisThread({ signal }));
  const sorted = quantities.map(({ values }) => ordered(values));
  return described(quantities, sorted, draws.shares, level);
}

/** The posterior by the densities that an engine gives besides draws, so that no draws are made. */
function byDensities({ posterior }: Fit, level: number): VariedPosterior {
  const { parameters } = summarise({ ...posterior, randomEffects: [], jointDraws: [] }, { level });
  const column = (field: "mean" | "sd" | "median" | "lower" | "upper") =>
    Float64Array.from(parameters, (row) => row[field]);
  return {
    mean: column("mean"),
    sd: column("sd"),
    median: column("median"),
    lower: column("lower"),
    upper: column("upper"),
  };
}

function changeOf({ mean }: VariedPosterior, base: VariedPosterior): Float64Array {
  return mean.map((value, q) => (base.sd[q] > 0 ? (value - base.mean[q]) / base.sd[q] : 0));
}

function largestChangeOf(variants: readonly Variant[], names: readonly string[]): LargestChange | null {
  const changes = variants.flatMap(({ priors, change }) =>
    names.map((quantity, q) => ({ quantity, priors, change: change[q] })),
  );
  const known = changes.filter(({ change }) => !Number.isNaN(change));
  const larger = (a: LargestChange, b: LargestChange) => (Math.abs(b.change) > Math.abs(a.change) ? b : a);
  return known.length === 0 ? null : known.reduce(larger);
}

function warningsOf(variants: readonly Variant[]): Warning[] {
  return [...failures(variants), ...doubts(variants)];
}

function failures(variants: readonly Variant[]): Warning[] {
  return variants.flatMap(({ priors, failure }) =>
    failure === null
      ? []
      : [
          {
            code: "failed-refit",
            message: `the new fit under ${priors.join(", ")} failed: ${failure}`,
            advice: "leave these priors out, or fit the model with them by itself",
          },
        ],
  );
}

function doubts(variants: readonly Variant[]): Warning[] {
  const doubtful = variants.filter(({ warnings }) => warnings.length > 0);
  if (doubtful.length === 0) return [];
  const [{ priors, warnings }] = doubtful;
  const more = doubtful.length > 1 ? `, and ${doubtful.length - 1} more` : "";
  return [
    {
      code: "doubtful-refit",
      message: `the new fit under ${priors.join(", ")}${more} has warnings of its own: ${warnings[0].message}`,
      advice: warnings[0].advice,
    },
  ];
}
