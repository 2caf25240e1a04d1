import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { skewedFromNormal } from "../../math/special/skewed.js";
import type { Steps } from "../../math/steps.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../factorisations/EffectsHessian.js";
import type { EffectMoments } from "../likelihoods/MarginalLikelihood.js";
import { type ConditionalModes, ModeSearch } from "./conditionalModes.js";
import { scaleEffects, scaleTransposed, standardDeviations } from "./effects.js";
import { fullLaplaceMoments } from "./fullLaplace.js";
import type { LevelNodes } from "./levelNodes.js";
import { type RowCavities, rowCavities } from "./rowCavities.js";

/** A joint draw of the effects from their Gaussian approximation. */
export interface GaussianDraw {
  /** Per factor, J x q, on the original scale, in buffers that the next draw overwrites. */
  readonly b: readonly Float64Array[];
  /** log p(y | b) + log p(b) less the log density of the draw: what the Laplace approximation takes for a constant. */
  readonly logWeight: number;
}

/**
 * The most that corrections of the first order may make of a standardised effect's mean and of a skewness: under a likelihood that is log-concave no
 * effect has a larger sd than before the data, and none the skewness of more than an exponential distribution. A level of zeros alone, under a large
 * sd, would go beyond any bound.
 */
const MOST_SHIFT = 1;
const MOST_SKEWNESS = 2;

/**
 * The random effects given the parameters, in every structure: the Gaussian approximation at their modes, its simplified Laplace
 * correction, and joint draws of both.
 */
export class EffectsGivenParameters {
  private readonly view: LatentGaussian;
  private readonly hessian: EffectsHessian;
  private readonly search: ModeSearch;
  private readonly start: Float64Array[];
  private readonly rows: Float64Array;
  private readonly drawTable: RowTable;
  private readonly scratch: Float64Array[];
  private readonly drawn: Float64Array[];
  private readonly step: Float64Array[];
  private current: { readonly values: LatentValues; readonly modes: ConditionalModes } | null = null;

  constructor(view: LatentGaussian) {
    this.view = view;
    this.hessian = effectsHessian(view);
    this.search = new ModeSearch(view, this.hessian);
    this.start = effectsVectors(view);
    this.rows = new Float64Array(view.rows);
    this.drawTable = view.rowTable();
    this.scratch = effectsVectors(view);
    this.drawn = effectsVectors(view);
    this.step = effectsVectors(view);
  }

  /**
   * Goes to these parameters, of which everything else is said. False if the modes cannot be found there. The search starts from `near`,
   * standardised effects, or else from the last modes.
   */
  at(values: LatentValues, near: readonly Float64Array[] = this.start): boolean {
    return this.arrived(values, this.search.find(values, near, 3));
  }

  /** The same with pauses, for many rows. */
  *atInSteps(values: LatentValues, near: readonly Float64Array[] = this.start): Steps<boolean> {
    return this.arrived(values, yield* this.search.findInSteps(values, near, 3));
  }

  private arrived(values: LatentValues, modes: ConditionalModes): boolean {
    this.current = modes.converged ? { values, modes } : null;
    if (!modes.converged) return false;
    for (let f = 0; f < this.start.length; f++) this.start[f].set(modes.u[f]);
    return true;
  }

  /** Laplace's approximation of the marginal log-likelihood. */
  logLaplace(): number {
    const { value, logDeterminant } = this.here().modes;
    return value - 0.5 * logDeterminant;
  }

  /** Their modes on the standardised scale, one array a factor, in buffers that the next place overwrites: where a search may start. */
  standardisedModes(): readonly Float64Array[] {
    return this.here().modes.u;
  }

  private here(): { readonly values: LatentValues; readonly modes: ConditionalModes } {
    if (this.current === null) throw new RangeError("the effects are those at parameters where their modes were found");
    return this.current;
  }

  /**
   * Moments by simplified Laplace, in fresh arrays, to the first order in the third derivatives of the log-likelihood (Rue, Martino & Chopin
   * 2009, section 3.2.3): the mean moves by half of Cov Z'(l''' h), h the variances of the linear predictors; the third cumulant is the sum of
   * l''' cov(eta, b)^3 over the rows of the effect's level, which have the most of it.
   */
  moments(): EffectMoments {
    const { modes } = this.here();
    const sds = standardDeviations(this.view, this.hessian.covariance().factors);
    return { means: this.correctedMeans(modes), sds, skewness: this.skewness(modes, sds) };
  }

