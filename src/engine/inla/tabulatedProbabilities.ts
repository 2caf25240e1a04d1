import type { RowPredictors, RowProbabilities, RowTable } from "../../density/RowTable.js";

/** Cells of each row's table; probabilities nearer than this to 0 and 1 are beyond its ends. */
const CELLS = 48;
const LEAST = 1e-4;

/**
 * The rows' distribution functions where psi does not change, as tables over the linear predictor with cubic interpolation between
 * their points, good to 1e-3: what many positions and nodes ask of one row is one function of one number. Starts at the predictors of
 * `start`, with derivatives to second order, and gives back `exact` where that is not to be had all over a table, or where tables would not do.
 */
export function tabulatedProbabilities(exact: RowProbabilities, start: RowTable): RowProbabilities {
  const lower = endsOf(exact, start, -1);
  const upper = endsOf(exact, start, 1);
  tighten(exact, start.psi, lower, upper);
  const rows = lower.length;
  const points = CELLS + 1;
  const values = new Float32Array(rows * points);
  const at = { eta: new Float64Array(rows), psi: start.psi };
  const column = new Float64Array(rows);
  for (let c = 0; c < points; c++) {
    for (let i = 0; i < rows; i++) at.eta[i] = lower[i] + (c / CELLS) * (upper[i] - lower[i]);
    exact.evaluate(at, column);
    if (column.some(Number.isNaN)) return exact;
    for (let i = 0; i < rows; i++) values[i * points + c] = column[i];
  }
  const scales = lower.map((from, i) => CELLS / (upper[i] - from));
  const tabulated: RowProbabilities = {
    isDiscrete: exact.isDiscrete,
    evaluate({ eta }, out) {
      for (let i = 0; i < rows; i++) out[i] = interpolated(values, i * points, (eta[i] - lower[i]) * scales[i]);
    },
  };
  const between = start.eta.map((eta, i) => eta + OFF_POINT / scales[i]);
  const difference = largestDifference(exact, tabulated, { eta: between, psi: start.psi });
  return difference < LARGEST_DIFFERENCE ? tabulated : exact;
}

/** Of a table from what it is made of, so many cells off the start: it is more where probabilities rise with predictors. */
const LARGEST_DIFFERENCE = 2e-3;
const OFF_POINT = 0.4;

function largestDifference(one: RowProbabilities, other: RowProbabilities, at: RowPredictors): number {
  const [ours, theirs] = [new Float64Array(at.eta.length), new Float64Array(at.eta.length)];
  one.evaluate(at, ours);
  other.evaluate(at, theirs);
  return ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
}

/** By the cubic through four neighbours of so many cells from the first point. */
function interpolated(values: Float32Array, first: number, place: number): number {
  if (!(place > 0)) return Number.isNaN(place) ? Number.NaN : values[first];
  if (place >= CELLS) return values[first + CELLS];
  const start = Math.min(Math.max(Math.floor(place) - 1, 0), CELLS - 3);
  const [a, b, c, d] = [place - start, place - start - 1, place - start - 2, place - start - 3];
  const from = first + start;
  return (
    (a * b * (d * -3 * values[from + 2] + c * values[from + 3]) +
      c * d * (3 * a * values[from + 1] - b * values[from])) /
    6
  );
}

/** Ends are looked for by steps each twice as long as the one before, the first at most half a unit of the predictor. */
const MOST_STEPS = 16;
const FIRST_STEP = 0.5;

/** Of every row the place, in one direction, from where on its probability stays as it is; as far as has been looked where it has not. */
function endsOf(exact: RowProbabilities, { eta, psi, dEta2 }: RowTable, direction: 1 | -1): Float64Array {
  const steps = dEta2.map((curvature) => direction * FIRST_STEP * Math.min(1, 1 / Math.sqrt(Math.max(0, -curvature))));
  const at: RowPredictors = { eta: eta.slice(), psi };
  const probabilities = new Float64Array(eta.length);
  for (let step = 0; step < MOST_STEPS; step++) {
    for (let i = 0; i < eta.length; i++) at.eta[i] = eta[i] + steps[i];
    exact.evaluate(at, probabilities);
    let areFound = true;
    for (let i = 0; i < eta.length; i++) {
      if (isEnd(probabilities[i], direction)) continue;
      areFound = false;
      steps[i] *= 2;
    }
    if (areFound) break;
  }
  return at.eta;
}

/** Means rise with predictors, so that probabilities fall. */
function isEnd(probability: number, direction: 1 | -1): boolean {
  return direction > 0 ? !(probability > LEAST) : !(probability < 1 - LEAST);
}

const SMALLEST_MOVE = 1 / 8;

/** Moves ends inward by halves of what is between them, as long as they stay ends. */
function tighten(exact: RowProbabilities, psi: RowTable["psi"], lower: Float64Array, upper: Float64Array): void {
  const at = { eta: new Float64Array(lower.length), psi };
  const probabilities = new Float64Array(lower.length);
  for (let share = 0.5; share >= SMALLEST_MOVE; share /= 2)
    for (const direction of [-1, 1] as const) {
      const [from, to] = direction < 0 ? [lower, upper] : [upper, lower];
      for (let i = 0; i < from.length; i++) at.eta[i] = from[i] + share * (to[i] - from[i]);
      exact.evaluate(at, probabilities);
      for (let i = 0; i < from.length; i++) if (isEnd(probabilities[i], direction)) from[i] = at.eta[i];
    }
}
