import type { GroupingFactor, PredictorDesign } from "../design/Design.js";

/** A predictor's design in the coordinates that are sampled: X perhaps centred, the random terms of a factor side by side. */
export interface PredictorData {
  readonly rows: number;
  readonly columns: number;
  /** n x p, column-major. */
  readonly X: Float64Array;
  readonly offset: Float64Array | null;
  readonly factors: readonly FactorData[];
}

export interface FactorData {
  readonly name: string;
  readonly levels: number;
  /** Effects per level, q: the sum over the factor's terms. */
  readonly effects: number;
  readonly levelIndex: Int32Array;
  /** n x q, column-major; null for one effect whose covariate is 1 in every row. */
  readonly Z: Float64Array | null;
  readonly parent: GroupingFactor["parent"];
  /** The terms of the factor, in order, as positions among the predictor's random terms. */
  readonly terms: readonly number[];
  /** Per term of `terms`, the position of its first effect. */
  readonly termStart: readonly number[];
}

export function predictorData(design: PredictorDesign, rows: number, centred: boolean): PredictorData {
  return {
    rows,
    columns: design.columns.length,
    X: centred ? centredColumns(design, rows) : design.X,
    offset: design.offset,
    factors: design.factors.map((factor, f) => factorData(design, factor, f, rows)),
  };
}

function centredColumns(design: PredictorDesign, rows: number): Float64Array {
  const X = design.X.slice();
  for (let k = 0; k < design.columns.length; k++) {
    if (k === design.interceptColumn) continue;
    const centre = design.columnMeans[k];
    for (let i = k * rows; i < (k + 1) * rows; i++) X[i] -= centre;
  }
  return X;
}

function factorData(design: PredictorDesign, factor: GroupingFactor, index: number, rows: number): FactorData {
  const terms = design.randomTerms.flatMap((term, t) => (term.factor === index ? [t] : []));
  const sizes = terms.map((t) => design.randomTerms[t].coefficients.length);
  const termStart = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0));
  const effects = sizes.reduce((a, b) => a + b, 0);
  return {
    name: factor.name,
    levels: factor.levels.length,
    effects,
    levelIndex: factor.levelIndex,
    Z: sideBySide(
      terms.map((t) => design.randomTerms[t].Z),
      rows,
      effects,
    ),
    parent: factor.parent,
    terms,
    termStart,
  };
}

function sideBySide(blocks: readonly Float64Array[], rows: number, effects: number): Float64Array | null {
  if (blocks.length === 1) return effects === 1 && blocks[0].every((z) => z === 1) ? null : blocks[0];
  const Z = new Float64Array(rows * effects);
  let at = 0;
  for (const block of blocks) {
    Z.set(block, at);
    at += block.length;
  }
  return Z;
}
