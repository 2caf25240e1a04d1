import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Fit } from "../../fit/fitted.js";
import { inThisThread } from "../../fit/thisThread.js";
import { largestReliableK } from "../../math/psis.js";
import { apart, runSteps, type Steps, staged } from "../../math/steps.js";
import type { Loo, UnitMethod } from "../../summary/CrossValidation.js";
import { CheckError } from "../CheckError.js";
import { type JointDraws, jointDrawsOf } from "../JointDraws.js";
import { estimateOf, waicOf } from "./estimates.js";
import { groupLogDensities, integratedLogDensities } from "./integratedLogDensities.js";
import { completeLooOptions, type LooOptions } from "./options.js";
import { rowLogDensities, type UnitLogDensities } from "./rowLogDensities.js";
import { type UnitScore, unitScore } from "./unitScore.js";
import { importanceWarnings } from "./warnings.js";

/** Log densities held at a time, in numbers: 64 MB. */
const HELD = 2 ** 23;

/**
 * Leave-one-out cross-validation of rows, or of the groups of a factor, by Pareto-smoothed importance sampling over a fit's draws, with WAIC
 * beside it (Vehtari, Gelman & Gabry 2017).
 * Throws CheckError for a fit that it cannot be had of, OptionsError for options.
 */
export async function loo(fit: Fit, options: LooOptions = {}): Promise<Loo> {
  const { group, asDrawn, signal, onProgress } = completeLooOptions(options);
  const rows = densitiesOf(fit);
  return runSteps(importance(fit, rows, { group, asDrawn }), inThisThread({ signal, onProgress }));
}

/** The rows of a fit, whose log densities are those of responses. */
export function densitiesOf({ compiled }: Fit): RowsAtDraws {
  const rows = compiled.rowsAtDraws();
  if (rows.hasLikelihoodWeights)
    throw new CheckError(
      "rows with likelihood weights have no densities of their own to leave out; fit without the weights, or write the rows out as often as they count",
    );
  return rows;
}

interface Units {
  readonly names: readonly (number | string)[];
  readonly logDensities: UnitLogDensities;
}

function* importance(
  fit: Fit,
  rows: RowsAtDraws,
  { group, asDrawn }: { readonly group: string | undefined; readonly asDrawn: boolean },
): Steps<Loo> {
  const draws = jointDrawsOf(fit.posterior);
  const { names, logDensities } = group === undefined ? rowUnits(fit, rows, draws) : groupUnits(rows, draws, group);
  const scores = yield* scoresOf(names.length, logDensities, draws);
  const limit = largestReliableK(draws.count);
  const methods = names.map((): UnitMethod => (group === undefined ? "importance" : "integrated"));
  if (group === undefined && !asDrawn) yield* integrateHigh(rows, draws, limit, scores, methods);
  const order = orderOf(fit, group, names.length);
  return result(fit.posterior.engine, draws, { group, limit, names, scores, methods }, order);
}

function rowUnits({ design }: Fit, rows: RowsAtDraws, draws: JointDraws): Units {
  return { names: [...design.rowIndex].map((row) => row + 1), logDensities: rowLogDensities(rows, draws) };
}

function groupUnits(rows: RowsAtDraws, draws: JointDraws, group: string): Units {
  const factor = rows.factors.find(({ name }) => name === group);
  if (factor === undefined) {
    const known = rows.factors.map(({ name }) => name).join(", ");
    throw new CheckError(
      known === ""
        ? `group is "${group}", but the model has no grouping factor; leave the option out, and rows are left out`
        : `group is "${group}", which is no grouping factor of the model's mean; it has ${known}`,
    );
  }
  return { names: factor.levels, logDensities: groupLogDensities(rows, factor, draws) };
}

/** All units, as many at a time as fit in memory. */
function* scoresOf(count: number, logDensities: UnitLogDensities, draws: JointDraws): Steps<UnitScore[]> {
  const scores: UnitScore[] = [];
  const atOnce = Math.max(1, Math.floor(HELD / draws.count));
  for (let first = 0; first < count; first += atOnce) {
    const end = Math.min(count, first + atOnce);
    const logs = yield* staged("computing log densities at the draws", draws.count, logDensities(first, end));
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

/** Rows in the order of the data; groups in theirs. */
function orderOf({ design }: Fit, group: string | undefined, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  return group === undefined ? order.sort((i, j) => design.rowIndex[i] - design.rowIndex[j]) : order;
}

interface Scored {
  readonly group: string | undefined;
  readonly limit: number;
  readonly names: readonly (number | string)[];
  readonly scores: readonly UnitScore[];
  readonly methods: readonly UnitMethod[];
}

function result(engine: string, draws: JointDraws, scored: Scored, order: readonly number[]): Loo {
  const { group, limit } = scored;
  const scores = order.map((i) => scored.scores[i]);
  const of = (value: (score: UnitScore) => number) => Float64Array.from(scores, value);
  const pointwise = {
    units: order.map((i) => scored.names[i]),
    elpd: of(({ elpd }) => elpd),
    pLoo: of(({ elpd, lpd }) => lpd - elpd),
    paretoK: of(({ paretoK }) => paretoK),
    mcse: of(({ mcse }) => mcse),
    relativeEfficiency: of(({ relativeEfficiency }) => relativeEfficiency),
    methods: order.map((i) => scored.methods[i]),
  };
  const unreliable = pointwise.paretoK.filter((k) => !(k <= limit)).length;
  const body = {
    kind: "loo" as const,
    engine,
    method: "importance" as const,
    group: group ?? null,
    folds: null,
    draws: draws.count,
    elpd: estimateOf(pointwise.elpd),
    pLoo: estimateOf(pointwise.pLoo),
    looic: estimateOf(pointwise.elpd.map((value) => -2 * value)),
    mcse: unreliable > 0 ? Number.NaN : Math.sqrt(pointwise.mcse.reduce((sum, error) => sum + error * error, 0)),
    waic: waicOf(scores),
    largestReliableK: limit,
    unreliable,
    pointwise,
  };
  return { ...body, warnings: importanceWarnings(body) };
}