  /** Moments by full Laplace, in fresh arrays: see `fullLaplaceMoments`. */
  fullMoments(): Steps<EffectMoments> {
    const { values, modes } = this.here();
    return fullLaplaceMoments(this.view, values, modes, this.hessian);
  }

  /** What is known of each row's linear predictor, with and without the row itself; in fresh arrays but for the table. */
  cavities(): RowCavities {
    const { modes } = this.here();
    const variances = new Float64Array(this.view.rows);
    const shifts = variances.slice();
    this.moveMeans(modes);
    this.view.predictEffects(this.scratch, shifts);
    this.hessian.leverages(variances);
    return rowCavities({ table: modes.table, variances, shifts, thirdOfOthers: this.thirdOfOthers(modes) });
  }

  /** The rows at the modes, and the variances of their linear predictors in the Gaussian approximation, into `variances`. */
  gaussianRows(variances: Float64Array): RowTable {
    this.hessian.leverages(variances);
    return this.here().modes.table;
  }

  /** See `LevelNodes.visit`. */
  visitNodes(
    nodes: LevelNodes,
    spreads: Float64Array,
    visit: (table: RowTable, levelLogs: Float64Array) => void,
  ): void {
    const { values, modes } = this.here();
    const inverse = this.hessian.inverse().factors[0];
    nodes.visit({ values, u: modes.u, table: modes.table, inverse, spreads }, visit);
  }

  /**
   * Of each row's linear predictor the part of its third cumulant, the sum of l''' cov^3, that comes from the other rows of its level, for one
   * factor, whose effects have no other level in common. Where there are more it is left out: their covariances are not at hand.
   */
  private thirdOfOthers({ table: { dEta3 } }: ConditionalModes): Float64Array {
    const { view } = this;
    const out = new Float64Array(view.rows);
    if (view.factors.length !== 1) return out;
    const [{ levels, effects: q, levelIndex }] = view.factors;
    const [covariance] = this.hessian.covariance().factors;
    const effects = Array.from({ length: q }, (_, e) => e);
    const z = effects.map((e) => this.rowsOf((k) => (k % q === e ? 1 : 0)));
    const cov = effects.map((e) => this.rowsOf((k) => covariance[(k - (k % q) + e) * q + (k % q)]));
    for (const a of effects)
      for (const b of effects)
        for (const c of effects) {
          const own = dEta3.map((third, i) => third * cov[a][i] * cov[b][i] * cov[c][i]);
          const total = new Float64Array(levels);
          for (let i = 0; i < out.length; i++) total[levelIndex[i]] += own[i];
          for (let i = 0; i < out.length; i++) out[i] += z[a][i] * z[b][i] * z[c][i] * (total[levelIndex[i]] - own[i]);
        }
    return out;
  }

  /** Z b for the effects that `fill` gives by their places. */
  private rowsOf(fill: (k: number) => number): Float64Array {
    const rows = new Float64Array(this.view.rows);
    this.view.predictEffects(
      this.scratch.map((part) => part.map((_, k) => fill(k))),
      rows,
    );
    return rows;
  }

  /** The variance of a weighted sum of the effects in the Gaussian approximation; the weights are spoilt. */
  varianceOf(weights: readonly Float64Array[]): number {
    const { Lambda } = this.here().values;
    weights.forEach((part, f) => {
      scaleTransposed(Lambda[f], part);
    });
    const solved = weights.map((part) => part.slice());
    this.hessian.solve(solved);
    return weights.reduce((total, part, f) => total + dot(part, solved[f]), 0);
  }

  /** Those of the Gaussian approximation, in fresh arrays. */
  gaussianMoments(): EffectMoments {
    const { b } = this.here().modes;
    return {
      means: b.map((part) => part.slice()),
      sds: standardDeviations(this.view, this.hessian.covariance().factors),
      skewness: effectsVectors(this.view),
    };
  }

  private correctedMeans(modes: ConditionalModes): Float64Array[] {
    this.moveMeans(modes);
    return modes.b.map((part, f) => part.map((mode, k) => mode + this.scratch[f][k]));
  }

  /** By how much means differ from modes, into `scratch`. */
  private moveMeans({ table }: ConditionalModes): void {
    const { view, scratch, rows } = this;
    this.hessian.leverages(rows);
    for (let i = 0; i < view.rows; i++) rows[i] *= 0.5 * table.dEta3[i];
    this.acrossEffects(rows, scratch, MOST_SHIFT);
  }

