import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { EngineError } from "../EngineError.js";
import { isOfCovariance } from "./Coordinate.js";
import type { MlNote } from "./Estimates.js";
import { type ParameterVector, parameterVector } from "./parameterVector.js";

/**
 * A marginal likelihood times the prior density of its parameters on their own scale, so that its maximum is the mode of their
 * posterior, the random effects integrated out.
 */
export function penalizedMarginal(marginal: MarginalLikelihood): MarginalLikelihood {
  const { view } = marginal;
  return {
    view,
    effects: () => marginal.effects(),
    inAdvance: marginal.inAdvance?.bind(marginal),
    evaluate(values, gradients) {
      const prior = view.logPrior(values, null);
      if (!(prior > -Infinity && prior < Infinity)) return -Infinity;
      const value = marginal.evaluate(values, gradients);
      if (gradients !== null && value > -Infinity) view.logPrior(values, gradients);
      return value + prior;
    },
  };
}

/**
 * The parameter vector within the supports of the priors. Of effects that are correlated with those before them the sd is no coordinate
 * by itself: its support then is a wall of the density alone.
 */
export function penalizedVector(view: LatentGaussian): ParameterVector {
  checkBounded(view);
  const vector = parameterVector(view);
  const [low, high] = (["lower", "upper"] as const).map((end) => supportEnds(view, vector, end));
  const isWall = vector.coordinates.map((_, i) => !isOwnSd(vector, i));
  const lower = vector.lower.map((bound, i) => (isWall[i] ? bound : Math.max(bound, low[i])));
  const upper = vector.upper.map((bound, i) => (isWall[i] ? bound : Math.min(bound, high[i])));
  const start = vector.start.map((x, i) => (x > low[i] && x < high[i] ? x : within(low[i], high[i])));
  return { ...vector, lower, upper, start };
}

/** A density without bound at a variance of zero, or at a correlation of 1, has its maximum there whatever the data. */
function checkBounded(view: LatentGaussian): void {
  const values = view.values();
  view.read(new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion), values);
  const isEndless = (diagonal: number, below: number) => {
    for (const matrix of values.Lambda) {
      const q = Math.round(Math.sqrt(matrix.length));
      matrix.forEach((_, at) => {
        const [r, c] = [Math.floor(at / q), at % q];
        matrix[at] = r === 0 && c === 0 ? below : r === c ? diagonal : c === 0 ? below : 0;
      });
    }
    return view.logPrior(values, null) === Infinity;
  };
  if (isEndless(0, 0) || isEndless(0, 1))
    throw new EngineError(
      "a prior has an infinite density at an sd of 0 or at a correlation of 1, so that the posterior mode is there whatever the data; " +
        "take one with a finite density, such as student_t(3, 0, 2.5) or lkj(2)",
    );
}

/** A place to start from in an interval that does not contain the usual one. */
function within(low: number, high: number): number {
  if (low > -Infinity && high < Infinity) return 0.5 * (low + high);
  return low > -Infinity ? low + 1 : high - 1;
}

/** Per coordinate an end of the support of its parameter, an off-diagonal entry of Lambda having none. */
function supportEnds(view: LatentGaussian, vector: ParameterVector, end: "lower" | "upper"): Float64Array {
  const { beta, sds, dispersion } = view.supports;
  const values = view.values();
  const none = end === "lower" ? -Infinity : Infinity;
  values.beta.set(beta.map((support) => support[end]));
  values.dispersion.set(dispersion.map((support) => support[end]));
  values.Lambda.forEach((matrix, f) => {
    const q = sds[f].length;
    matrix.fill(none);
    sds[f].forEach((support, r) => {
      matrix[r * q + r] = support[end];
    });
  });
  const position = new Float64Array(vector.coordinates.length);
  vector.pack(values, position);
  // Of a term of which something is held the sds are coordinates by themselves, and correlations have no ends.
  const atStart = view.values();
  vector.unpack(vector.start, atStart);
  vector.coordinates.forEach((place, i) => {
    if (place.part === "correlation") position[i] = none;
    if (place.part !== "sd") return;
    const q = sds[place.factor].length;
    const row = atStart.Lambda[place.factor].subarray(place.row * q, (place.row + 1) * q);
    const unit = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    position[i] = sds[place.factor][place.row][end] / unit;
  });
  return position;
}

/** Whether a coordinate is its parameter, rather than one of several entries of a row of Lambda. */
function isOwnSd({ coordinates }: ParameterVector, i: number): boolean {
  const own = coordinates[i];
  if (own.part !== "Lambda") return true;
  return coordinates.every(
    (other) => other === own || other.part !== "Lambda" || other.factor !== own.factor || other.row !== own.row,
  );
}

/** Of the coordinates held at a bound, those that a prior's support holds. */
export function heldBySupport(
  { coordinates, lower, upper }: ParameterVector,
  { held, position }: { readonly held: readonly number[]; readonly position: Float64Array },
): number[] {
  return held.filter((i) => {
    const isZero = isOfCovariance(coordinates[i]) && position[i] === 0;
    return !isZero && (position[i] === lower[i] || position[i] === upper[i]);
  });
}

export function supportNote(names: readonly string[]): MlNote {
  return {
    code: "prior-limit",
    message: `the density is largest at the end of a prior's support: ${names.join(", ")}. What stands there has no standard error`,
    advice: "widen the prior, unless its end is meant",
  };
}

/** Of the end of a support: an sd that a search has come so near to has run against it. */
const AT_WALL = 1e-3;

/** Why a search may have stopped short of a maximum: the sd of a correlated effect has run against the end of its prior's support. */
export function wallNotes({ supports }: LatentGaussian, { Lambda }: LatentValues): MlNote[] {
  const isAtWall = supports.sds.some((sds, f) =>
    sds.some((support, r) => {
      const sd = Math.sqrt(Lambda[f].subarray(r * sds.length, (r + 1) * sds.length).reduce((sum, x) => sum + x * x, 0));
      return [support.lower, support.upper].some((end) => end > 0 && Math.abs(sd - end) < AT_WALL * end);
    }),
  );
  if (!isAtWall) return [];
  return [
    {
      code: "prior-limit",
      message:
        "the sd of a correlated effect has come to the end of its prior's support, along which the search does not go",
      advice: "widen the prior, or take effects that are not correlated: (1 + x || g)",
    },
  ];
}
