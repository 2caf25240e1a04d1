import { checkArgument } from "../../argument/checkArgument.js";
import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import { aPosteriorFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import { inThisThread } from "../../fit/thisThread.js";
import { largestReliableK, paretoKError } from "../../math/psis.js";
import { apart, runSteps, type Steps, staged } from "../../math/steps.js";
import { type JointDraws, jointDrawsOf } from "../../posterior/jointDraws.js";
import type { Loo, UnitMethod } from "../../summary/CrossValidation.js";
import { CheckError } from "../CheckError.js";
import { crossValidation } from "./crossValidation.js";
import { densitiesOf } from "./densitiesOf.js";
import { integratedLogDensities } from "./integratedLogDensities.js";
import { dealt, refitFolds } from "./kFold.js";
import { completeLooOptions, type LooOptions } from "./options.js";
import type { UnitLogDensities } from "./rowLogDensities.js";
import { type UnitScore, unitScore } from "./unitScore.js";
import { type Units, unitsOf } from "./units.js";
import { importanceWarnings } from "./warnings.js";

/** Log densities held at a time, in numbers: 64 MB. */
const HELD = 2 ** 23;

/**
 * Leave-one-out cross-validation of rows, or of the groups of a factor, by Pareto-smoothed importance sampling over a fit's draws, with WAIC
 * beside it (Vehtari, Gelman & Gabry 2017); or by folds, without each of which the model is fitted anew.
 * Throws CheckError for a fit that it cannot be had of, OptionsError for options.
 */
export async function loo(fit: Fit, options: LooOptions = {}): Promise<Loo> {
  checkArgument(aPosteriorFit, fit, "loo", "fit");
  const { group, asDrawn, folds, refit, seed, workers, signal, onProgress } = completeLooOptions(options);
  const context = inThisThread({ signal, onProgress });
  const rows = densitiesOf(fit);
  const draws = jointDrawsOf(fit.posterior);
  const units = unitsOf(fit, rows, group);
  const scored = await runSteps(
    importance(rows, draws, units, { group, asDrawn: asDrawn || folds !== undefined }),
    context,
  );
  const again =
    folds === undefined
      ? refit
        ? [...scored.high, ...scored.doubtful].map((unit) => [unit])
        : []
      : dealt(units.names.length, folds, seed);
  const elpds = await refitFolds(fit, rows, units, again, { ...context, signal, workers });
  const body = crossValidation(fit, draws, {
    ...scored,
    elpds,
    group: group ?? null,
    folds: folds === undefined ? null : again.length,
  });
  return { ...body, warnings: importanceWarnings(body) };
}

interface Scored {
  readonly names: Units["names"];
  readonly scores: readonly UnitScore[];
  readonly methods: readonly UnitMethod[];
  /** Units whose Pareto k is too large. */
  readonly high: readonly number[];
  /** Units whose Pareto k is so little below the limit that it may be above. */
  readonly doubtful: readonly number[];
}

function* importance(
  rows: RowsAtDraws,
  draws: JointDraws,
  { names, logDensities }: Units,
  { group, asDrawn }: { readonly group: string | undefined; readonly asDrawn: boolean },
): Steps<Scored> {
  const scores = yield* scoresOf(names.length, logDensities(draws), draws);
  const limit = largestReliableK(draws.count);
  const methods = names.map((): UnitMethod => (group === undefined ? "importance" : "integrated"));
  if (group === undefined && !asDrawn) yield* integrateHigh(rows, draws, limit, scores, methods);
  const unitsWhere = (holds: (score: UnitScore) => boolean) => [...scores.keys()].filter((i) => holds(scores[i]));
  return {
    names,
    scores,
    methods,
    high: unitsWhere(({ paretoK }) => !(paretoK <= limit)),
    doubtful: unitsWhere((score) => isDoubtful(score, draws.count)),
  };
}

/** Whether a Pareto k is less than its standard error below the limit: that of the weights of an extreme row may be above. */
function isDoubtful({ paretoK, relativeEfficiency }: UnitScore, count: number): boolean {
  const limit = largestReliableK(count);
  return paretoK <= limit && paretoK + paretoKError(paretoK, count, relativeEfficiency) > limit;
}

/** All units, as many at a time as fit in memory. */
function* scoresOf(count: number, logDensities: UnitLogDensities, draws: JointDraws): Steps<UnitScore[]> {
  const scores: UnitScore[] = [];
  const atOnce = Math.max(1, Math.floor(HELD / draws.count));
  for (let first = 0; first < count; first += atOnce) {
    const end = Math.min(count, first + atOnce);
    const some = Array.from({ length: end - first }, (_, k) => first + k);
    const logs = yield* staged("computing log densities at the draws", draws.count, logDensities(some));
    scores.push(...(yield* staged("weighing the draws", end - first, scoreEach(logs, draws, first))));
  }
  return scores;
}

function* scoreEach(logs: readonly Float64Array[], draws: JointDraws, first: number): Steps<UnitScore[]> {
  const scores: UnitScore[] = [];
  for (const [k, values] of logs.entries()) {
    if (values.some((value) => !Number.isFinite(value)))
      throw new CheckError(
        `the density of unit ${first + k + 1} is zero or cannot be computed at some of the draws, so that it cannot be left out by weights; look at the fit's warnings`,
      );
    scores.push(unitScore(values, draws));
    yield;
  }
  return scores;
}

/** Rows with a large Pareto k anew, the effects of their group integrated out; what has the smaller k stays. */
function* integrateHigh(
  rows: RowsAtDraws,
  draws: JointDraws,
  limit: number,
  scores: UnitScore[],
  methods: UnitMethod[],
): Steps<void> {
  const high = [...scores.keys()].filter((i) => !(scores[i].paretoK <= limit));
  if (high.length === 0 || rows.factors.length === 0) return;
  const logs = yield* staged("integrating random effects", draws.count, integratedLogDensities(rows, high, draws));
  const integrated = yield* apart(scoreEach(logs, draws, 0));
  high.forEach((i, k) => {
    if (!(integrated[k].paretoK < scores[i].paretoK)) return;
    scores[i] = { ...integrated[k], lpd: scores[i].lpd, pWaic: scores[i].pWaic };
    methods[i] = "integrated";
  });
}
