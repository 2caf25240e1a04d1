import type { LatentGaussian, RowPredictors, RowTable } from "../../density/LatentGaussian.js";
import type { EffectsGivenParameters } from "../../marginal/conditionalEffects.js";
import { LevelNodes } from "../../marginal/levelNodes.js";
import type { RowCavities } from "../../marginal/rowCavities.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { exp, log } from "../../math/special/elementary.js";
import { logNormalDensity, normalCdf, normalQuantile } from "../../math/special/normalDistribution.js";
import { type SkewedNormal, skewedNormal } from "../../math/special/skewed.js";

/** Nodes for each row. */
const NODES = 7;
/** Nodes placed for the effects given all rows do not reach over a cavity whose variance is more than so many times a row's. */
const LARGEST_RATIO = 4;

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
  /** Over the nodes, of a row's shares in the cavity: of 1 and of probabilities; of its shares given all rows: of 1, eta, log p and its square, and p. */
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
    this.sums = [this.mass, column(), column(), column(), column(), column(), column()];
    this.nodes = LevelNodes.of(view);
    this.lines = { constant: column(), slope: column(), mean: column() };
  }

  /** At the parameters that the effects are at. */
  at(effects: EffectsGivenParameters): void {
    const cavities = effects.cavities();
    const isCovered = this.coveredRows(cavities);
    if (isCovered.includes(0)) this.overCavities(cavities);
    if (this.nodes !== null && !this.view.isGaussian) this.overNodes(effects, this.nodes, cavities.table, isCovered);
  }

  /** 1 for the rows of levels of which no row has a cavity that nodes placed for the effects given all rows do not reach over. */
  private coveredRows({ variances, cavityVariances }: RowCavities): Uint8Array {
    const { nodes, view } = this;
    if (nodes === null || view.isGaussian) return new Uint8Array(view.rows);
    const [{ levels, levelIndex }] = view.factors;
    const covered = new Uint8Array(levels).fill(1);
    for (let i = 0; i < view.rows; i++)
      if (!(cavityVariances[i] <= LARGEST_RATIO * variances[i])) covered[levelIndex[i]] = 0;
    return Uint8Array.from(levelIndex, (level) => covered[level]);
  }

  /** By quadrature over the effects of the one factor: all that is said given all rows, and the rest where it is covered. */
  private overNodes(
    effects: EffectsGivenParameters,
    nodes: LevelNodes,
    atModes: RowTable,
    isCovered: Uint8Array,
  ): void {
    for (const sum of this.sums) sum.fill(0);
    const [cumulative] = this.cumulative;
    // Probabilities take longest; where the cavities have been integrated over anyway, theirs do.
    const isProbabilityLeft = !isCovered.includes(0);
    effects.visitNodes(nodes, (table, logShares) => {
      if (isProbabilityLeft) this.view.cumulative?.evaluate(table, cumulative);
      for (let i = 0; i < logShares.length; i++)
        this.add(i, exp(logShares[i]), table.value[i] - atModes.value[i], table.eta[i], cumulative[i]);
    });
    if (isProbabilityLeft) this.lines.mean.fill(0);
    this.conclude(atModes, isCovered, isProbabilityLeft);
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
    this.conclude(cavities.table, null, true);
  }

  private place({ means, variances }: RowCavities, node: number): void {
    for (let i = 0; i < this.eta.length; i++) this.eta[i] = means[i] + Math.sqrt(variances[i]) * node;
  }

  /** Adds a node with its share in the cavity; the density is taken relative to that at the modes, `excess` its log. */
  private add(i: number, share: number, excess: number, eta: number, probability: number): void {
    const [mass, below, total, means, first, second, squares] = this.sums;
    if (!(share > 0)) return;
    mass[i] += share;
    if (!Number.isNaN(probability)) below[i] += share * probability;
    if (!(excess > Number.NEGATIVE_INFINITY)) return;
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
    const { eta, logDensity, lines, shapes } = this;
    const inverseDensity = weight * exp(-logNormalDensity(node));
    for (let i = 0; i < eta.length; i++) {
      const sd = Math.sqrt(v[i]);
      const share =
        h[i] > 0 ? inverseDensity * (Math.sqrt(h[i]) / sd) * shapes[i].density((eta[i] - cavityMeans[i]) / sd) : weight;
      const beyondLine = cumulative[i] - normalCdf(lines.constant[i] + lines.slope[i] * eta[i]);
      this.add(i, share, logDensity[i] - table.value[i], eta[i], beyondLine);
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
      constant[i] = Number.isNaN(below) ? Number.NEGATIVE_INFINITY : below - slope[i] * (means[i] + nodes[low] * sd);
      this.lines.mean[i] = this.meanOfLine(cavities, i);
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

  /** What the sums come to; without the row itself only where the nodes reach over its cavity, null for everywhere. */
  private conclude(atModes: RowTable, isCovered: Uint8Array | null, hasProbability: boolean): void {
    const [mass, below, total, means, first, second, squares] = this.sums;
    for (let i = 0; i < total.length; i++) {
      const mean = first[i] / total[i];
      this.meanPredictor[i] = means[i] / total[i];
      this.meanLogDensity[i] = atModes.value[i] + mean;
      this.varianceLogDensity[i] = Math.max(0, second[i] / total[i] - mean * mean);
      this.logMeanDensity[i] = atModes.value[i] + log(squares[i] / total[i]);
      if (isCovered !== null && isCovered[i] === 0) continue;
      this.logLeftOut[i] = atModes.value[i] + log(total[i] / mass[i]);
      if (hasProbability) this.probability[i] = Math.min(1, Math.max(0, this.lines.mean[i] + below[i] / mass[i]));
    }
  }
}

/** P(Y <= y | eta) is about Phi(constant + slope eta). */
interface ProbitLines {
  readonly constant: Float64Array;
  readonly slope: Float64Array;
  /** The mean of that over the cavity. */
  readonly mean: Float64Array;
}
