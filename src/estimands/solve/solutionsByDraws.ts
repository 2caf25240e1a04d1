import type { Steps } from "../../math/steps.js";
import type { Ensemble } from "../../predict/Ensemble.js";
import type { Fitted } from "../../predict/Fitted.js";
import { weightedEstimate } from "../../predict/posteriorEnsemble.js";
import type { QuantityDraws } from "../../predict/QuantityDraws.js";
import type { Estimate } from "../../summary/Estimate.js";
import type { Solution } from "../../summary/Solutions.js";
import { endsOf } from "../../summary/Summary.js";
import { levelsText, named } from "../drawnNames.js";
import type { Telling } from "../estimandNumbers.js";
import { type CellCurve, meanCurves } from "./MeanCurve.js";
import type { CompleteSolveOptions } from "./options.js";
import { allRootsOnGrid, rootsOnGrid } from "./rootsOnGrid.js";
import type { Solved } from "./Solved.js";
import { type SearchGrid, searchGrid } from "./searchGrid.js";

/** Intervals of the search for a quantity of new responses, of which each takes a quadrature at each draw. */
const INTERVALS_OF_QUANTITY = 32;

function intervalsOf({ quantity }: CompleteSolveOptions): number | undefined {
  return quantity === undefined ? undefined : INTERVALS_OF_QUANTITY;
}

/** Draw by draw, where the mean goes through the target in the range. */
export function* solutionsByDraws(
  fit: Fitted,
  options: CompleteSolveOptions,
  [lower, upper]: readonly [number, number],
): Steps<Solved> {
  const grid = searchGrid(lower, upper, intervalsOf(options));
  const { cells, told, setting } = yield* meanCurves(fit, options, grid.xs);
  const { ensemble } = told;
  const found = cells.map((cell) => rootsOfDraws(cell, options.target, grid, ensemble));
  const rows = found.map(({ roots, ...row }) => ({ ...row, ...ofThose(told, roots), set: null }));
  const differences = found.flatMap((one, k) =>
    found.slice(0, k).map((other) => ({
      of: one.levels,
      less: other.levels,
      ...ofThose(
        told,
        one.roots.map((root, s) => root - other.roots[s]),
      ),
    })),
  );
  return { setting, rows, differences };
}

/** What `solve` tells, at each draw: `dose at 10[trt=a]`; NaN at draws that have no solution. */
export function* solutionDraws(
  fit: Fitted,
  options: CompleteSolveOptions,
  [lower, upper]: readonly [number, number],
): Steps<QuantityDraws[]> {
  const grid = searchGrid(lower, upper, intervalsOf(options));
  const { cells, told } = yield* meanCurves(fit, options, grid.xs);
  return cells.map((cell) => {
    const { levels, roots } = rootsOfDraws(cell, options.target, grid, told.ensemble);
    return { name: named(`${options.for} at ${options.target}`, [levelsText(levels)]), values: roots };
  });
}

interface FoundByDraws extends Pick<Solution, "levels" | "direction" | "reached" | "others" | "draws"> {
  /** Length S; NaN where there is none. */
  readonly roots: Float64Array;
}

function rootsOfDraws(
  { levels, values }: CellCurve,
  target: number,
  { xs, at }: SearchGrid,
  ensemble: Ensemble,
): FoundByDraws {
  const total = ensemble.size;
  const roots = new Float64Array(total).fill(Number.NaN);
  const f = new Float64Array(xs.length);
  let [above, below, several, rising, falling] = [0, 0, 0, 0, 0];
  for (let s = 0; s < total; s++) {
    for (let k = 0; k < f.length; k++) f[k] = values[k][s] - target;
    const { first, count, isRising } = rootsOnGrid(f);
    roots[s] = at(first);
    if (count === 0 && f[0] > 0) above++;
    if (count === 0 && f[0] < 0) below++;
    if (count > 1) several++;
    if (count > 0 && isRising) rising++;
    if (count > 0 && !isRising) falling++;
  }
  const medians = values.map((draws) => ensemble.estimate(draws, 0).estimate);
  return {
    levels,
    roots,
    direction: rising + falling === 0 ? null : falling === 0 ? "rising" : rising === 0 ? "falling" : "mixed",
    reached: [Math.min(...medians), Math.max(...medians)],
    others: allRootsOnGrid(medians.map((value) => value - target))
      .slice(1)
      .map(at),
    draws: { total, above, below, several },
  };
}

/** What is known of a solution from the draws that have one. */
function ofThose({ ensemble, level }: Telling, values: Float64Array): Estimate {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) return { estimate: Number.NaN, sd: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const { weights } = ensemble;
  if (weights === null || there.length === values.length) return ensemble.estimate(there, 0);
  const own = weights.filter((_, s) => !Number.isNaN(values[s]));
  const total = own.reduce((sum, weight) => sum + weight, 0);
  const [low, high] = endsOf(level);
  return weightedEstimate(
    there,
    own.map((weight) => weight / total),
    [low, 0.5, high],
  );
}
