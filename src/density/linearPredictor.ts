import { addByGroup } from "../math/linalg/addByGroup.js";
import type { PredictorBuffers } from "./Likelihood.js";
import type { FactorData, PredictorData } from "./PredictorData.js";
import type { RowRange } from "./RowTable.js";

/** Zeroed buffers for the inputs and gradients of a predictor. */
export function predictorBuffers(data: PredictorData): PredictorBuffers {
  const perFactor = () => data.factors.map((factor) => new Float64Array(factor.levels * factor.effects));
  return {
    beta: new Float64Array(data.columns),
    effects: perFactor(),
    betaGradient: new Float64Array(data.columns),
    effectsGradient: perFactor(),
  };
}

/** eta = X beta + offset + sum over the factors of Z b; `eta` has length n. */
export function linearPredictor(
  data: PredictorData,
  beta: Float64Array,
  effects: readonly Float64Array[],
  eta: Float64Array,
): void {
  fixedPart(data, beta, eta);
  for (let f = 0; f < data.factors.length; f++) addZb(data.factors[f], effects[f], eta);
}

/** The same, for one beta with many b in a row: X beta + offset is kept while beta stays. */
export function steadyLinearPredictor(
  data: PredictorData,
): (beta: Float64Array, effects: readonly Float64Array[], eta: Float64Array) => void {
  const fixed = new Float64Array(data.rows);
  const last = new Float64Array(data.columns).fill(Number.NaN);
  return (beta, effects, eta) => {
    if (data.columns === 0 || beta.some((value, k) => value !== last[k])) {
      fixedPart(data, beta, fixed);
      last.set(beta);
    }
    eta.set(fixed);
    for (let f = 0; f < data.factors.length; f++) addZb(data.factors[f], effects[f], eta);
  };
}

function fixedPart(data: PredictorData, beta: Float64Array, eta: Float64Array): void {
  if (data.offset === null) eta.fill(0);
  else eta.set(data.offset);
  addXBeta(data, beta, eta);
}

function addXBeta({ X, rows, columns }: PredictorData, beta: Float64Array, eta: Float64Array): void {
  for (let k = 0; k < columns; k++) {
    const coefficient = beta[k];
    const start = k * rows;
    for (let i = 0; i < rows; i++) eta[i] += X[start + i] * coefficient;
  }
}

/** Adds Z b of one factor; b is levels x q, level-major. */
export function addZb({ Z, effects: q, levelIndex }: FactorData, b: Float64Array, eta: Float64Array): void {
  const rows = eta.length;
  if (Z === null) for (let i = 0; i < rows; i++) eta[i] += b[levelIndex[i]];
  else
    for (let k = 0; k < q; k++)
      for (let i = 0, z = k * rows; i < rows; i++, z++) eta[i] += Z[z] * b[levelIndex[i] * q + k];
}

/** X's into `out`, length p. */
export function crossX({ X, rows, columns }: PredictorData, s: Float64Array, out: Float64Array): void {
  for (let k = 0; k < columns; k++) {
    let total = 0;
    const start = k * rows;
    for (let i = 0; i < rows; i++) total += X[start + i] * s[i];
    out[k] = total;
  }
}

/** Z's of one factor into `out`, levels x q. */
export function crossZ({ Z, effects: q, levelIndex }: FactorData, s: Float64Array, out: Float64Array): void {
  const rows = s.length;
  out.fill(0);
  if (Z === null) addByGroup(s, levelIndex, out);
  else
    for (let k = 0; k < q; k++)
      for (let i = 0, z = k * rows; i < rows; i++, z++) out[levelIndex[i] * q + k] += Z[z] * s[i];
}

/** `to` = `from` + Z shift in a range of rows of one level. */
export function shiftRows(
  { Z, effects: q, levelIndex: { length: n } }: FactorData,
  { rows, first, end }: RowRange,
  shift: Float64Array,
  from: Float64Array,
  to: Float64Array,
): void {
  if (Z === null) for (let r = first; r < end; r++) to[r] = from[r] + shift[0];
  else
    for (let r = first; r < end; r++) {
      let moved = from[r];
      for (let e = 0; e < q; e++) moved += Z[e * n + rows[r]] * shift[e];
      to[r] = moved;
    }
}

/** Z's over a range of rows of one level. */
export function crossRows(
  { Z, effects: q, levelIndex: { length: n } }: FactorData,
  { rows, first, end }: RowRange,
  s: Float64Array,
  out: Float64Array,
): void {
  for (let e = 0; e < q; e++) {
    let total = 0;
    for (let r = first; r < end; r++) total += Z === null ? s[r] : Z[e * n + rows[r]] * s[r];
    out[e] = total;
  }
}
