import type { LatentGaussian, RowScores } from "../density/LatentGaussian.js";
import { GroupCurvature } from "./groupCurvature.js";
import { type Generation, levelTree } from "./levelTree.js";

/** One generation of the tree and what is kept of it while a group is at work. */
export interface Stage extends Generation {
  /** Positions of the group's levels: from .. to - 1. */
  from: number;
  to: number;
  /** How many of its levels the largest group has. */
  readonly mostLevels: number;
  /** Combinations of the nodes of all generations above. */
  readonly slots: number;
  readonly curvature: GroupCurvature;
  /** R^-T x of all nodes, per level. */
  readonly offsets: Float64Array;
  /** Per level and slot the weights of its nodes; they sum to 1 after `forward`. */
  readonly weights: Float64Array;
  /** Of the level at work: the part of its steps that its ancestors make. */
  readonly base: Float64Array;
  /** Of the node at work: its step from the mode, u - u^, and the derivative in it. */
  readonly step: Float64Array;
  readonly stepBar: Float64Array;
  /** Of the level at work, over its nodes: the sum of the derivatives in the steps, and that of R^-T x times them, q x q. */
  readonly stepSum: Float64Array;
  readonly offsetSum: Float64Array;
  /** Z's of the level at work. */
  readonly cross: Float64Array;
  /** Length n: linear predictors before this generation's effects move. Null in the first: those of the modes. */
  readonly eta: Float64Array | null;
  /** Length n each: the rows' scores averaged over the nodes of this generation and of those below. Null in the first: the adjoint's. */
  readonly scores: RowScores | null;
}

/** Numbers kept for the nodes of a group: 2 GB of them. */
const MOST_NUMBERS = 2 ** 28;

/** The generations from the coarsest to the finest. Throws RangeError as `levelTree` does, and where a group's nodes would not fit in memory. */
export function quadratureStages(view: LatentGaussian, points: number) {
  const tree = levelTree(view, points);
  const sizes = groupSizes(tree);
  const mostRows = largestGroup(view, tree[0].factor);
  const paths = tree.reduce((product, { rule }) => product * rule.count, 1);
  const finest = tree.length - 1;
  const numbers = paths * (mostRows + sizes[finest] * (tree[finest].q + 3));
  if (numbers > MOST_NUMBERS)
    throw new RangeError(
      `${points} quadrature points a dimension make ${paths.toPrecision(3)} nodes for each of the ${mostRows} rows of the largest group, ` +
        "more than memory holds; use fewer points",
    );
  const stages = tree.map((generation, g) => stageOf(view, tree, generation, g, sizes[g]));
  return { stages, groups: tree[0].levels.length, mostRows };
}

function stageOf(
  view: LatentGaussian,
  tree: readonly Generation[],
  generation: Generation,
  g: number,
  mostLevels: number,
): Stage {
  const { q, rule } = generation;
  const slots = tree.slice(0, g).reduce((product, above) => product * above.rule.count, 1);
  const rows = () => new Float64Array(view.rows);
  return {
    ...generation,
    from: 0,
    to: 0,
    mostLevels,
    slots,
    curvature: new GroupCurvature(view, generation, tree.slice(0, g).reverse(), mostLevels),
    offsets: new Float64Array(mostLevels * rule.nodes.length),
    weights: new Float64Array(mostLevels * slots * rule.count),
    base: new Float64Array(q),
    step: new Float64Array(q),
    stepBar: new Float64Array(q),
    stepSum: new Float64Array(q),
    offsetSum: new Float64Array(q * q),
    cross: new Float64Array(q),
    eta: g === 0 ? null : rows(),
    scores: g === 0 ? null : { eta: rows(), psi: rows() },
  };
}

/** Per generation, how many of its levels the largest group has. */
function groupSizes(tree: readonly Generation[]): number[] {
  const most = tree.map(() => 0);
  for (let group = 0; group < tree[0].levels.length; group++) {
    let [from, to] = [group, group + 1];
    tree.forEach((_, g) => {
      if (g > 0) [from, to] = [tree[g - 1].first[from], tree[g - 1].first[to]];
      most[g] = Math.max(most[g], to - from);
    });
  }
  return most;
}

function largestGroup(view: LatentGaussian, factor: number): number {
  const { start } = view.rowsByLevel(factor);
  let most = 0;
  for (let j = 0; j + 1 < start.length; j++) most = Math.max(most, start[j + 1] - start[j]);
  return most;
}
