import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { type ProductRule, productRule } from "../../math/quadrature/productRule.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import type { ConditionalModes } from "./conditionalModes.js";
import { scaleEffects } from "./effects.js";

/** Nodes a dimension by the effects of a level, for so many effects and no more. */
const POINTS: readonly number[] = [15, 9];

/** What there is of the effects at the parameters: their modes, and blocks of q x q of their covariance in u. */
export interface LevelModes extends Pick<ConditionalModes, "u" | "table"> {
  readonly values: LatentValues;
  readonly inverse: Float64Array;
  /** How many times farther than that covariance says the nodes of each level are spread; one number a level. */
  readonly spreads: Float64Array;
}

/**
 * Adaptive Gauss-Hermite quadrature over the effects of the one factor there is, all levels side by side. What each row has in the integrand is
 * known, so that it can be taken out exactly.
 */
export class LevelNodes {
  private readonly view: LatentGaussian;
  private readonly rule: ProductRule;
  private readonly table: RowTable;
  private readonly u: Float64Array[];
  private readonly b: Float64Array[];
  private readonly levelLogs: Float64Array;

  /** Null where there is not one factor of few effects. */
  static of(view: LatentGaussian): LevelNodes | null {
    if (view.factors.length !== 1 || view.factors[0].effects > POINTS.length) return null;
    return new LevelNodes(view);
  }

  /** Of the outermost node, in sds. */
  readonly reach: number;

  private constructor(view: LatentGaussian) {
    const [{ levels, effects }] = view.factors;
    this.view = view;
    this.rule = productRule(gaussHermite(POINTS[effects - 1]), effects);
    this.table = view.rowTable();
    this.reach = this.rule.nodes.reduce((most, node) => Math.max(most, node), 0);
    this.u = effectsVectors(view);
    this.b = effectsVectors(view);
    this.levelLogs = new Float64Array(levels);
  }

  /**
   * Hands over the rows at one node after the other, and of each level the log of the integrand over the node's density, up to a constant
   * for the level. The arrays are overwritten.
   */
  visit(
    { values, u, table: atModes, inverse, spreads }: LevelModes,
    visit: (table: RowTable, levelLogs: Float64Array) => void,
  ): void {
    const { view, table, levelLogs } = this;
    const { effects: q, levelIndex } = view.factors[0];
    const roots = rootsOf(inverse, q, spreads);
    for (let k = 0; k < this.rule.count; k++) {
      this.place(u[0], roots, k);
      scaleEffects(values.Lambda[0], this.u[0], this.b[0]);
      view.evaluateRows(values, this.b, 0, table);
      for (let i = 0; i < view.rows; i++) levelLogs[levelIndex[i]] += table.value[i] - atModes.value[i];
      visit(table, levelLogs);
    }
  }

  /** Effects at the node, and what it counts at each level besides the likelihood: u = mode + R x with R R' the covariance. */
  private place(modes: Float64Array, roots: Float64Array, k: number): void {
    const { nodes, logWeights, dimensions: q } = this.rule;
    for (let j = 0; j < this.levelLogs.length; j++) {
      let log = logWeights[k];
      for (let r = 0; r < q; r++) {
        const x = nodes[k * q + r];
        const mode = modes[j * q + r];
        let value = mode;
        for (let c = 0; c <= r; c++) value += roots[(j * q + r) * q + c] * nodes[k * q + c];
        this.u[0][j * q + r] = value;
        log += 0.5 * (x * x + mode * mode - value * value);
      }
      this.levelLogs[j] = log;
    }
  }
}

/** Lower triangular roots of blocks of q x q, each times its level's number. */
function rootsOf(blocks: Float64Array, q: number, factors: Float64Array): Float64Array {
  const roots = blocks.slice();
  for (let at = 0; at < roots.length; at += q * q) cholesky(roots.subarray(at, at + q * q), q);
  return roots.map((root, k) => factors[Math.floor(k / (q * q))] * root);
}
