import type { Steps } from "../steps.js";
import type { Evaluated } from "./Objective.js";

/** Sufficient decrease and curvature (Hager & Zhang, 2005, section 4). */
const DECREASE = 0.1;
const CURVATURE = 0.9;
/** A step may grow by so much at once. */
const GROWTH = 10;
/** A bracket that keeps more than this of its width is halved next; one this narrow, or with this little of the noise to gain, ends. */
const SHRINKAGE = 0.66;
const NARROW = 1e-14;
const WORTHLESS = 1e-3;
/** Part of a bracket that a new step keeps from its ends, and the part left when the objective cannot be computed. */
const MARGIN = 0.1;
const RETREAT = 0.2;
const MOST_TRIALS = 60;
/** An objective that still falls at so many times the expected step has no minimum along the line. */
const ENDLESS = 1e20;

/** A point on the line, at `step` times the direction; `slope` is the derivative along the direction. */
export interface Trial {
  readonly step: number;
  readonly slope: number;
  /** Null where the objective cannot be computed. */
  readonly point: Evaluated | null;
}

interface Computed extends Trial {
  readonly point: Evaluated;
}

export interface LineSearchOptions {
  /** The first step to try. */
  readonly first: number;
  /** The longest step that the bounds allow, at least 1. */
  readonly longest: number;
  /** Values that differ by less are alike. */
  readonly noise: number;
  /** See `Objective`. */
  readonly inAdvance?: (step: number) => Steps<void> | null;
}

export interface LineSearchResult {
  readonly next: Evaluated | null;
  /** The objective falls for ever along this line. */
  readonly isEndless: boolean;
}

/**
 * A step along a descent direction that meets the Wolfe conditions, or, where the values no longer tell, Hager & Zhang's
 * approximate ones, which ask the slopes alone. Also returned: a step that only lowers the value, if it is the longest allowed
 * or no better one is found. None if nothing lowers the value. There is a pause after each trial.
 */
export function* searchLine(
  start: Evaluated,
  startSlope: number,
  trialAt: (step: number) => Trial,
  { first, longest, noise, inAdvance }: LineSearchOptions,
): Steps<LineSearchResult> {
  const highest = start.value + noise;
  let low: Computed = { step: 0, slope: startSlope, point: start };
  let high: Trial | null = null;
  let width = Infinity;
  for (let count = 0, step = first; count < MOST_TRIALS; count++) {
    const ahead = inAdvance?.(step);
    if (ahead) yield* ahead;
    const trial = trialAt(step);
    yield;
    if (!isComputed(trial)) high = trial;
    else if (isAcceptable(trial, start.value, startSlope, noise)) return { next: trial.point, isEndless: false };
    else if (trial.point.value > highest || trial.slope >= 0) high = trial;
    else low = trial;
    if (high === null) {
      if (low.step >= longest) break;
      if (low.step > ENDLESS) return { next: null, isEndless: true };
      step = Math.min(longest, extrapolate(low, startSlope));
    } else {
      const stalled = high.step - low.step > SHRINKAGE * width;
      width = high.step - low.step;
      if (!(width > NARROW * high.step && -low.slope * width > WORTHLESS * noise)) break;
      step = stalled && high.point !== null ? low.step + 0.5 * width : between(low, high, noise);
    }
  }
  const worthwhile = low.step >= longest ? low.point.value <= highest : low.point.value < start.value - noise;
  return { next: low.step > 0 && worthwhile ? low.point : null, isEndless: false };
}

function isComputed(trial: Trial): trial is Computed {
  return trial.point !== null;
}

function isAcceptable(
  { step, slope, point }: Computed,
  startValue: number,
  startSlope: number,
  noise: number,
): boolean {
  if (slope < CURVATURE * startSlope) return false;
  if (point.value <= startValue + DECREASE * step * startSlope && slope <= -CURVATURE * startSlope) return true;
  return point.value <= startValue + noise && slope <= (2 * DECREASE - 1) * startSlope;
}

/** Beyond a step where the slope is still steep: where the slopes say that it vanishes. */
function extrapolate(low: Computed, startSlope: number): number {
  const growth = low.slope > startSlope ? startSlope / (startSlope - low.slope) : GROWTH;
  return low.step * Math.min(Math.max(growth, 2), GROWTH);
}

/** Within the bracket: the minimum of the cubic, of the parabola or, where values do not tell, the zero of the slopes. */
function between(low: Computed, high: Trial, noise: number): number {
  const width = high.step - low.step;
  if (high.point === null) return low.step + RETREAT * width;
  const rise = high.point.value - low.point.value;
  const share =
    high.slope > 0 && Math.abs(rise) <= 10 * noise
      ? low.slope / (low.slope - high.slope)
      : cubicMinimum(low.slope * width, high.slope * width, rise);
  return low.step + width * Math.min(Math.max(share, MARGIN), 1 - MARGIN);
}

/** The minimiser of the cubic on [0, 1] that starts at 0 with a negative slope and ends at `rise` (Nocedal & Wright, 3.59). */
function cubicMinimum(startSlope: number, endSlope: number, rise: number): number {
  const d1 = startSlope + endSlope - 3 * rise;
  const square = d1 * d1 - startSlope * endSlope;
  if (!(square >= 0)) return 0.5;
  const d2 = Math.sqrt(square);
  const share = 1 - (endSlope + d2 - d1) / (endSlope - startSlope + 2 * d2);
  return Number.isFinite(share) ? share : 0.5;
}
