import type { BoxStep } from "./boxQuadratic.js";
import type { Box } from "./Objective.js";

/** The box as seen from a position within it. */
export function roomAround(position: Float64Array, box: Box): Box {
  return { lower: box.lower.map((low, i) => low - position[i]), upper: box.upper.map((high, i) => high - position[i]) };
}

/** How many times the step fits into the box: once if the model stopped at a bound. */
export function longestStep(position: Float64Array, { step, side }: BoxStep, box: Box): number {
  let longest = Infinity;
  for (let i = 0; i < step.length; i++) {
    if (step[i] === 0) continue;
    const bound = step[i] < 0 ? box.lower[i] : box.upper[i];
    longest = side[i] === 0 ? Math.min(longest, (bound - position[i]) / step[i]) : 1;
  }
  return Math.max(1, longest);
}

/** Puts the coordinates that the model stopped at a bound exactly there. */
export function snap(position: Float64Array, side: Int8Array, box: Box): void {
  for (let i = 0; i < position.length; i++) {
    if (side[i] < 0) position[i] = box.lower[i];
    if (side[i] > 0) position[i] = box.upper[i];
  }
}
