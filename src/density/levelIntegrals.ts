import type { FamilyKernel } from "../family/Family.js";
import { loadNodeKernel } from "../kernel/NodeKernel.js";
import { exp, log } from "../math/special/elementary.js";
import type { Dispersion } from "./latentDispersion.js";
import type { LevelIntegrals, NodeLayout } from "./NodeLayout.js";
import type { PredictorData } from "./PredictorData.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";

/** See `LatentGaussian.levelIntegrals`: by the fused kernel where there is one, which serves a scalar dispersion only. */
export function levelIntegrals(
  kernel: FamilyKernel | undefined,
  model: ResponseModel,
  mean: PredictorData,
  dispersion: Dispersion,
  layout: NodeLayout,
): LevelIntegrals {
  return kernel === undefined
    ? plainIntegrals(model, mean, dispersion, layout)
    : kernelIntegrals(kernel, model, mean, layout);
}

function kernelIntegrals(
  kernel: FamilyKernel,
  { response: { values, trials } }: ResponseModel,
  { factors, rows: n }: PredictorData,
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
  const psiScores = new Float64Array(n);
  const slopes = { dDispersion: 0 };
  const { eta, shifts, weights, cross, dispersionGradient, scores, stride } = module;
  let phi = 1;
  return {
    ...{ eta, shifts, weights, cross, scores, psiScores, stride },
    begin(psi) {
      phi = psi[0];
      const constant = remainder(phi, slopes);
      return { constant: phi > 0 ? constant : Number.NEGATIVE_INFINITY, slope: slopes.dDispersion };
    },
    integrate(first, end, derivatives) {
      const value = module.integrate(first, end, phi, derivatives);
      if (!derivatives) return value;
      let slope = 0;
      for (let k = 0; k < nodes; k++) slope += weights[k] * dispersionGradient[k];
      psiScores[first] = slope;
      return value;
    },
  };
}

/** The kernel's twin in plain TypeScript: its oracle, and what runs where there is no kernel. */
function plainIntegrals(
  { rows: response }: ResponseModel,
  { factors, rows: n }: PredictorData,
  dispersion: Dispersion,
  { factor, rows, nodes, mostRows }: NodeLayout,
): LevelIntegrals {
  const { effects: q, Z } = factors[factor];
  const [eta, psi, scores, psiScores] = [n, n, n, n].map((length) => new Float64Array(length));
  const [shifts, cross] = [nodes * q, nodes * q].map((length) => new Float64Array(length));
  const weights = new Float64Array(nodes);
  const [dEta, dPsi] = [0, 0].map(() => new Float64Array(nodes * mostRows));
  const out = rowDerivatives();
  const addRow = (r: number, at: number) => {
    const i = rows[r];
    const phi = dispersion.phi(psi[r]);
    const slope = dispersion.dPhi(psi[r]);
    for (let k = 0; k < nodes; k++) {
      let moved = eta[r];
      for (let e = 0; e < q; e++) moved += (Z === null ? 1 : Z[e * n + i]) * shifts[e * nodes + k];
      response.evaluate(i, moved, phi, 1, out);
      weights[k] += phi > 0 ? out.value : Number.NEGATIVE_INFINITY;
      dEta[at + k] = out.dEta;
      dPsi[at + k] = out.dDispersion * slope;
      for (let e = 0; e < q; e++) cross[e * nodes + k] += (Z === null ? 1 : Z[e * n + i]) * out.dEta;
    }
  };
  return {
    ...{ eta, shifts, weights, cross, scores, psiScores, stride: nodes },
    begin(ofRows) {
      for (let r = 0; r < n; r++) psi[r] = ofRows[rows[r]];
      return { constant: 0, slope: 0 };
    },
    integrate(first, end, derivatives) {
      cross.fill(0);
      for (let r = first; r < end; r++) addRow(r, (r - first) * nodes);
      const value = normalise(weights);
      if (!derivatives) return value;
      for (let r = first, at = 0; r < end; r++, at += nodes) {
        [scores[r], psiScores[r]] = [0, 0];
        for (let k = 0; k < nodes; k++) {
          scores[r] += weights[k] * dEta[at + k];
          psiScores[r] += weights[k] * dPsi[at + k];
        }
      }
      return value;
    },
  };
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
