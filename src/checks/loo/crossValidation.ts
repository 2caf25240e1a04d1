import type { Fit } from "../../fit/fitted.js";
import { largestReliableK } from "../../math/psis.js";
import type { JointDraws } from "../../posterior/jointDraws.js";
import type { Loo, UnitMethod } from "../../summary/CrossValidation.js";
import { estimateOf, waicOf } from "./estimates.js";
import type { UnitScore } from "./unitScore.js";
import type { Units } from "./units.js";

interface Scored {
  readonly group: string | null;
  readonly folds: number | null;
  readonly names: Units["names"];
  readonly scores: readonly UnitScore[];
  readonly methods: readonly UnitMethod[];
  readonly doubtful: readonly number[];
  /** The elpd of each unit without which the model was fitted anew. */
  readonly elpds: ReadonlyMap<number, number>;
}

/** Units in their order: rows in that of the data, groups in theirs. */
export function crossValidation({ design, engine }: Fit, draws: JointDraws, scored: Scored): Omit<Loo, "warnings"> {
  const { group, folds, elpds } = scored;
  const limit = largestReliableK(draws.count);
  const order = scored.names.map((_, i) => i);
  if (group === null) order.sort((i, j) => design.rowIndex[i] - design.rowIndex[j]);
  const scores = order.map((i) => scored.scores[i]);
  const byWeights = (value: (score: UnitScore) => number) =>
    Float64Array.from(order, (i) => (elpds.has(i) ? Number.NaN : value(scored.scores[i])));
  const elpd = Float64Array.from(order, (i) => elpds.get(i) ?? scored.scores[i].elpd);
  const pLoo = elpd.map((value, k) => scores[k].lpd - value);
  const [paretoK, mcse] = [byWeights((score) => score.paretoK), byWeights((score) => score.mcse)];
  const unreliable = order.filter((i, k) => !elpds.has(i) && !(paretoK[k] <= limit)).length;
  const known = mcse.filter((error) => !Number.isNaN(error));
  return {
    kind: "loo",
    engine,
    method: folds === null ? "importance" : "k-fold",
    group,
    folds,
    draws: draws.count,
    elpd: estimateOf(elpd),
    pLoo: estimateOf(pLoo),
    looic: estimateOf(elpd.map((value) => -2 * value)),
    mcse:
      unreliable > 0 || folds !== null ? Number.NaN : Math.sqrt(known.reduce((sum, error) => sum + error * error, 0)),
    waic: folds === null ? waicOf(scores) : null,
    largestReliableK: limit,
    unreliable,
    doubtful: folds === null ? scored.doubtful.filter((i) => !elpds.has(i)).length : 0,
    pointwise: {
      units: order.map((i) => scored.names[i]),
      elpd,
      pLoo,
      paretoK,
      mcse,
      relativeEfficiency: byWeights((score) => score.relativeEfficiency),
      methods: order.map((i) => (elpds.has(i) ? "refit" : scored.methods[i])),
    },
  };
}
