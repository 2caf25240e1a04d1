import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import type { LatentValues } from "../../../density/LatentValues.js";
import { cholesky, solveLowerTransposed } from "../../../math/linalg/cholesky.js";
import { LOG_SQRT_TWO_PI } from "../../../math/special/normalDistribution.js";
import type { Steps } from "../../../math/steps.js";
import { type DesignColumns, designColumns } from "../designColumns.js";
import type { ParameterVector } from "../parameterVector.js";
import type { EffectsPosterior } from "./expectation.js";

/** The log-likelihood of the data together with the effects, log p(y | b) + log N(b; 0, Lambda Lambda'), under a posterior of b. */
export class CompleteData {
  private readonly view: LatentGaussian;
  private readonly vector: ParameterVector;
  private readonly columns: DesignColumns;

  constructor(view: LatentGaussian, vector: ParameterVector) {
    this.view = view;
    this.vector = vector;
    this.columns = designColumns(view);
  }

  /** Its expectation, and the derivatives of that into `gradients`. The Lambda must be regular. */
  expectation(posterior: EffectsPosterior, values: LatentValues, gradients: LatentValues): number {
    const { view } = this;
    const [{ levels, levelIndex, effects: q }] = view.factors;
    const { b, weights } = posterior;
    const table = view.rowTable();
    const eta = new Float64Array(view.rows);
    const psi = table.psi.map(() => new Float64Array(view.rows));
    let total = 0;
    b.forEach((part, k) => {
      view.evaluateRows(values, [part], 1, table);
      for (let i = 0; i < view.rows; i++) {
        const weight = weights[levelIndex[i] * b.length + k];
        // A point without weight may stand where the likelihood underflows.
        if (weight === 0) continue;
        total += weight * table.value[i];
        eta[i] += weight * table.dEta[i];
        for (let c = 0; c < psi.length; c++) psi[c][i] += weight * table.dPsi[c][i];
      }
    });
    view.crossBeta(eta, gradients.beta);
    view.crossDispersion(psi, gradients.dispersion);
    const S = this.secondMoments(posterior);
    const P = new Float64Array(q * q);
    const logDeterminant = view.precision(values.Lambda[0], P);
    gradients.Lambda[0].fill(0);
    const outer = { P: S.map((moment) => -0.5 * moment), logDeterminant: 0.5 * levels };
    view.chainPrecision(values.Lambda[0], P, outer, gradients.Lambda[0]);
    const squares = P.reduce((sum, entry, at) => sum + entry * S[at], 0);
    return total + 0.5 * levels * logDeterminant - levels * q * LOG_SQRT_TWO_PI - 0.5 * squares;
  }

  /** The sum over the levels of E(b b'), q x q. */
  private secondMoments({ b, weights }: EffectsPosterior): Float64Array {
    const [{ levels, effects: q }] = this.view.factors;
    const S = new Float64Array(q * q);
    b.forEach((part, k) => {
      for (let j = 0; j < levels; j++)
        for (let r = 0; r < q; r++)
          for (let c = 0; c < q; c++) S[r * q + c] += weights[j * b.length + k] * part[j * q + r] * part[j * q + c];
    });
    return S;
  }

  /** The M-step for Lambda: each independent term's block of the mean of E(b b'), factored. False if one is singular. */
  maximizeLambda(posterior: EffectsPosterior, Lambda: Float64Array): boolean {
    const [{ levels, effects: q, terms }] = this.view.factors;
    const S = this.secondMoments(posterior);
    let first = 0;
    for (const size of terms) {
      const start = first;
      const block = Float64Array.from({ length: size * size }, (_, at) => {
        return S[(start + Math.floor(at / size)) * q + start + (at % size)] / levels;
      });
      if (!cholesky(block, size)) return false;
      for (let r = 0; r < size; r++)
        for (let c = 0; c <= r; c++) Lambda[(start + r) * q + start + c] = block[r * size + c];
      first += size;
    }
    return true;
  }

  /**
   * Louis (1982): the variance of the complete-data score given the data, m x m in the coordinates of the vector, a sum over levels.
   * It is the information that is missing for want of the effects.
   */
  *scoreVariance(posterior: EffectsPosterior, position: Float64Array, values: LatentValues): Steps<Float64Array> {
    const { view, vector } = this;
    const [{ levels }] = view.factors;
    const m = position.length;
    const K = posterior.b.length;
    const variance = new Float64Array(m * m);
    const means = new Float64Array(levels * m);
    const level = view.values();
    const score = new Float64Array(m);
    for (let k = 0; k < K; k++) {
      yield;
      const scores = this.levelScores(posterior, k, values);
      for (let j = 0; j < levels; j++) {
        const weight = posterior.weights[j * K + k];
        if (weight === 0) continue;
        readLevel(scores, j, level);
        vector.adjoint(position, level, score);
        for (let a = 0; a < m; a++) {
          means[j * m + a] += weight * score[a];
          for (let c = 0; c < m; c++) variance[a * m + c] += weight * score[a] * score[c];
        }
      }
    }
    for (let at = 0; at < means.length; at += m)
      for (let a = 0; a < m; a++) for (let c = 0; c < m; c++) variance[a * m + c] -= means[at + a] * means[at + c];
    return variance;
  }

  /** The scores of all levels at one point. */
  private levelScores({ u, b }: EffectsPosterior, k: number, values: LatentValues): LevelScores {
    const { view, columns } = this;
    const [{ levels, levelIndex, effects: q }] = view.factors;
    const table = view.rowTable();
    view.evaluateRows(values, [b[k]], 1, table);
    const L = values.Lambda[0];
    const lifted = u[k].slice();
    const Lambda = new Float64Array(levels * q * q);
    for (let j = 0; j < levels; j++) {
      solveLowerTransposed(L, q, lifted, 0, j * q);
      for (let r = 0; r < q; r++)
        for (let c = 0; c <= r; c++) {
          const own = r === c ? 1 / L[r * q + r] : 0;
          Lambda[(j * q + r) * q + c] = lifted[j * q + r] * u[k][j * q + c] - own;
        }
    }
    return {
      beta: sumsByLevel(columns.X, table.dEta, levelIndex, levels),
      dispersion: columns.D.map((D, c) => sumsByLevel(D, table.dPsi[c], levelIndex, levels)).reduce(
        (total, sums) => total.map((value, at) => value + sums[at]),
        new Float64Array(levels * view.sizes.dispersion),
      ),
      Lambda,
    };
  }
}

/** One stretch of numbers a level. */
interface LevelScores {
  readonly beta: Float64Array;
  readonly dispersion: Float64Array;
  readonly Lambda: Float64Array;
}

function readLevel(scores: LevelScores, level: number, out: LatentValues): void {
  const parts = [
    [scores.beta, out.beta],
    [scores.dispersion, out.dispersion],
    [scores.Lambda, out.Lambda[0]],
  ];
  for (const [from, to] of parts) to.set(from.subarray(level * to.length, (level + 1) * to.length));
}

/** Columns' s of each level's rows, levels x columns. */
function sumsByLevel(columns: Float64Array, s: Float64Array, levelIndex: Int32Array, levels: number): Float64Array {
  const n = s.length;
  const count = columns.length / n;
  const sums = new Float64Array(levels * count);
  for (let a = 0; a < count; a++)
    for (let i = 0; i < n; i++) sums[levelIndex[i] * count + a] += columns[a * n + i] * s[i];
  return sums;
}