  /** Cov Z's, Cov = Lambda H^-1 Lambda', no standardised effect of which is further from zero than `most`. */
  private acrossEffects(s: Float64Array, out: readonly Float64Array[], most = Infinity): void {
    const { Lambda } = this.here().values;
    out.forEach((part, f) => {
      this.view.crossEffects(f, s, part);
      scaleTransposed(Lambda[f], part);
    });
    this.hessian.solve(out);
    out.forEach((part, f) => {
      for (let k = 0; k < part.length; k++) part[k] = Math.min(most, Math.max(-most, part[k]));
      scaleEffects(Lambda[f], part, part);
    });
  }

  private skewness({ table }: ConditionalModes, sds: readonly Float64Array[]): Float64Array[] {
    const { view, rows } = this;
    const covariance = this.hessian.covariance();
    return view.factors.map(({ levels, effects: q, levelIndex }, f) => {
      const third = new Float64Array(levels * q);
      for (let e = 0; e < q; e++) {
        view.rowProducts(covariance, { factor: f, effect: e }, rows);
        for (let i = 0; i < view.rows; i++) third[levelIndex[i] * q + e] += table.dEta3[i] * rows[i] ** 3;
      }
      const bounded = (skewness: number) => Math.min(MOST_SKEWNESS, Math.max(-MOST_SKEWNESS, skewness));
      return third.map((value, k) => (sds[f][k] > 0 ? bounded(value / sds[f][k] ** 3) : 0));
    });
  }

  /**
   * A joint draw from N(b^, Lambda H^-1 Lambda'), without a factor of its own: r = Lambda'Z' sqrt(W) e + e' has covariance H, so that H^-1 r
   * has H^-1 (Papandreou & Yuille 2010). Rows whose likelihood is not concave have no part in r.
   */
  draw(stream: RandomStream): GaussianDraw {
    const squares = this.drawGaussian(stream);
    const { values, modes } = this.here();
    const logLikelihood = this.view.evaluateRows(values, this.drawn, 0, this.drawTable);
    return { b: this.drawn, logWeight: logLikelihood + 0.5 * squares - 0.5 * modes.logDeterminant };
  }

  /** The draw into `drawn`; returns twice its log prior density less that of the draw, constants left out. */
  private drawGaussian(stream: RandomStream): number {
    const { values, modes } = this.here();
    const { view, rows, step, scratch, drawn } = this;
    const { table, u } = modes;
    for (let i = 0; i < view.rows; i++) rows[i] = Math.sqrt(Math.max(0, -table.dEta2[i])) * stream.normal();
    for (let f = 0; f < step.length; f++) {
      const part = step[f];
      view.crossEffects(f, rows, part);
      scaleTransposed(values.Lambda[f], part);
      for (let k = 0; k < part.length; k++) part[k] += stream.normal();
      scratch[f].set(part);
    }
    this.hessian.solve(step);
    let squares = 0;
    for (let f = 0; f < step.length; f++) {
      const [part, moved, mode] = [step[f], scratch[f], u[f]];
      for (let k = 0; k < part.length; k++) {
        squares += part[k] * moved[k];
        const value = mode[k] + part[k];
        squares -= value * value;
        moved[k] = value;
      }
      scaleEffects(values.Lambda[f], moved, drawn[f]);
    }
    return squares;
  }

  /**
   * Joint draws that have the given moments margin by margin, and of the Gaussian approximation how the effects go together; until the next
   * place. Each is in buffers that the next one overwrites.
   */
  skewedDraws({ means, sds, skewness }: EffectMoments): (stream: RandomStream) => readonly Float64Array[] {
    const gaussian = standardDeviations(this.view, this.hessian.covariance().factors);
    const { modes } = this.here();
    const quantiles = skewness.map(skewedFromNormal);
    return (stream) => {
      this.drawGaussian(stream);
      for (let f = 0; f < this.drawn.length; f++) {
        const [part, mode, sd, quantile] = [this.drawn[f], modes.b[f], gaussian[f], quantiles[f]];
        for (let k = 0; k < part.length; k++) {
          const z = sd[k] > 0 ? (part[k] - mode[k]) / sd[k] : 0;
          part[k] = means[f][k] + sds[f][k] * quantile(k, z);
        }
      }
      return this.drawn;
    };
  }
}
