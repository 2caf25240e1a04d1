import type { DrawnFactor, RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { MlFit } from "../../fit/MlFit.js";
import { inverseFromCholesky, lowerCholesky } from "../../math/linalg/cholesky.js";
import { exp, expm1 } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import type { Influence } from "../../summary/Influence.js";
import { CheckError } from "../CheckError.js";
import { densitiesOf } from "../loo/densitiesOf.js";
import { levelIntegrals } from "../loo/levelIntegrals.js";
import { unitsOf } from "../loo/units.js";
import { fittedDraws } from "../replication/FittedDraws.js";
import { refuseSeveralFactors } from "./checkInfluence.js";
import { cooksDistance } from "./cooksDistance.js";
import { farStepWarnings } from "./warnings.js";

/** Lengths of differences, in standard errors. */
const STEP = 0.02;

/**
 * The influence of units on estimates of maximum likelihood by a Newton step: theta - (I - I_u)^-1 s_u, with the score s_u and the information I_u of the unit's own likelihood, the random effects of its group
 * integrated out, by differences. Throws CheckError for several grouping factors, whose groups do not stand apart, and without standard errors.
 */
export function* byOneStep(fit: MlFit, group: string | undefined): Steps<Influence> {
  const rows = densitiesOf(fit);
  refuseSeveralFactors(fit, rows);
  const [factor] = rows.factors;
  const units = unitsOf(fit, rows, group);
  const { parameters, covariance } = fit.ml;
  const free = parameters.flatMap(({ standardError }, k) =>
    standardError > 0 && Number.isFinite(standardError) ? [k] : [],
  );
  if (covariance === null || free.length === 0)
    throw new CheckError(
      `the method ${fit.ml.method} has no standard errors, in which shifts are told; take another method`,
    );
  const draws = fittedDraws(fit, 1, true);
  const draw = new Float64Array(draws.length);
  draws.copy(0, draw);
  const places = free.map((k) => fit.compiled.quantities.parameters.indexOf(parameters[k].name));
  const k = free.length;
  const own = pick(covariance, parameters.length, free);
  // On the log scale of what is positive the likelihood is closer to a parabola, and no step leads below 0.
  const scales = free.map((at) => (isPositive(fit, parameters[at].name) ? parameters[at].estimate : null));
  const inUnits = own.map((value, at) => value / (scales[Math.floor(at / k)] ?? 1) / (scales[at % k] ?? 1));
  const coordinates = places.map((place, j) => ({
    place,
    scale: scales[j],
    step: STEP * Math.sqrt(inUnits[j * k + j]),
  }));
  const logDensity = unitLogDensity(rows, factor, group !== undefined);
  const derivatives = yield* unitDerivatives(draw, coordinates, units.names.length, logDensity);
  const changes = derivatives.map(({ score, hessian }) =>
    stepWithout(inUnits, score, hessian, k).map((step, j) => {
      const scale = scales[j];
      return scale === null ? step : scale * expm1(step);
    }),
  );
  const order = units.names.map((_, u) => u);
  if (group === undefined) order.sort((i, j) => fit.design.rowIndex[i] - fit.design.rowIndex[j]);
  const beta = fit.design.predictors[0].columns.flatMap((column) => {
    const at = free.findIndex((one) => parameters[one].name === `beta[${column}]`);
    return at < 0 ? [] : [at];
  });
  const betaCovariance = pick(own, k, beta);
  const none = () => new Float64Array(order.length).fill(Number.NaN);
  const body = {
    kind: "influence" as const,
    engine: "ml",
    group: group ?? null,
    method: "one-step" as const,
    units: order.map((u) => units.names[u]),
    parameters: free.map((one) => parameters[one].name),
    shifts: free.map((one, at) => Float64Array.from(order, (u) => changes[u][at] / parameters[one].standardError)),
    cook: Float64Array.from(order, (u) =>
      cooksDistance(
        beta.map((at) => changes[u][at]),
        betaCovariance,
      ),
    ),
    divergence: none(),
    leverage: none(),
    paretoK: none(),
    largestReliableK: Number.NaN,
  };
  return { ...body, warnings: farStepWarnings(body) };
}

type UnitLogDensity = (draw: Float64Array) => (unit: number) => number;

/** log p(y_u | theta), or of a row log p(y_i | the other rows of its group, theta), at a draw whose random effects may be any. */
function unitLogDensity(rows: RowsAtDraws, factor: DrawnFactor | undefined, isOfGroups: boolean): UnitLogDensity {
  if (factor === undefined) {
    const at = rows.drawnRows();
    const out = rows.derivatives();
    return (draw) => {
      rows.read(draw, at);
      return (i) => {
        rows.evaluate(i, at, 0, out);
        return out.value;
      };
    };
  }
  const { rowsOf, tree, at } = levelIntegrals(rows, [factor]);
  const { levelIndex } = factor;
  const trees = rowsOf.map(tree);
  const others = isOfGroups ? [] : Array.from(levelIndex, (level, i) => tree(rowsOf[level].filter((row) => row !== i)));
  return (draw) => {
    const integral = at(draw);
    if (isOfGroups) return (level) => integral(trees[level]);
    const whole = trees.map(integral);
    return (i) => whole[levelIndex[i]] - integral(others[i]);
  };
}

/** Per unit the gradient, and minus the matrix of second derivatives, by central differences. */
function* unitDerivatives(
  draw: Float64Array,
  coordinates: readonly Coordinate[],
  units: number,
  logDensity: UnitLogDensity,
): Steps<{ readonly score: Float64Array; readonly hessian: Float64Array }[]> {
  const k = coordinates.length;
  const steps = coordinates.map(({ step }) => step);
  const all = Array.from({ length: units }, () => ({ score: new Float64Array(k), hessian: new Float64Array(k * k) }));
  const at = (moves: readonly (readonly [number, number])[]) => {
    const moved = draw.slice();
    for (const [j, sign] of moves) {
      const { place, scale, step } = coordinates[j];
      moved[place] = scale === null ? moved[place] + sign * step : moved[place] * exp(sign * step);
    }
    const density = logDensity(moved);
    return Float64Array.from({ length: units }, (_, u) => density(u));
  };
  const middle = at([]);
  for (let j = 0; j < k; j++) {
    const [up, down] = [at([[j, 1]]), at([[j, -1]])];
    yield { stage: "differentiating likelihoods", done: j, total: k };
    all.forEach(({ score, hessian }, u) => {
      score[j] = (up[u] - down[u]) / (2 * steps[j]);
      hessian[j * k + j] = -(up[u] - 2 * middle[u] + down[u]) / (steps[j] * steps[j]);
    });
    for (let c = 0; c < j; c++) {
      const [both, one, other, neither] = [
        at([
          [j, 1],
          [c, 1],
        ]),
        at([
          [j, 1],
          [c, -1],
        ]),
        at([
          [j, -1],
          [c, 1],
        ]),
        at([
          [j, -1],
          [c, -1],
        ]),
      ];
      all.forEach(({ hessian }, u) => {
        const value = -(both[u] - one[u] - other[u] + neither[u]) / (4 * steps[j] * steps[c]);
        hessian[j * k + c] = value;
        hessian[c * k + j] = value;
      });
    }
  }
  return all;
}

/** A step of more standard errors leads out of where the second derivatives at the estimates tell of the likelihood. */
const LONGEST = 2;

/** -(I - I_u)^-1 s_u with I the inverse of a covariance matrix; where that leads too far, or the rest has no definite information, -I^-1 s_u. */
function stepWithout(covariance: Float64Array, score: Float64Array, own: Float64Array, k: number): Float64Array {
  const information = invertSymmetric(covariance, k);
  const inverse = invertSymmetric(
    information.map((value, at) => value - own[at]),
    k,
  );
  const by = (matrix: Float64Array) =>
    Float64Array.from({ length: k }, (_, r) => -score.reduce((sum, s, c) => sum + matrix[r * k + c] * s, 0));
  const step = by(inverse);
  const isNear = step.every((value, r) => Math.abs(value) <= LONGEST * Math.sqrt(covariance[r * k + r]));
  return isNear ? step : by(covariance);
}

/** Sds, and dispersions that are one number. */
function isPositive({ design }: MlFit, name: string): boolean {
  return name.includes("sd[") || design.scalars.some(({ parameter }) => parameter === name);
}

/** A parameter by its place in a draw; `scale` is its estimate where it moves on the log scale, else null. */
interface Coordinate {
  readonly place: number;
  readonly scale: number | null;
  readonly step: number;
}

function pick(matrix: Float64Array, size: number, chosen: readonly number[]): Float64Array {
  return Float64Array.from(chosen.flatMap((r) => chosen.map((c) => matrix[r * size + c])));
}

/** The inverse of a positive definite matrix, k x k; of NaN where it is not positive definite. */
function invertSymmetric(matrix: Float64Array, k: number): Float64Array {
  const inverse = new Float64Array(k * k).fill(Number.NaN);
  const L = lowerCholesky(matrix, k);
  if (L !== null) inverseFromCholesky(L, k, inverse);
  return inverse;
}
