import type { FamilyKernel } from "../family/Family.js";
import { loadNodeKernel } from "../kernel/NodeKernel.js";
import { exp, log } from "../math/special/elementary.js";
import type { LevelIntegrals, NodeLayout } from "./NodeLayout.js";
import type { PredictorData } from "./PredictorData.js";
import { supportCheck } from "./parameterSources.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";
import type { RowParameters } from "./rowParameters.js";

/** See `LatentGaussian.levelIntegrals`: by the fused kernel where there is one, which serves one auxiliary parameter at most, without a predictor. */
export function levelIntegrals(
  kernel: FamilyKernel | undefined,
  model: ResponseModel,
  mean: PredictorData,
  parameters: RowParameters,
  layout: NodeLayout,
): LevelIntegrals {
  return kernel === undefined
    ? plainIntegrals(model, mean, parameters, layout)
    : kernelIntegrals(kernel, model, mean, parameters.count, layout);
}

function kernelIntegrals(
  kernel: FamilyKernel,
  { response: { values, trials } }: ResponseModel,
  { factors, rows: n }: PredictorData,
  parameters: number,
  { factor, rows, nodes, mostRows }: NodeLayout,
): LevelIntegrals {
  const { effects, Z } = factors[factor];
  const module = loadNodeKernel({
    kernel: kernel.name,
    rows: n,
    response: permuted(values, rows, 1),
    trials: trials && permuted(trials, rows, 1),
    effects,
    Z: Z && permuted(Z, rows, effects),
    nodes,
    mostRows,
  });
  const remainder = kernel.remainder(values, trials);
  const psiScores = Array.from({ length: parameters }, () => new Float64Array(n));
  const slopes = { dDispersion: 0 };
  const { eta, shifts, weights, cross, dispersionGradient, scores, stride } = module;
  let phi = 1;
  return {
    ...{ eta, shifts, weights, cross, scores, psiScores, stride },
    begin([psi]) {
      phi = psi === undefined ? 1 : psi[0];
      const constant = remainder(phi, slopes);
      return { constant: phi > 0 ? constant : Number.NEGATIVE_INFINITY, slope: slopes.dDispersion };
    },
    integrate(first, end, derivatives) {
      const value = module.integrate(first, end, phi, derivatives);
      if (!derivatives || parameters === 0) return value;
      let slope = 0;
      for (let k = 0; k < nodes; k++) slope += weights[k] * dispersionGradient[k];
      psiScores[0][first] = slope;
      return value;
    },
  };
}

/** The kernel's twin in plain TypeScript: its oracle, and what runs where there is no kernel. */
function plainIntegrals(
  model: ResponseModel,
  { factors, rows: n }: PredictorData,
  parameters: RowParameters,
  { factor, rows, nodes, mostRows }: NodeLayout,
): LevelIntegrals {
  const { effects: q, Z } = factors[factor];
  const { rows: response } = model;
  const [eta, scores] = [n, n].map((length) => new Float64Array(length));
  const columns = (length: number) => Array.from({ length: parameters.count }, () => new Float64Array(length));
  const [psi, psiScores] = [columns(n), columns(n)];
  const [shifts, cross] = [nodes * q, nodes * q].map((length) => new Float64Array(length));
  const weights = new Float64Array(nodes);
  const dEta = new Float64Array(nodes * mostRows);
  const dPsi = columns(nodes * mostRows);
  const out = rowDerivatives(model);
  const phi = new Float64Array(parameters.count);
  const isInside = supportCheck(model.parameters);
  const addRow = (r: number, at: number) => {
    const i = rows[r];
    parameters.read(psi, r, phi);
    const isPossible = isInside(phi);
    for (let k = 0; k < nodes; k++) {
      let moved = eta[r];
      for (let e = 0; e < q; e++) moved += (Z === null ? 1 : Z[e * n + i]) * shifts[e * nodes + k];
      response.evaluate(i, moved, phi, 1, out);
      weights[k] += isPossible ? out.value : Number.NEGATIVE_INFINITY;
      dEta[at + k] = out.dEta;
      for (let c = 0; c < phi.length; c++)
        dPsi[c][at + k] = parameters.varies[c] ? out.dPhi[c] * parameters.slope(c, psi[c][r]) : out.dPhi[c];
      for (let e = 0; e < q; e++) cross[e * nodes + k] += (Z === null ? 1 : Z[e * n + i]) * out.dEta;
    }
  };
  return {
    ...{ eta, shifts, weights, cross, scores, psiScores, stride: nodes },
    begin(ofRows) {
      for (let c = 0; c < psi.length; c++) for (let r = 0; r < n; r++) psi[c][r] = ofRows[c][rows[r]];
      parameters.readFirst(psi, phi);
      return { constant: 0, slope: 0 };
    },
    integrate(first, end, derivatives) {
      cross.fill(0);
      for (let r = first; r < end; r++) addRow(r, (r - first) * nodes);
      const value = normalise(weights);
      if (!derivatives) return value;
      for (let r = first, at = 0; r < end; r++, at += nodes) {
        scores[r] = weightedSum(weights, dEta, at);
        for (let c = 0; c < psiScores.length; c++) psiScores[c][r] = weightedSum(weights, dPsi[c], at);
      }
      return value;
    },
  };
}

/** Of the values from `at`, one a weight. */
function weightedSum(weights: Float64Array, values: Float64Array, at: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k] * values[at + k];
  return sum;
}

/** Turns logs into shares of their sum, whose log it returns. */
function normalise(weights: Float64Array): number {
  const most = weights.reduce((a, b) => Math.max(a, b));
  let total = 0;
  for (let k = 0; k < weights.length; k++) {
    weights[k] = exp(weights[k] - most);
    total += weights[k];
  }
  for (let k = 0; k < weights.length; k++) weights[k] /= total;
  return most + log(total);
}

/** Columns with their rows in another order. */
function permuted(columns: Float64Array, rows: Int32Array, count: number): Float64Array {
  const n = rows.length;
  const out = new Float64Array(count * n);
  for (let at = 0; at < out.length; at += n) for (let r = 0; r < n; r++) out[at + r] = columns[at + rows[r]];
  return out;
}
