import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { RowPredictors, RowProbabilities, RowTable } from "../../density/RowTable.js";
import type { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import { LevelNodes } from "../../marginal/effects/levelNodes.js";
import type { RowCavities } from "../../marginal/effects/rowCavities.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { exp, log } from "../../math/special/elementary.js";
import { logNormalDensity, normalCdf, normalQuantile } from "../../math/special/normalDistribution.js";
import { type SkewedNormal, skewedNormal } from "../../math/special/skewed.js";
import { tabulatedProbabilities } from "./tabulatedProbabilities.js";

/** Nodes for each row. */
const NODES = 7;
/** Sds of a cavity that the nodes of a level are to reach over. */
const CAVITY_REACH = 3;
/**
 * How much farther than for the effects given all rows nodes are spread for that at most, by the number of effects: they have to tell of these
 * too. Cavities out of the reach of nodes spread so many times farther still are left to an expansion.
 */
const LARGEST_SPREADS: readonly number[] = [1.5, 1.2];
const LARGEST_LACK = 1.6;
/** Ratios of densities below this are not divided by. */
const LEAST_RATIO = 1e-280;

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
  private readonly variances: Float64Array;
  /** One column a node. */
  private readonly cumulative: readonly Float64Array[];
  private readonly sums: NodeSums;
  /** Null where the effects of a level are not integrated over. */
  private readonly nodes: LevelNodes | null;
  private readonly spreads: Float64Array;
  private readonly lines: ProbitLines;
  private readonly shapes: SkewedNormal[] = [];
  private tables: RowProbabilities | null = null;

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
    this.variances = column();
    this.cumulative = Array.from({ length: NODES }, column);
    this.sums = {
      mass: column(),
      below: column(),
      total: column(),
      eta: column(),
      excess: column(),
      squared: column(),
      ratio: column(),
    };
    this.nodes = view.isGaussian ? null : LevelNodes.of(view);
    this.spreads = new Float64Array(view.factors.at(0)?.levels ?? 0);
    this.lines = { constant: column(), slope: column(), mean: column() };
  }

  /** At the parameters that the effects are at. */
  at(effects: EffectsGivenParameters): void {
    const atModes = effects.gaussianRows(this.variances);
    const probabilities = this.probabilitiesAbout(atModes);
    const isCovered = this.coveredRows(atModes);
    if (isCovered.includes(0)) this.overCavities(effects.cavities(), isCovered, probabilities);
    if (this.nodes !== null) this.overNodes(effects, this.nodes, isCovered, probabilities);
  }

  /** The family's, by tables where they are of eta alone. */
  private probabilitiesAbout(atModes: RowTable): RowProbabilities | null {
    const { cumulative, sizes } = this.view;
    if (cumulative === null || sizes.dispersion > 0) return cumulative;
    this.tables ??= tabulatedProbabilities(cumulative, atModes);
    return this.tables;
  }

  /**
   * Spreads the nodes of each level as far as the cavities of its rows lie, by the Gaussian approximation: one has 1 / (1 + l'' h) times a
   * row's variance h, and is l' times that away. 1 for the rows of levels where that is not too far.
   */
  private coveredRows({ dEta, dEta2 }: RowTable): Uint8Array {
    const { nodes, view, variances, spreads } = this;
    if (nodes === null) return new Uint8Array(view.rows);
    const [{ effects, levelIndex }] = view.factors;
    spreads.fill(1);
    for (let i = 0; i < view.rows; i++) {
      const ratio = 1 / Math.max(0, 1 + dEta2[i] * variances[i]);
      const wanted = Math.abs(dEta[i]) * Math.sqrt(variances[i]) * ratio + CAVITY_REACH * Math.sqrt(ratio);
      spreads[levelIndex[i]] = Math.max(spreads[levelIndex[i]], wanted / nodes.reach);
    }
    const largest = LARGEST_SPREADS[effects - 1];
    const covered = Uint8Array.from(spreads, (spread) => (spread <= LARGEST_LACK * largest ? 1 : 0));
    for (let j = 0; j < spreads.length; j++) spreads[j] = covered[j] === 1 ? Math.min(spreads[j], largest) : 1;
    return Uint8Array.from(levelIndex, (level) => covered[level]);
  }

  /** By quadrature over the effects of the one factor: all that is said given all rows, and the rest where they are covered. */
  private overNodes(
    effects: EffectsGivenParameters,
    nodes: LevelNodes,
    isCovered: Uint8Array,
    probabilities: RowProbabilities | null,
  ): void {
    clear(this.sums);
    const [{ levels, levelIndex }] = this.view.factors;
    const atModes = effects.gaussianRows(this.variances);
    const [cumulative] = this.cumulative;
    const integrand = new Float64Array(levels);
    effects.visitNodes(nodes, this.spreads, (table, levelLogs) => {
      probabilities?.evaluate(table, cumulative);
      // A node outside the link's range, where no row has a density, is none.
      for (let j = 0; j < levels; j++) integrand[j] = levelLogs[j] > Number.NEGATIVE_INFINITY ? exp(levelLogs[j]) : 0;
      for (let i = 0; i < levelIndex.length; i++) {
        const weight = integrand[levelIndex[i]];
        if (!(weight > 0)) continue;
        const excess = table.value[i] - atModes.value[i];
        const ratio = exp(excess);
        const share = ratio > LEAST_RATIO ? weight / ratio : exp(levelLogs[levelIndex[i]] - excess);
        this.addLeftOut(i, share, cumulative[i]);
        this.addGivenAll(i, weight, excess, ratio, table.eta[i]);
      }
    });
    this.lines.mean.fill(0);
    this.conclude(atModes, isCovered, 1);
  }

  /**
   * One quadrature a row that is not covered, under the cavity times the row's own likelihood, which is its distribution given all rows:
   * Gauss-Hermite nodes about the mean and the variance that it has in the Gaussian approximation, so that neither a sharp likelihood nor a
   * sharp cavity is missed.
   */
  private overCavities(cavities: RowCavities, isCovered: Uint8Array, probabilities: RowProbabilities | null): void {
    const { view, sums, cumulative, shapes } = this;
    const hasSpread = cavities.variances.some((variance) => variance > 0);
    const { nodes, weights } = gaussHermite(hasSpread ? NODES : 1);
    clear(sums);
    const open = Int32Array.from(isCovered.keys()).filter((i) => isCovered[i] === 0);
    for (const i of open) shapes[i] = skewedNormal(cavities.cavitySkewness[i]);
    const predictors: RowPredictors = { eta: this.eta, psi: cavities.table.psi };
    nodes.forEach((node, k) => {
      this.place(cavities, node);
      probabilities?.evaluate(predictors, cumulative[k]);
    });
    this.drawLines(cavities, nodes, open);
    nodes.forEach((node, k) => {
      this.place(cavities, node);
      view.logDensities(predictors, this.logDensity);
      this.addNode(cavities, open, node, weights[k], cumulative[k]);
    });
    // The cavity's density integrates to 1, which its sum over nodes placed for another would only be near to.
    sums.mass.fill(1);
    this.conclude(cavities.table, isCovered, 0);
  }

  private place({ means, variances }: RowCavities, node: number): void {
    for (let i = 0; i < this.eta.length; i++) this.eta[i] = means[i] + Math.sqrt(variances[i]) * node;
  }

  /** Adds a node with its share in the cavity. */
  private addLeftOut(i: number, share: number, probability: number): void {
    const { mass, below } = this.sums;
    mass[i] += share;
    if (!Number.isNaN(probability)) below[i] += share * probability;
  }

  /** Adds a node with its share given all rows; the density there is `ratio` = exp(excess) times that at the modes. */
  private addGivenAll(i: number, weight: number, excess: number, ratio: number, eta: number): void {
    const { sums } = this;
    sums.total[i] += weight;
    sums.eta[i] += weight * eta;
    sums.excess[i] += weight * excess;
    sums.squared[i] += weight * excess * excess;
    sums.ratio[i] += weight * ratio;
  }

  private addNode(
    { table, variances: h, cavityMeans, cavityVariances: v }: RowCavities,
    open: Int32Array,
    node: number,
    weight: number,
    cumulative: Float64Array,
  ): void {
    const { eta, logDensity, lines, shapes } = this;
    const inverseDensity = weight * exp(-logNormalDensity(node));
    for (const i of open) {
      const sd = Math.sqrt(v[i]);
      const share =
        h[i] > 0 ? inverseDensity * (Math.sqrt(h[i]) / sd) * shapes[i].density((eta[i] - cavityMeans[i]) / sd) : weight;
      if (!(share > 0)) continue;
      this.addLeftOut(i, share, cumulative[i] - normalCdf(lines.constant[i] + lines.slope[i] * eta[i]));
      const excess = logDensity[i] - table.value[i];
      const ratio = exp(excess);
      if (ratio > 0) this.addGivenAll(i, share * ratio, excess, ratio, eta[i]);
    }
  }

  /**
   * For every row the line z(eta) with Phi(z) = P(Y <= y | eta) at two nodes: the mean of Phi(z) over the cavity has a closed form, and what
   * is left of P is small wherever the nodes do not reach. A probability that is constant, as of a binary success, has a line without a slope.
   */
  private drawLines(cavities: RowCavities, nodes: Float64Array, open: Int32Array): void {
    const { constant, slope } = this.lines;
    const { means, variances } = cavities;
    const middle = nodes.length >> 1;
    const [low, high] = [Math.max(0, middle - 1), Math.min(nodes.length - 1, middle + 1)];
    for (const i of open) {
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

  /** What the sums come to; without the row itself only of the rows that `isCovered` gives so. */
  private conclude(atModes: RowTable, isCovered: Uint8Array, covered: 0 | 1): void {
    const { mass, below, total, eta, excess, squared, ratio } = this.sums;
    for (let i = 0; i < total.length; i++) {
      const mean = excess[i] / total[i];
      this.meanPredictor[i] = eta[i] / total[i];
      this.meanLogDensity[i] = atModes.value[i] + mean;
      this.varianceLogDensity[i] = Math.max(0, squared[i] / total[i] - mean * mean);
      this.logMeanDensity[i] = atModes.value[i] + log(ratio[i] / total[i]);
      if (isCovered[i] !== covered) continue;
      this.logLeftOut[i] = atModes.value[i] + log(total[i] / mass[i]);
      this.probability[i] = Math.min(1, Math.max(0, this.lines.mean[i] + below[i] / mass[i]));
    }
  }
}

/** Sums over the nodes, each of length n. */
interface NodeSums {
  /** Of a row's shares in the cavity, and of these times probabilities. */
  readonly mass: Float64Array;
  readonly below: Float64Array;
  /** Of its shares given all rows, and of these times eta, the log density less that at the modes, its square, and the ratio of densities. */
  readonly total: Float64Array;
  readonly eta: Float64Array;
  readonly excess: Float64Array;
  readonly squared: Float64Array;
  readonly ratio: Float64Array;
}

function clear(sums: NodeSums): void {
  for (const sum of Object.values(sums)) sum.fill(0);
}

/** P(Y <= y | eta) is about Phi(constant + slope eta). */
interface ProbitLines {
  readonly constant: Float64Array;
  readonly slope: Float64Array;
  /** The mean of that over the cavity. */
  readonly mean: Float64Array;
}
