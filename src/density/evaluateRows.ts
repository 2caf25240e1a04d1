import type { FamilyKernel } from "../family/Family.js";
import { RowKernel, rowKernelNames } from "../kernel/RowKernel.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import type { Dispersion } from "./latentDispersion.js";
import { steadyLinearPredictor } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";

type EvaluateRows = LatentGaussian["evaluateRows"];

/** See `LatentGaussian.evaluateRows`: by the kernel of rows where the family has one, which is loaded when it is first asked for. */
export function evaluateRows(
  kernel: FamilyKernel | undefined,
  model: ResponseModel,
  mean: PredictorData,
  dispersion: Dispersion,
): EvaluateRows {
  if (kernel === undefined || !rowKernelNames.includes(kernel.name)) return plainRows(model, mean, dispersion);
  let loaded: EvaluateRows | null = null;
  return (...call) => {
    loaded ??= kernelRows(kernel.name, model, mean, dispersion);
    return loaded(...call);
  };
}

function kernelRows(
  name: string,
  { rows, response: { values, trials } }: ResponseModel,
  mean: PredictorData,
  dispersion: Dispersion,
): EvaluateRows {
  const module = new RowKernel(name, values, trials);
  module.evaluate();
  const out = rowDerivatives();
  const constants = module.value.map((atZero, i) => {
    rows.evaluate(i, 0, 1, 0, out);
    return out.value - atZero;
  });
  const linearPredictor = steadyLinearPredictor(mean);
  return (at, b, _order, table, shift) => {
    linearPredictor(at.beta, b, table.eta);
    if (shift !== undefined) add(shift, table.eta);
    dispersion.fillPsi(at.dispersion, table.psi);
    module.eta.set(table.eta);
    module.evaluate();
    table.dEta.set(module.dEta);
    table.dEta2.set(module.dEta2);
    table.dEta3.set(module.dEta3);
    let total = 0;
    for (let i = 0; i < mean.rows; i++) {
      const value = module.value[i] + constants[i];
      table.value[i] = value;
      total += value;
    }
    return total;
  };
}

/** The kernel's twin in plain TypeScript: its oracle, and what serves every family. */
export function plainRows({ rows }: ResponseModel, mean: PredictorData, dispersion: Dispersion): EvaluateRows {
  const out = rowDerivatives();
  const linearPredictor = steadyLinearPredictor(mean);
  return (values, b, order, table, shift) => {
    linearPredictor(values.beta, b, table.eta);
    if (shift !== undefined) add(shift, table.eta);
    dispersion.fillPsi(values.dispersion, table.psi);
    let total = 0;
    for (let i = 0; i < mean.rows; i++) {
      const phi = dispersion.phi(table.psi[i]);
      const slope = dispersion.dPhi(table.psi[i]);
      rows.evaluate(i, table.eta[i], phi, order, out);
      const value = phi > 0 ? out.value : Number.NEGATIVE_INFINITY;
      total += value;
      table.value[i] = value;
      table.dEta[i] = out.dEta;
      table.dEta2[i] = out.dEta2;
      table.dEta3[i] = out.dEta3;
      table.dPsi[i] = out.dDispersion * slope;
      table.dEtaPsi[i] = out.dEtaDispersion * slope;
      table.dEta2Psi[i] = out.dEta2Dispersion * slope;
    }
    return total;
  };
}

function add(shift: Float64Array, eta: Float64Array): void {
  for (let i = 0; i < eta.length; i++) eta[i] += shift[i];
}
