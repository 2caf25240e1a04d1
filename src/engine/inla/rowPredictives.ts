import type { LatentGaussian, RowPredictors } from "../../density/LatentGaussian.js";
import type { EffectsGivenParameters } from "../../marginal/conditionalEffects.js";
import { LevelNodes } from "../../marginal/levelNodes.js";
import type { RowCavities } from "../../marginal/rowCavities.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { exp, log } from "../../math/special/elementary.js";
import { logNormalDensity, normalCdf, normalQuantile } from "../../math/special/normalDistribution.js";
import { type SkewedNormal, skewedNormal } from "../../math/special/skewed.js";

/** Nodes for each row. */
const NODES = 7;

/**
 * What each row's density and probability are, over its linear predictor given the parameters: p = p(y_i | eta_i). Each array of length n,
 * overwritten from position to position.
 */
export class RowPredictives {
  /** Given all rows: the log of the mean of p, mean and variance of log p, the mean of eta. */
  readonly logMeanDensity: Float64Array;
  readonly meanLogDensity: Float64Array;
  readonly varianceLogDensity: Float64Array;
  readonly meanPredictor: Float64Array;
  /** Given all rows but this one: log p(y_i | y_-i), and P(Y_i <= y_i | y_-i), zero where the family has no distribution function. */
  readonly logLeftOut: Float64Array;
  readonly probability: Float64Array;

  private readonly view: LatentGaussian;
  private readonly eta: Float64Array;
  private readonly logDensity: Float64Array;
  /** One column a node. */
  private readonly cumulative: readonly Float64Array[];
  /** Over the nodes, of a row's shares in the cavity; and of its shares given all rows: of 1, eta, log p and its square, and p. */
  private readonly sums: readonly Float64Array[];
  private readonly mass: Float64Array;
  private readonly nodes: LevelNodes | null;
  private readonly lines: ProbitLines;
  private shapes: readonly SkewedNormal[] = [];

  constructor(view: LatentGaussian) {
    this.view = view;
    const column = () => new Float64Array(view.rows);
    this.logMeanDensity = column();
    this.meanLogDensity = column();
    this.varianceLogDensity = column();
    this.meanPredictor = column();
    this.logLeftOut = column();
    this.probability = column();
    this.eta = column();
    this.logDensity = column();
    this.cumulative = Array.from({ length: NODES }, column);
    this.mass = column();
    this.sums = [this.mass, column(), column(), column(), column(), column()];
    this.nodes = LevelNodes.of(view);
    this.lines = { constant: column(), slope: column() };
  }

  /** At the parameters that the effects are at. */
  at(effects: EffectsGivenParameters): void {
    const cavities = effects.cavities();
    this.overCavities(cavities);
    if (this.nodes === null || this.view.isGaussian) return;
    for (const sum of this.sums) sum.fill(0);
    effects.visitNodes(this.nodes, (table, logShares) => {
      for (let i = 0; i < logShares.length; i++)
        this.add(i, exp(logShares[i]), table.value[i] - cavities.table.value[i], table.eta[i]);
    });
    const isCovered = coveredLevels(this.view, cavities);
    const [{ levelIndex }] = this.view.factors;
    this.conclude(cavities, (i) => isCovered[levelIndex[i]] === 1);
  }

  /**
   * One quadrature a row, under the cavity times the row's own likelihood, which is its distribution given all rows: Gauss-Hermite nodes
   * about the mean and the variance that it has in the Gaussian approximation, so that neither a sharp likelihood nor a sharp cavity is missed.
   */
  private overCavities(cavities: RowCavities): void {
    const { view, sums, cumulative } = this;
    const hasSpread = cavities.variances.some((variance) => variance > 0);
    const { nodes, weights } = gaussHermite(hasSpread ? NODES : 1);
    for (const sum of sums) sum.fill(0);
    this.shapes = Array.from(cavities.cavitySkewness, skewedNormal);
    const predictors: RowPredictors = { eta: this.eta, psi: cavities.table.psi };
    nodes.forEach((node, k) => {
      this.place(cavities, node);
      view.cumulative?.evaluate(predictors, cumulative[k]);
    });
    this.drawLines(cavities, nodes);
    nodes.forEach((node, k) => {
      this.place(cavities, node);
      view.logDensities(predictors, this.logDensity);
      this.addNode(cavities, node, weights[k], cumulative[k]);
    });
    // The cavity's density integrates to 1, which its sum over nodes placed for another would only be near to.
    this.mass.fill(1);
    this.conclude(cavities, () => true);
    for (let i = 0; i < this.probability.length; i++)
      this.probability[i] = Math.min(1, Math.max(0, this.probability[i]));
  }

  private place({ means, variances }: RowCavities, node: number): void {
    for (let i = 0; i < this.eta.length; i++) this.eta[i] = means[i] + Math.sqrt(variances[i]) * node;
  }

