import { checkArgument } from "../../argument/checkArgument.js";
import { refuseCensored } from "../../design/refuseCensored.js";
import { quantileOfSorted } from "../../diagnostics/quantile.js";
import type { OptionsOf } from "../../engine/OptionSchema.js";
import { aFit, aModelToFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { inThisThread } from "../../fit/thisThread.js";
import { mean, standardDeviation } from "../../math/moments.js";
import { runSteps, type Steps } from "../../math/steps.js";
import type { PredictiveCheck, TestStatistic } from "../../summary/PredictiveCheck.js";
import { endsOf } from "../../summary/Summary.js";
import { CheckError } from "../CheckError.js";
import { checkReplication } from "../replication/checkReplication.js";
import { firstGrouping, groupingNamed, rowsOfLevels } from "../replication/grouping.js";
import { predictiveMoments } from "../replication/predictiveMoments.js";
import { factorsOf, type Replication, replicationOf } from "../replication/replicates.js";
import { CalibrationCounter } from "./CalibrationCounter.js";
import { FrequencyCounter } from "./FrequencyCounter.js";
import { completePpcOptions, type PpcOptions, type ppcSchema } from "./options.js";
import { ofGroups, type Statistic, type StatisticContext, sharesOf, statisticNamed } from "./statistics.js";
import { predictiveWarnings } from "./warnings.js";

/**
 * Posterior predictive checks: statistics of the data beside those of data replicated from a fit by any engine (Gelman, Meng & Stern 1996), frequencies of
 * counts and of measurements (rootograms), calibration of probabilities; of maximum likelihood at its estimates.
 * Throws OptionsError for options, CheckError for a fit that no data can be replicated from and for groups and statistics that it has not.
 */
export async function ppc(fit: Fit | MlFit, options: PpcOptions = {}): Promise<PredictiveCheck> {
  checkArgument(aFit, fit, "ppc", "fit");
  const complete = completePpcOptions(options);
  return runSteps(ppcSteps(fit, complete), inThisThread(complete));
}

function* ppcSteps(fit: Fit | MlFit, options: OptionsOf<typeof ppcSchema>): Steps<PredictiveCheck> {
  const { effects, replicates, level } = options;
  const way = "look at residuals, where a censored response stands for all that it may be";
  refuseCensored(fit.design, fit.ast, "their statistics are not to be compared", way);
  const replication = replicationOf(fit, options);
  const { order, rows, observed } = replication;
  const grouping = options.group === undefined ? null : groupingNamed(fit, options.group, order);
  const groups = grouping === null ? [] : rowsOfLevels(grouping);
  const kind = responseKind(fit, replication);
  const moments = yield* predictiveMoments(replication);
  const levelIndex = (grouping ?? firstGrouping(fit, order))?.levelIndex ?? null;
  const numbers = order.map((i) => fit.design.rowIndex[i] + 1);
  const { categories } = fit.design.response;
  const statistics = statisticsOf(options, kind, { moments, levelIndex, categories }, numbers);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const whole = new StatisticValues(statistics, all, replicates);
  const byGroup = groups.map((places) => new StatisticValues(withoutGroups(statistics), places, replicates));
  const frequencies =
    kind === "binary" || kind === "categories"
      ? null
      : new FrequencyCounter(observed, kind !== "continuous", replicates);
  const calibration = calibrationOf(fit, kind, moments.mean, replication);
  const replicated: Float64Array[] = [];
  yield* replication.responses((r, responses) => {
    for (const values of [whole, ...byGroup]) values.add(r, responses);
    frequencies?.add(r, responses);
    calibration?.add(r, responses);
    if (r < options.keep) replicated.push(responses.slice());
  });
  const body = {
    kind: "ppc" as const,
    engine: fit.engine,
    effects,
    factors: factorsOf(fit),
    replicates,
    level,
    statistics: whole.result(observed, level, true),
    groups: grouping && {
      name: grouping.name,
      levels: byGroup.map((values, g) => ({
        level: grouping.levels[g],
        rows: groups[g].length,
        statistics: values.result(observed, level, false),
      })),
    },
    frequencies: frequencies?.result(level) ?? null,
    calibration: calibration?.result(level) ?? null,
    rows: numbers,
    observed,
    replicated,
    categories,
  };
  return { ...body, warnings: predictiveWarnings(body) };
}

export type ResponseKind = "categories" | "binary" | "successes" | "counts" | "continuous";

/** Where a family does not tell whether its responses are counts, the data do. */
function responseKind({ design, compiled }: Fit | MlFit, { reader, observed }: Replication): ResponseKind {
  const { trials, categories } = design.response;
  if (categories !== null) return "categories";
  if (trials?.some((count) => count > 1)) return "successes";
  const isCount = reader.isDiscrete ?? observed.every((y) => Number.isInteger(y) && y >= 0);
  if (!isCount) return "continuous";
  return compiled.family.checkResponse(2, 1) === null ? "counts" : "binary";
}

const usual: Readonly<Record<ResponseKind, readonly string[]>> = {
  categories: [],
  binary: ["mean", "dispersion"],
  successes: ["mean", "sd", "zeros", "max", "dispersion"],
  counts: ["mean", "sd", "zeros", "max", "dispersion"],
  continuous: ["mean", "sd", "min", "q25", "q50", "q75", "max"],
};

/** Before a model is fitted: whether it can be checked so. Throws CheckError as `ppc` does once it is fitted. */
export async function checkPpc(model: ModelToFit, options: PpcOptions = {}): Promise<void> {
  checkArgument(aModelToFit, model, "checkPpc", "model");
  const { group, statistics = [] } = completePpcOptions(options);
  checkReplication(model, { group });
  const hasGroups = group !== undefined || model.design.predictors[0].factors.length > 0;
  if (!hasGroups) refuseOfGroups(statistics);
}

/** Throws CheckError for statistics of groups, of a model without any. */
function refuseOfGroups(names: readonly string[]): void {
  const impossible = names.find((name) => ofGroups.includes(name));
  if (impossible !== undefined)
    throw new CheckError(
      `the statistic ${impossible} needs groups, and the model has no grouping factor; name a column by group`,
    );
}

/** Those that were asked for, or that suit the response; and those of the user. Throws CheckError for those of groups where there are none. */
function statisticsOf(
  { statistics, functions }: OptionsOf<typeof ppcSchema>,
  kind: ResponseKind,
  context: StatisticContext,
  numbers: Int32Array,
): Statistic[] {
  if (kind === "categories" && statistics !== undefined)
    throw new CheckError(
      `the response is one of several categories, whose numbers have no ${statistics[0]}; leave statistics out, for the share of each category, or give functions of your own, of their numbers from 1`,
    );
  const isGrouped = context.levelIndex !== null && kind !== "categories";
  const usualOnes = [...usual[kind], ...(isGrouped ? ofGroups : [])];
  const names = [...new Set(statistics ?? usualOnes)];
  if (context.levelIndex === null) refuseOfGroups(names);
  const own = Object.entries(functions).map(([name, compute]) => ({
    name,
    of: (responses: Float64Array, places: Int32Array) =>
      numberFrom(
        name,
        compute(
          responses.slice(),
          places.map((i) => numbers[i]),
        ),
      ),
  }));
  return [...names.map((name) => statisticNamed(name, context)), ...sharesOf(context), ...own];
}

function numberFrom(name: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw new CheckError(`the statistic ${name} returned ${typeof value}; it must return a number`);
}

/** The statistics that have a meaning within one group: all but those that compare groups. */
function withoutGroups(statistics: readonly Statistic[]): Statistic[] {
  return statistics.filter(({ name }) => !ofGroups.includes(name));
}

function calibrationOf({ design }: Fit | MlFit, kind: ResponseKind, means: Float64Array, replication: Replication) {
  if (kind !== "binary" && kind !== "successes") return null;
  const { order, observed, count } = replication;
  const trials = Float64Array.from(order, (i) => design.response.trials?.[i] ?? 1);
  return new CalibrationCounter(observed, trials, means, count);
}

/** Statistics of some rows, of each replicated data set. */
class StatisticValues {
  private readonly statistics: readonly Statistic[];
  private readonly places: Int32Array;
  /** `[statistic][replicate]`. */
  private readonly values: readonly Float64Array[];

  constructor(statistics: readonly Statistic[], places: Int32Array, replicates: number) {
    [this.statistics, this.places] = [statistics, places];
    this.values = statistics.map(() => new Float64Array(replicates));
  }

  add(r: number, responses: Float64Array): void {
    const own = this.ownOf(responses);
    this.statistics.forEach(({ of }, s) => {
      this.values[s][r] = of(own, this.places);
    });
  }

  result(observed: Float64Array, level: number, keepsValues: boolean): TestStatistic[] {
    const own = this.ownOf(observed);
    return this.statistics.map(({ name, of }, s) => {
      const values = this.values[s];
      return { name, ...placed(of(own, this.places), values, level), ...(keepsValues ? { values } : {}) };
    });
  }

  private ownOf(responses: Float64Array): Float64Array {
    return this.places.length === responses.length ? responses : Float64Array.from(this.places, (i) => responses[i]);
  }
}

/** A value among replicated ones. */
function placed(observed: number, values: Float64Array, level: number): Omit<TestStatistic, "name"> {
  const sorted = values.slice().sort();
  const [low, high] = endsOf(level);
  const share = (isOnSide: (value: number) => boolean) =>
    Number.isNaN(observed)
      ? Number.NaN
      : values.reduce((sum, value) => sum + Number(isOnSide(value)), 0) / values.length;
  return {
    observed,
    mean: mean(values),
    sd: standardDeviation(values),
    lower: quantileOfSorted(sorted, low),
    upper: quantileOfSorted(sorted, high),
    above: share((value) => value >= observed),
    below: share((value) => value <= observed),
  };
}
