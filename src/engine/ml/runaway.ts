import type { LatentFactor, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { scaleEffects } from "../../marginal/effects/effects.js";
import { effectsVectors } from "../../marginal/factorisations/BlockCholesky.js";
import { createStream } from "../../math/random/createStream.js";
import { exp, log } from "../../math/special/elementary.js";
import { isLong, mapSteps, type Steps } from "../../math/steps.js";
import type { Coordinate } from "./Coordinate.js";
import type { MlNote } from "./Estimates.js";
import type { ParameterVector } from "./parameterVector.js";

/** An intercept of a level this far from zero makes the probability of any outcome that it favours 1. */
const FAR = 200;
/** A row's log-likelihood this near to zero is one. */
const CERTAIN = 1e-6;
/** An sd of so many units may be on its way to infinity. */
const LARGE = 20;
/** If it is, the likelihood with sds and coefficients so many times as large is no lower than by this. */
const GROWTH = 10;
const NOT_LOWER = 0.5;
/** Of the effects of all levels, to compare likelihoods far out. */
const DRAWS = 500;

/**
 * A factor with intercepts every level of which has responses all at one end of their range: the larger the sd of its effects, the better they
 * fit every level (E p^n grows to E p, the share of levels at that end), so that the likelihood grows with the sd without end. Null where
 * there is none.
 */
export function* concordantFactor(view: LatentGaussian): Steps<LatentFactor | null> {
  for (const [f, factor] of view.factors.entries()) if (yield* isConcordant(view, f)) return factor;
  return null;
}

function* isConcordant(view: LatentGaussian, f: number): Steps<boolean> {
  const { levels, levelIndex, effects: q } = view.factors[f];
  const intercept = interceptOf(view, f);
  if (intercept === null || levels === view.rows) return false;
  yield;
  if (yield* hasDiscordance(view, levelIndex, levels)) return false;
  const outcomes = yield* mapSteps([FAR, -FAR], function* (at) {
    const b = effectsVectors(view);
    for (let j = 0; j < levels; j++) b[f][j * q + intercept] = at;
    const uncertain = yield* uncertainRows(view, b);
    const certain = new Array<boolean>(levels).fill(true);
    for (const i of uncertain) certain[levelIndex[i]] = false;
    yield;
    return certain;
  });
  return outcomes[0].every((isCertain, j) => isCertain || outcomes[1][j]);
}

/** Whether some level is seen to have responses that are not all at one end from half of the rows at each end: of most data that is enough. */
function* hasDiscordance(view: LatentGaussian, levelIndex: Int32Array, levels: number): Steps<boolean> {
  const shift = new Float64Array(view.rows);
  for (let i = 0; i < shift.length; i++) shift[i] = i % 2 === 0 ? FAR : -FAR;
  const isUncertain = new Uint8Array(2 * levels);
  for (const i of yield* uncertainRows(view, effectsVectors(view), shift)) isUncertain[2 * levelIndex[i] + (i % 2)] = 1;
  return isUncertain.some((flag, k) => k % 2 === 0 && flag === 1 && isUncertain[k + 1] === 1);
}

/** The effect of a factor that is the same for all rows of a level; null where there is none. */
function interceptOf(view: LatentGaussian, f: number): number | null {
  const { levels, effects: q } = view.factors[f];
  const shift = new Float64Array(view.rows);
  for (let effect = 0; effect < q; effect++) {
    const b = effectsVectors(view);
    for (let j = 0; j < levels; j++) b[f][j * q + effect] = 1;
    view.predictEffects(b, shift);
    if (shift.every((z) => z === 1)) return effect;
  }
  return null;
}

/** Rows that have not the outcome that they have with probability 1. */
function* uncertainRows(view: LatentGaussian, b: Float64Array[], shift?: Float64Array): Steps<readonly number[]> {
  const values = view.values();
  const table = view.rowTable();
  yield;
  view.read(new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion), values);
  if (isLong(view.rows)) yield* view.evaluateRowsInSteps(values, b, 0, table, shift);
  else view.evaluateRows(values, b, 0, table, shift);
  yield;
  const rows: number[] = [];
  for (let i = 0; i < view.rows; i++) if (!(table.value[i] >= -CERTAIN && table.value[i] <= CERTAIN)) rows.push(i);
  yield;
  return rows;
}

/**
 * Coordinates of sds that have run away at a position: they are far out, and the likelihood is no lower still farther. Quadrature around
 * conditional modes cannot tell this, for out there the likelihood of a level is nearly a step in its effects; plain Monte Carlo can.
 */
export function* runawayCoordinates(
  view: LatentGaussian,
  vector: ParameterVector,
  position: Float64Array,
): Steps<number[]> {
  const { coordinates } = vector;
  const isSize = ({ part }: Coordinate) => part === "Lambda" || part === "sd";
  const far = coordinates.flatMap((place, i) => (isSize(place) && Math.abs(position[i]) > LARGE ? [i] : []));
  if (far.length === 0) return far;
  const farther = position.map((x, i) => (isSize(coordinates[i]) || coordinates[i].part === "beta" ? GROWTH * x : x));
  const likelihoodAt = (at: Float64Array) => {
    const values = view.values();
    vector.unpack(at, values);
    return simulatedLikelihood(view, values);
  };
  const here = yield* likelihoodAt(position);
  const there = yield* likelihoodAt(farther);
  return there >= here - NOT_LOWER ? far : [];
}

/**
 * The log-likelihood by plain Monte Carlo, with the same draws at every call. The levels of an outermost factor are taken for independent,
 * as they are where it is the only one or the others are nested in it; where factors cross the sum is a composite likelihood.
 */
function* simulatedLikelihood(view: LatentGaussian, values: LatentValues): Steps<number> {
  const { levels, levelIndex } = view.factors.find(({ parent }) => parent === null) ?? view.factors[0];
  const stream = createStream("runaway", 0);
  const table = view.rowTable();
  const logs: Float64Array[] = [];
  for (let k = 0; k < DRAWS; k++) {
    const b = view.factors.map(({ effects: q, levels: J }, f) => {
      const u = Float64Array.from({ length: J * q }, () => stream.normal());
      const scaled = new Float64Array(J * q);
      scaleEffects(values.Lambda[f], u, scaled);
      return scaled;
    });
    view.evaluateRows(values, b, 0, table);
    const sums = new Float64Array(levels);
    table.value.forEach((value, i) => {
      sums[levelIndex[i]] += value;
    });
    logs.push(sums);
    yield;
  }
  let total = 0;
  for (let j = 0; j < levels; j++) total += logSumExp(logs.map((sums) => sums[j])) - log(DRAWS);
  return total;
}

function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + log(values.reduce((sum, value) => sum + exp(value - most), 0));
}

export function concordanceMessage({ name }: LatentFactor): string {
  return (
    `the likelihood grows without end with the sd of ${name}, so that it has no maximum: no level of ${name} is discordant, each has responses of ` +
    "one kind only, which larger effects fit ever better, and the coefficients grow with them; leave the term out, or use --penalized or an " +
    "engine with priors, such as nuts"
  );
}

/** `names` are the sds. */
export function runawayNote(names: readonly string[]): MlNote {
  return {
    code: "infinite-sd",
    message:
      `the likelihood grows without end, or is flat, as ${names.join(", ")} and the coefficients grow together: they have no estimates, and those ` +
      "shown are where the search gave up. The effects of a level fit its responses perfectly, or nearly so",
    advice:
      "take slopes or the term out, use --penalized or an engine with priors, such as nuts; do not use these estimates as they are",
  };
}