  /** Adds a node with its share in the cavity; the density is taken relative to that at the modes, `excess` its log. */
  private add(i: number, share: number, excess: number, eta: number): void {
    this.mass[i] += share;
    if (!(excess > Number.NEGATIVE_INFINITY)) return;
    const [, total, means, first, second, squares] = this.sums;
    const ratio = exp(excess);
    const weight = share * ratio;
    total[i] += weight;
    means[i] += weight * eta;
    first[i] += weight * excess;
    second[i] += weight * excess * excess;
    squares[i] += weight * ratio;
  }

  private addNode(
    { table, variances: h, cavityMeans, cavityVariances: v }: RowCavities,
    node: number,
    weight: number,
    cumulative: Float64Array,
  ): void {
    const { eta, logDensity, probability, lines, shapes } = this;
    const inverseDensity = weight * exp(-logNormalDensity(node));
    for (let i = 0; i < eta.length; i++) {
      const sd = Math.sqrt(v[i]);
      const share =
        h[i] > 0 ? inverseDensity * (Math.sqrt(h[i]) / sd) * shapes[i].density((eta[i] - cavityMeans[i]) / sd) : weight;
      this.add(i, share, logDensity[i] - table.value[i], eta[i]);
      if (this.view.cumulative !== null)
        probability[i] += share * (cumulative[i] - normalCdf(lines.constant[i] + lines.slope[i] * eta[i]));
    }
  }

  /**
   * For every row the line z(eta) with Phi(z) = P(Y <= y | eta) at two nodes: the mean of Phi(z) over the cavity has a closed form, and what
   * is left of P is small wherever the nodes do not reach. A probability that is constant, as of a binary success, has a line without a slope.
   */
  private drawLines(cavities: RowCavities, nodes: Float64Array): void {
    const { constant, slope } = this.lines;
    const { means, variances } = cavities;
    const middle = nodes.length >> 1;
    const [low, high] = [Math.max(0, middle - 1), Math.min(nodes.length - 1, middle + 1)];
    for (let i = 0; i < constant.length; i++) {
      const sd = Math.sqrt(variances[i]);
      const below = normalQuantile(this.cumulative[low][i]);
      const change = normalQuantile(this.cumulative[high][i]) - below;
      const isLine = change < 0 && change > Number.NEGATIVE_INFINITY && sd > 0;
      slope[i] = isLine ? change / ((nodes[high] - nodes[low]) * sd) : 0;
      constant[i] = below - slope[i] * (means[i] + nodes[low] * sd);
      this.probability[i] = this.meanOfLine(cavities, i);
    }
  }

  /** The mean of Phi(z) is P(z - Z > 0) with Z standard normal, a variable of which three moments are known. */
  private meanOfLine({ cavityMeans, cavityVariances: v, cavitySkewness }: RowCavities, i: number): number {
    const { constant, slope } = this.lines;
    if (slope[i] === 0) return normalCdf(constant[i]);
    const spread = Math.sqrt(1 + slope[i] * slope[i] * v[i]);
    const skewness = cavitySkewness[i] * ((slope[i] * Math.sqrt(v[i])) / spread) ** 3;
    return normalCdf(-skewedNormal(skewness).toNormal(-(constant[i] + slope[i] * cavityMeans[i]) / spread));
  }

  private conclude({ table }: RowCavities, isWanted: (row: number) => boolean): void {
    const [mass, total, means, first, second, squares] = this.sums;
    for (let i = 0; i < total.length; i++) {
      if (!isWanted(i)) continue;
      const mean = first[i] / total[i];
      this.logLeftOut[i] = table.value[i] + log(total[i] / mass[i]);
      this.meanPredictor[i] = means[i] / total[i];
      this.meanLogDensity[i] = table.value[i] + mean;
      this.varianceLogDensity[i] = Math.max(0, second[i] / total[i] - mean * mean);
      this.logMeanDensity[i] = table.value[i] + log(squares[i] / total[i]);
    }
  }
}

/** Nodes placed for the effects given all rows do not reach over a cavity whose variance is more than so many times theirs. */
const LARGEST_RATIO = 4;

/** 1 for the levels of the one factor of which no row has such a cavity. */
function coveredLevels({ factors: [{ levels, levelIndex }] }: LatentGaussian, cavities: RowCavities): Uint8Array {
  const covered = new Uint8Array(levels).fill(1);
  cavities.cavityVariances.forEach((variance, i) => {
    if (!(variance <= LARGEST_RATIO * cavities.variances[i])) covered[levelIndex[i]] = 0;
  });
  return covered;
}

/** P(Y <= y | eta) is about Phi(constant + slope eta). */
interface ProbitLines {
  readonly constant: Float64Array;
  readonly slope: Float64Array;
}
