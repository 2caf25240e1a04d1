import type { LevelIntegrals } from "../../density/NodeLayout.js";
import { type Moments, moments, recordLayout } from "./levelRecords.js";
import type { Branch } from "./quadratureTree.js";

/** One factor at work. The finest has the view's buffers for its nodes. */
export interface Stage {
  readonly branch: Branch;
  /** Nodes less the mode in u, q x K, and as shifts on the original scale, q x stride. */
  readonly steps: Float64Array;
  readonly shifts: Float64Array;
  readonly stride: number;
  /** Log weights of the nodes. */
  readonly logWeights: Float64Array;
  /** This level's and its ancestors' effects less their modes at the nodes at work, in the order of a front. */
  readonly path: Float64Array;
  /** Length n: linear predictors at the ancestors' nodes at work. */
  readonly eta: Float64Array;
  /** Means given those nodes: scores of the rows, and the records of this factor's levels and of all finer ones. */
  readonly scores: Float64Array;
  readonly psiScores: readonly Float64Array[];
  readonly records: readonly Float64Array[];
  readonly recordSize: number;
  /** At one node: its shift, Z's, and the record of a level there. */
  readonly shift: Float64Array;
  readonly cross: Float64Array;
  readonly atNode: Float64Array;
  readonly moments: Moments;
}

/** The stage of `branches[depth]`; `finest` has the buffers of the last of them, and is null for the others. `parameters`: columns of psi. */
export function makeQuadratureStage(
  branches: readonly Branch[],
  depth: number,
  finest: LevelIntegrals | null,
  { rows, parameters }: { readonly rows: number; readonly parameters: number },
): Stage {
  const branch = branches[depth];
  const { q, width } = branch.front;
  const K = branch.nodes.count;
  const recordSize = recordLayout(q, width).size;
  const stride = finest?.stride ?? K;
  const ofRows = () => new Float64Array(rows);
  return {
    branch,
    steps: new Float64Array(q * K),
    shifts: finest?.shifts ?? new Float64Array(q * K),
    stride,
    logWeights: finest?.weights ?? new Float64Array(K),
    path: new Float64Array(width),
    shift: new Float64Array(q),
    cross: new Float64Array(q),
    eta: finest?.eta ?? ofRows(),
    scores: finest?.scores ?? ofRows(),
    psiScores: finest?.psiScores ?? Array.from({ length: parameters }, ofRows),
    records: branches.slice(depth).map(({ front, levels }) => {
      return new Float64Array(levels.length * recordLayout(front.q, front.width).size);
    }),
    recordSize,
    atNode: new Float64Array(recordSize),
    moments: moments(q, width),
  };
}
