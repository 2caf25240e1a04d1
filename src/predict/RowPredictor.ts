import type { NewPredictor, NewRows } from "../design/applyDesign.js";
import type { Design } from "../design/Design.js";
import { predictorPrefix } from "../design/predictorName.js";
import { createStream } from "../math/random/createStream.js";
import { ResultError } from "../posterior/ResultError.js";
import type { Ensemble } from "./Ensemble.js";
import { addCovariance, addVariance, type TermColumns, termColumns } from "./termColumns.js";

/** The linear predictor of one parameter at single rows, for each of the S values of an ensemble. */
export class RowPredictor {
  private readonly ensemble: Ensemble;
  private readonly rows: number;
  private readonly part: NewPredictor;
  private readonly beta: readonly Float64Array[];
  private readonly terms: readonly PlacedTerm[];
  /** Per factor: the place of its first effect among the model's, and the effects of a level. */
  private readonly factors: readonly PlacedFactor[];

  /** The linear predictor of predictor k of the design. Throws ResultError where a coefficient has no value. */
  constructor(design: Design, k: number, newRows: NewRows, ensemble: Ensemble) {
    const prefix = predictorPrefix(design, k);
    const part = newRows.predictors[k];
    this.ensemble = ensemble;
    this.rows = newRows.rows;
    this.part = part;
    const { columns, dependent } = design.predictors[k];
    const left = new Set(dependent?.columns.map(({ name }) => name));
    this.beta = part.columns.map((column) => {
      const values = ensemble.parameter(`${prefix}beta[${column}]`);
      // Maximum likelihood leaves out columns that depend on others, as if their coefficients were zero.
      if (values === null && (left.has(column) || !columns.includes(column))) return new Float64Array(ensemble.size);
      if (values === null) throw withoutValue(`${prefix}beta[${column}]`);
      return values;
    });
    this.factors = placedFactors(design, k);
    this.terms = part.randomTerms.map((term, t) => {
      const { name } = part.factors[term.factor];
      const earlier = part.randomTerms.slice(0, t).filter(({ factor }) => factor === term.factor);
      return {
        factor: term.factor,
        Z: term.Z,
        start: earlier.reduce((sum, { coefficients }) => sum + coefficients.length, 0),
        columns: termColumns(ensemble, prefix, name, term.coefficients),
      };
    });
  }

  /** Length S: the coefficient of column j of X. */
  coefficient(j: number): Float64Array {
    return this.beta[j];
  }

  /** X beta + offset at row i. */
  fixed(i: number, out: Float64Array): void {
    const { part, rows, beta, ensemble } = this;
    out.fill(part.offset?.[i] ?? 0);
    if (ensemble.shift !== null) addTimes(1, ensemble.shift, out);
    beta.forEach((values, j) => {
      addTimes(part.X[j * rows + i], values, out);
    });
  }

  /** The variance of Z b at row i where b has its own distribution. */
  variance(i: number, out: Float64Array): void {
    out.fill(0);
    for (const { Z, columns } of this.terms) addVariance(columns, this.covariates(Z, columns.size, i), out);
  }

  /** The covariance of the parts of Z b at rows i and j that random term t has, both of one level of its factor, where b has its own distribution. */
  termCovariance(t: number, i: number, j: number, out: Float64Array): void {
    const { Z, columns } = this.terms[t];
    out.fill(0);
    addCovariance(columns, this.covariates(Z, columns.size, i), this.covariates(Z, columns.size, j), out);
  }

  /** Whether row i has a level that the fit has not. */
  hasNewLevel(i: number): boolean {
    return this.part.factors.some(({ known, levelIndex }) => levelIndex[i] >= known);
  }

