import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Fit } from "../../fit/fitted.js";
import { largestReliableK } from "../../math/psis.js";
import { exp } from "../../math/special/elementary.js";
import { type Steps, staged } from "../../math/steps.js";
import { type JointDraws, jointDrawsOf } from "../../posterior/jointDraws.js";
import type { Influence } from "../../summary/Influence.js";
import { densitiesOf } from "../loo/densitiesOf.js";
import { integratedLogDensities } from "../loo/integratedLogDensities.js";
import { leftOutWeights } from "../loo/unitScore.js";
import { type Units, unitsOf } from "../loo/units.js";
import { cooksDistance } from "./cooksDistance.js";
import { influenceWarnings } from "./warnings.js";

/** Units whose log densities are held at a time, in numbers: 64 MB. */
const HELD = 2 ** 23;

/** By the weights 1 / p(y_u | draw); of rows whose Pareto k is too large with the effects of their group integrated out, as in `loo`. */
export function* byImportance(fit: Fit, group: string | undefined): Steps<Influence> {
  const rows = densitiesOf(fit);
  const draws = jointDrawsOf(fit.posterior);
  const units = unitsOf(fit, rows, group);
  const moments = new ParameterMoments(fit, draws);
  const limit = largestReliableK(draws.count);
  const logs = units.logDensities(draws);
  const atOnce = Math.max(1, Math.floor(HELD / draws.count));
  const found: UnitInfluence[] = [];
  for (let first = 0; first < units.names.length; first += atOnce) {
    const some = units.names.slice(first, first + atOnce).map((_, k) => first + k);
    const densities = yield* staged("computing log densities at the draws", draws.count, logs(some));
    found.push(...densities.map((values) => moments.without(values)));
  }
  if (group === undefined) yield* integrateHigh(rows, draws, moments, limit, found);
  const leverage = yield* leverages(rows, draws, units);
  const order = found.map((_, u) => u);
  if (group === undefined) order.sort((i, j) => fit.design.rowIndex[i] - fit.design.rowIndex[j]);
  const each = (value: (one: UnitInfluence) => number) => Float64Array.from(order, (u) => value(found[u]));
  const body = {
    kind: "influence" as const,
    engine: fit.engine,
    group: group ?? null,
    method: "importance" as const,
    units: order.map((u) => units.names[u]),
    parameters: moments.names,
    shifts: moments.names.map((_, k) => each(({ shifts }) => shifts[k])),
    cook: each(({ cook }) => cook),
    divergence: each(({ divergence }) => divergence),
    leverage: Float64Array.from(order, (u) => leverage[u]),
    paretoK: each(({ paretoK }) => paretoK),
    largestReliableK: limit,
  };
  return { ...body, warnings: influenceWarnings(body) };
}

interface UnitInfluence {
  readonly shifts: Float64Array;
  readonly cook: number;
  readonly divergence: number;
  readonly paretoK: number;
}

function* integrateHigh(
  rows: RowsAtDraws,
  draws: JointDraws,
  moments: ParameterMoments,
  limit: number,
  found: UnitInfluence[],
): Steps<void> {
  const high = [...found.keys()].filter((u) => !(found[u].paretoK <= limit));
  if (high.length === 0 || rows.factors.length === 0) return;
  const logs = yield* staged("integrating random effects", draws.count, integratedLogDensities(rows, high, draws));
  high.forEach((u, k) => {
    const integrated = moments.without(logs[k]);
    if (integrated.paretoK < found[u].paretoK) found[u] = integrated;
  });
}

/** Draws of the parameters, with their means and covariance. */
class ParameterMoments {
  readonly names: readonly string[];
  private readonly draws: JointDraws;
  /** `[parameter][draw]`. */
  private readonly values: readonly Float64Array[];
  private readonly weights: Float64Array;
  private readonly means: Float64Array;
  private readonly sds: Float64Array;
  /** Positions of the coefficients of the mean, and their covariance matrix. */
  private readonly coefficients: readonly number[];
  private readonly covariance: Float64Array;

  constructor({ compiled, design }: Fit, draws: JointDraws) {
    const { count, logWeights } = draws;
    this.names = compiled.quantities.parameters;
    this.draws = draws;
    this.values = this.names.map(() => new Float64Array(count));
    const draw = new Float64Array(draws.length);
    for (let s = 0; s < count; s++) {
      draws.copy(s, draw);
      this.values.forEach((own, k) => {
        own[s] = draw[k];
      });
    }
    this.weights = logWeights === null ? new Float64Array(count).fill(1 / count) : logWeights.map(exp);
    this.means = Float64Array.from(this.values, (own) => weightedSum(own, this.weights));
    const among = (j: number, k: number) =>
      this.weights.reduce(
        (sum, w, s) =>
          w > 0 ? sum + w * (this.values[j][s] - this.means[j]) * (this.values[k][s] - this.means[k]) : sum,
        0,
      );
    this.sds = Float64Array.from(this.names, (_, k) => Math.sqrt(among(k, k)));
    this.coefficients = design.predictors[0].columns.map((column) => this.names.indexOf(`beta[${column}]`));
    const p = this.coefficients.length;
    this.covariance = Float64Array.from({ length: p * p }, (_, at) =>
      among(this.coefficients[Math.floor(at / p)], this.coefficients[at % p]),
    );
  }

  /** The parameters without a unit of these log densities. */
  without(logDensities: Float64Array): UnitInfluence {
    const { logs, elpd, paretoK } = leftOutWeights(logDensities, this.draws);
    const weights = logs.map(exp);
    const changes = this.values.map((own, k) => weightedSum(own, weights) - this.means[k]);
    return {
      shifts: Float64Array.from(changes, (change, k) => change / this.sds[k]),
      cook: cooksDistance(
        this.coefficients.map((k) => changes[k]),
        this.covariance,
      ),
      divergence: Math.max(0, weightedSum(logDensities, this.weights) - elpd),
      paretoK,
    };
  }
}

/** Values of weight zero count nothing, whatever they are. */
function weightedSum(values: Float64Array, weights: Float64Array): number {
  return values.reduce((sum, value, s) => (weights[s] > 0 ? sum + weights[s] * value : sum), 0);
}

/** -d2 log p / d eta2 on average over the draws, times the variance of eta over them, summed over the rows of each unit. */
function* leverages(rows: RowsAtDraws, draws: JointDraws, units: Units): Steps<Float64Array> {
  const n = rows.rows;
  const [information, means, squares] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const draw = new Float64Array(draws.length);
  const at = rows.drawnRows();
  const out = rows.derivatives();
  let total = 0;
  for (let s = 0; s < draws.count; s++) {
    const weight = draws.logWeights === null ? 1 / draws.count : exp(draws.logWeights[s]);
    if (weight === 0) continue;
    draws.copy(s, draw);
    rows.read(draw, at);
    total += weight;
    for (let i = 0; i < n; i++) {
      rows.evaluate(i, at, 2, out);
      information[i] -= weight * out.dEta2;
      const distance = at.eta[i] - means[i];
      means[i] += (weight / total) * distance;
      squares[i] += weight * distance * (at.eta[i] - means[i]);
    }
    yield;
  }
  return Float64Array.from(units.names, (_, u) =>
    Array.from(units.rowsOf(u)).reduce((sum, i) => sum + Math.max(0, information[i]) * squares[i], 0),
  );
}
