import type { Steps } from "../../math/steps.js";
import type { Fitted } from "../../predict/Fitted.js";
import type { Solution } from "../../summary/Solutions.js";
import { confidenceSet } from "./confidenceSet.js";
import { type MeanCurves, meanCurves } from "./MeanCurve.js";
import type { CompleteSolveOptions } from "./options.js";
import { allRootsOnGrid, rootsOnGrid } from "./rootsOnGrid.js";
import type { Solved } from "./Solved.js";
import { searchGrid } from "./searchGrid.js";
import { toLink } from "./toLink.js";

/** How often a solution is looked at more closely, and in how many intervals. */
const CLOSER = 5;
const INTERVALS = 16;
/** Half the length of a difference in the variable, over that of the range. */
const STEP = 1e-4;

/** At the estimates, with standard errors and sets by the delta method. */
export function* solutionsByDelta(
  fit: Fitted,
  options: CompleteSolveOptions,
  range: readonly [number, number],
): Steps<Solved> {
  const grid = searchGrid(...range);
  const curves = yield* meanCurves(fit, options, grid.xs);
  const found: FoundByDelta[] = [];
  for (const cell of curves.cells.keys()) found.push(yield* solved(fit, options, range, curves, cell));
  const { ensemble } = curves.told;
  return {
    setting: curves.setting,
    rows: found.map(({ values: _, ...row }) => row),
    differences: found.flatMap((one, k) =>
      found.slice(0, k).map((other) => ({
        of: one.levels,
        less: other.levels,
        ...ensemble.estimate(
          one.values.map((value, s) => value - other.values[s]),
          0,
        ),
      })),
    ),
  };
}

interface FoundByDelta extends Solution {
  /** At each value of the ensemble, to first order; NaN without a solution. */
  readonly values: Float64Array;
}

function* solved(
  fit: Fitted,
  options: CompleteSolveOptions,
  range: readonly [number, number],
  curves: MeanCurves,
  cell: number,
): Steps<FoundByDelta> {
  const { ensemble } = curves.told;
  const { levels, values } = curves.cells[cell];
  const estimates = values.map((one) => one[0]);
  const reached = [Math.min(...estimates), Math.max(...estimates)] as const;
  const set = yield* confidenceSet(fit, options, range, curves, cell);
  const place = searchGrid(...range);
  const { first, isRising } = rootsOnGrid(estimates.map((value) => value - options.target));
  if (Number.isNaN(first)) {
    const none = new Float64Array(ensemble.size).fill(Number.NaN);
    const nothing = { others: [], estimate: Number.NaN, sd: Number.NaN, lower: Number.NaN, upper: Number.NaN };
    return { levels, ...nothing, direction: null, reached, draws: null, set, values: none };
  }
  const bracket = [place.at(Math.floor(first - 1e-9)), place.at(Math.ceil(first + 1e-9))] as const;
  const root = yield* closerRoot(fit, options, bracket, cell);
  const step = STEP * (range[1] - range[0]);
  const about = yield* meanCurves(fit, options, [root - step, root, root + step]);
  const [before, at, after] = about.cells[cell].values.map(toLink(fit, options));
  const slope = (after[0] - before[0]) / (2 * step);
  const moved = at.map((value) => root - (value - at[0]) / slope);
  return {
    levels,
    ...ensemble.estimate(moved, 0),
    direction: isRising ? "rising" : "falling",
    reached,
    others: allRootsOnGrid(estimates.map((value) => value - options.target))
      .slice(1)
      .map(place.at),
    draws: null,
    set,
    values: moved,
  };
}

/** The root between two values of the variable. */
function* closerRoot(
  fit: Fitted,
  options: CompleteSolveOptions,
  bracket: readonly [number, number],
  cell: number,
): Steps<number> {
  let [lower, upper] = bracket;
  let root = lower;
  for (let k = 0; k < CLOSER && lower < upper; k++) {
    const grid = searchGrid(lower, upper, INTERVALS);
    if (new Set(grid.xs).size < grid.xs.length) break;
    const { cells } = yield* meanCurves(fit, options, grid.xs);
    const { first } = rootsOnGrid(cells[cell].values.map((value) => value[0] - options.target));
    if (Number.isNaN(first)) break;
    root = grid.at(first);
    [lower, upper] = [grid.at(Math.floor(first)), grid.at(Math.floor(first) + 1)];
  }
  return root;
}
