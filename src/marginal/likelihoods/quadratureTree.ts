import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { StandardNodes } from "../../kernel/FactorKernel.js";
import type { Generation } from "../factorisations/nestedHessian.js";
import { hermiteNodes } from "./standardNodes.js";

/** How nested factors are integrated: each level with the levels nested in it, from the coarsest factor to the finest. */
export interface QuadratureTree {
  readonly branches: readonly Branch[];
  /** The rows in an order in which those of every level of every factor stand together. */
  readonly rows: Int32Array;
  /** Rows of the largest level of the finest factor. */
  readonly mostRows: number;
}

/** One factor. Its levels have positions, in which those nested in one level stand together. */
export interface Branch {
  readonly front: Generation;
  /** The level at each position. */
  readonly levels: Int32Array;
  /** The position of the first row of each, in `QuadratureTree.rows`, and the end. */
  readonly rowStart: Int32Array;
  /** The position of the first level of the next finer factor nested in each, and the end; empty for the finest. */
  readonly children: Int32Array;
  readonly nodes: StandardNodes;
}

/** Scores at nodes, of the largest level: 2 GB of them. */
const MOST_NUMBERS = 2 ** 28;

/** `chain` from the finest factor to the coarsest. Throws RangeError where the nodes of one level would not fit in memory. */
export function quadratureTree(view: LatentGaussian, chain: readonly Generation[], points: number): QuadratureTree {
  const fronts = [...chain].reverse();
  const sorted: Sorted[] = [];
  fronts.forEach(({ levels }, d) => {
    const parent = d === 0 ? new Int32Array(levels) : (fronts[d].parent ?? new Int32Array(0));
    sorted.push(sortBy(parent, d === 0 ? Int32Array.of(0) : sorted[d - 1].places));
  });
  const finest = sorted.length - 1;
  const { members: rows, start } = sortBy(view.factors[fronts[finest].factor].levelIndex, sorted[finest].places);
  const rowStart = sorted.map(() => start);
  for (let d = finest - 1; d >= 0; d--) rowStart[d] = sorted[d + 1].start.map((child) => rowStart[d + 1][child]);
  let mostRows = 0;
  for (let p = 1; p < start.length; p++) mostRows = Math.max(mostRows, start[p] - start[p - 1]);
  const count = points ** fronts[finest].q;
  if (count * (mostRows + 4 * fronts[finest].q) > MOST_NUMBERS)
    throw new RangeError(
      `${points} quadrature points take ${count.toPrecision(3)} nodes for each of ${mostRows} rows of one level, more than memory holds; use fewer points`,
    );
  const branches = fronts.map((front, d) => ({
    front,
    levels: sorted[d].members,
    rowStart: rowStart[d],
    children: d === finest ? new Int32Array(0) : sorted[d + 1].start,
    nodes: hermiteNodes(points, front.q),
  }));
  return { branches, rows, mostRows };
}

interface Sorted {
  /** Members of the group at place p: members[start[p]] .. members[start[p + 1] - 1]. */
  readonly start: Int32Array;
  readonly members: Int32Array;
  /** Where each member stands. */
  readonly places: Int32Array;
}

/** A stable counting sort of members by the places of their groups. */
function sortBy(groups: Int32Array, groupPlaces: Int32Array): Sorted {
  const start = new Int32Array(groupPlaces.length + 1);
  for (const group of groups) start[groupPlaces[group] + 1]++;
  for (let p = 0; p < groupPlaces.length; p++) start[p + 1] += start[p];
  const next = start.slice();
  const [members, places] = [new Int32Array(groups.length), new Int32Array(groups.length)];
  groups.forEach((group, member) => {
    places[member] = next[groupPlaces[group]]++;
    members[places[member]] = member;
  });
  return { start, members, places };
}