  /**
   * Adds Z b at row i: known levels with their effects, and new ones with effects that are drawn once a value from their distribution, the same at every row of the
   * level for one seed; without a seed these are zero.
   */
  addEffects(i: number, seed: string | null, out: Float64Array): void {
    for (const { factor, Z, start, columns } of this.terms) {
      const { known, levelIndex, levels, name } = this.part.factors[factor];
      const level = levelIndex[i];
      const z = this.covariates(Z, columns.size, i);
      if (level < known) this.addKnown(this.factors[factor], level, start, z, out);
      else if (seed !== null) addDrawn(columns, `${seed}:${name}:${levels[level]}:${start}`, z, out);
    }
  }

  /** The effects of a row as if its levels were all new and its own. */
  addNewEffects(i: number, seed: string, out: Float64Array): void {
    this.terms.forEach(({ Z, columns }, t) => {
      addDrawn(columns, `${seed}:row ${i}:${t}`, this.covariates(Z, columns.size, i), out);
    });
  }

  /**
   * The variance of Z b at row i given the responses and all parameters: of known levels as the ensemble tells it, and of new ones by their distribution at its first value. 0 where the ensemble varies the
   * effects.
   */
  conditionalVariance(i: number): number {
    const { effectsVariance, size } = this.ensemble;
    if (effectsVariance === null) return 0;
    const known = new Map<number, number>();
    const ofNew = new Float64Array(size);
    for (const { factor, Z, start, columns } of this.terms) {
      const part = this.part.factors[factor];
      const { first, effects } = this.factors[factor];
      const level = part.levelIndex[i];
      const z = this.covariates(Z, columns.size, i);
      if (level >= part.known) addVariance(columns, z, ofNew);
      else for (const [c, covariate] of z.entries()) known.set(first + level * effects + start + c, covariate);
    }
    return effectsVariance(known) + ofNew[0];
  }

  private covariates(Z: Float64Array, effects: number, i: number): Float64Array {
    return Float64Array.from({ length: effects }, (_, c) => Z[c * this.rows + i]);
  }

  private addKnown({ first, effects }: PlacedFactor, level: number, start: number, z: Float64Array, out: Float64Array) {
    z.forEach((covariate, c) => {
      if (covariate !== 0) addTimes(covariate, this.ensemble.effect(first + level * effects + start + c), out);
    });
  }
}

/** The error of a coefficient without a value, such as an intercept that is conditioned away. */
function withoutValue(name: string): ResultError {
  return new ResultError(
    "no-value",
    `the fit has no value of ${name}, which predictions need`,
    "conditional likelihood has none of intercepts and of what does not vary within groups: fit by another method, or by nuts, laplace or inla",
  );
}

interface PlacedTerm {
  readonly factor: number;
  readonly Z: Float64Array;
  /** Its first effect among those of a level. */
  readonly start: number;
  readonly columns: TermColumns;
}

interface PlacedFactor {
  readonly first: number;
  readonly effects: number;
}

/** The factors of predictor k, their effects standing after those of the predictors before it. */
function placedFactors({ predictors }: Design, k: number): PlacedFactor[] {
  let first = 0;
  const placed = predictors.slice(0, k + 1).map(({ factors, randomTerms }) =>
    factors.map(({ levels }, f) => {
      const own = randomTerms.filter(({ factor }) => factor === f);
      const effects = own.reduce((sum, { coefficients }) => sum + coefficients.length, 0);
      first += levels.length * effects;
      return { first: first - levels.length * effects, effects };
    }),
  );
  return placed[k];
}

function addTimes(factor: number, values: Float64Array, out: Float64Array): void {
  for (let s = 0; s < out.length; s++) out[s] += factor * values[s];
}

/** Adds z' Lambda u, u standard normal, S times by a stream of this seed. */
function addDrawn({ size, Lambda }: TermColumns, seed: string, z: Float64Array, out: Float64Array): void {
  const stream = createStream(seed, 1);
  for (let s = 0; s < out.length; s++)
    for (let c = 0; c < size; c++) {
      let along = 0;
      for (let r = c; r < size; r++) along += z[r] * Lambda[(r * (r + 1)) / 2 + c][s];
      out[s] += along * stream.normal();
    }
}
