import type { DrawnFactor, RowsAtDraws } from "../../density/rowsAtDraws.js";
import { semiCholesky } from "../../math/linalg/semiCholesky.js";
import { type RowTree, rowTree } from "./RowTree.js";
import { TreeIntegrand } from "./TreeIntegrand.js";

/** The likelihood of rows of one level of a factor, its effects and those of the factors nested in it integrated out, the rest of a draw given. */
export interface LevelIntegrals {
  /** Rows of each level, in the order of the design. */
  readonly rowsOf: readonly Int32Array[];
  /** Rows of one level, prepared. */
  tree(rows: Int32Array): RowTree;
  /** What the likelihoods of prepared rows are at a draw. */
  at(draw: Float64Array): (tree: RowTree) => number;
}

/**
 * log of the integral over the effects b of a level, b ~ N(0, G), of the product of its rows' densities; of a chain of factors, each nested in the one before it, over the effects of all levels that the level has. By
 * Gauss-Hermite quadrature adapted to the mode and curvature of the integrand. -Infinity where it cannot be computed.
 */
export function levelIntegrals(model: RowsAtDraws, chain: readonly [DrawnFactor, ...DrawnFactor[]]): LevelIntegrals {
  const n = model.rows;
  const Z = chain.map((factor) => factor.Z ?? new Float64Array(n).fill(1));
  const rows = model.drawnRows();
  const covariances = chain.map(({ effects: q }) => new Float64Array(q * q));
  const Lambda = chain.map(({ effects: q }) => new Float64Array(q * q));
  const integrand = new TreeIntegrand(
    model,
    chain.map(({ effects }) => effects),
  );
  return {
    rowsOf: groupRows(chain[0].levelIndex, chain[0].levels.length),
    tree: (own) => rowTree(chain, own),
    at(draw) {
      model.read(draw, rows);
      chain.forEach((factor, d) => {
        factor.covariance(draw, covariances[d]);
        semiCholesky(covariances[d], factor.effects, Lambda[d]);
        takeEffects(factor, Z[d], draw, rows.eta);
      });
      return (tree) => integrand.logIntegral(tree, { Z, Lambda, rows });
    },
  };
}

/** Leaves the effects of a factor out of linear predictors. */
function takeEffects(
  { effects: q, levelIndex, start }: DrawnFactor,
  Z: Float64Array,
  draw: Float64Array,
  eta: Float64Array,
): void {
  const n = eta.length;
  for (let i = 0; i < n; i++) for (let e = 0; e < q; e++) eta[i] -= Z[e * n + i] * draw[start + levelIndex[i] * q + e];
}

function groupRows(levelIndex: Int32Array, levels: number): Int32Array[] {
  const rows: number[][] = Array.from({ length: levels }, () => []);
  levelIndex.forEach((level, i) => {
    rows[level].push(i);
  });
  return rows.map((own) => Int32Array.from(own));
}
