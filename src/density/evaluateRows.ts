import type { FamilyKernel } from "../family/Family.js";
import { RowKernel, rowKernelNames } from "../kernel/RowKernel.js";
import type { Steps } from "../math/steps.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import { steadyLinearPredictor } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import { supportCheck } from "./parameterSources.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";
import type { RowParameters } from "./rowParameters.js";

type RowEvaluation = Pick<LatentGaussian, "evaluateRows" | "evaluateRowsInSteps">;

/** Rows that are computed without a kernel between two pauses: some milliseconds. */
const ROWS_OF_PART = 2 ** 13;

/** See `LatentGaussian.evaluateRows`: by the kernel of rows where the family has one, which is loaded when it is first asked for. */
export function evaluateRows(
  kernel: FamilyKernel | undefined,
  model: ResponseModel,
  mean: PredictorData,
  parameters: RowParameters,
): RowEvaluation {
  if (kernel === undefined || !rowKernelNames.includes(kernel.name)) return plainRows(model, mean, parameters);
  let loaded: LatentGaussian["evaluateRows"] | null = null;
  const { name } = kernel;
  return {
    evaluateRows(...call) {
      loaded ??= kernelRows(new LoadedRows(name, model), mean, parameters);
      return loaded(...call);
    },
    *evaluateRowsInSteps(...call) {
      loaded ??= kernelRows(yield* LoadedRows.inSteps(name, model), mean, parameters);
      return loaded(...call);
    },
  };
}

/** Responses in the memory of the kernel of rows, and what it leaves out of each row's log-likelihood. */
class LoadedRows {
  readonly module: RowKernel;
  readonly constants: Float64Array;
  readonly #model: ResponseModel;

  constructor(name: string, model: ResponseModel, isComplete = true) {
    const { values, trials } = model.response;
    this.module = new RowKernel(name, values, trials);
    this.module.evaluate();
    this.constants = new Float64Array(values.length);
    this.#model = model;
    if (isComplete) this.#complete(0, values.length);
  }

  static *inSteps(name: string, model: ResponseModel): Steps<LoadedRows> {
    const loaded = new LoadedRows(name, model, false);
    const { length: rows } = loaded.constants;
    for (let first = 0; first < rows; first += ROWS_OF_PART) {
      yield;
      loaded.#complete(first, Math.min(rows, first + ROWS_OF_PART));
    }
    yield;
    return loaded;
  }

  #complete(first: number, end: number): void {
    const { rows, parameters } = this.#model;
    const out = rowDerivatives(this.#model);
    const phi = new Float64Array(parameters.length).fill(1);
    for (let i = first; i < end; i++) {
      rows.evaluate(i, 0, phi, 0, out);
      this.constants[i] = out.value - this.module.value[i];
    }
  }
}

function kernelRows(
  { module, constants }: LoadedRows,
  mean: PredictorData,
  parameters: RowParameters,
): LatentGaussian["evaluateRows"] {
  const linearPredictor = steadyLinearPredictor(mean);
  return (at, b, _order, table, shift) => {
    linearPredictor(at.beta, b, table.eta);
    if (shift !== undefined) add(shift, table.eta);
    parameters.fillPsi(at.dispersion, table.psi);
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
export function plainRows(model: ResponseModel, mean: PredictorData, parameters: RowParameters): RowEvaluation {
  const { rows } = model;
  const out = rowDerivatives(model);
  const phi = new Float64Array(parameters.count);
  const isInside = supportCheck(model.parameters);
  const linearPredictor = steadyLinearPredictor(mean);
  type Call = Parameters<LatentGaussian["evaluateRows"]>;
  function begin([values, b, , table, shift]: Call): void {
    linearPredictor(values.beta, b, table.eta);
    if (shift !== undefined) add(shift, table.eta);
    parameters.fillPsi(values.dispersion, table.psi);
  }
  /** Fills the rows from `first` to before `end`, and returns the sum of their log-likelihoods and those before them. */
  function fill([, , order, table]: Call, first: number, end: number, before: number): number {
    const { psi, dPsi, dEtaPsi, dEta2Psi } = table;
    let total = before;
    parameters.readFirst(psi, phi);
    for (let i = first; i < end; i++) {
      parameters.read(psi, i, phi);
      rows.evaluate(i, table.eta[i], phi, order, out);
      const value = isInside(phi) ? out.value : Number.NEGATIVE_INFINITY;
      total += value;
      table.value[i] = value;
      table.dEta[i] = out.dEta;
      table.dEta2[i] = out.dEta2;
      table.dEta3[i] = out.dEta3;
      for (let c = 0; c < phi.length; c++) {
        const slope = parameters.varies[c] ? parameters.slope(c, psi[c][i]) : 1;
        dPsi[c][i] = out.dPhi[c] * slope;
        dEtaPsi[c][i] = out.dEtaPhi[c] * slope;
        dEta2Psi[c][i] = out.dEta2Phi[c] * slope;
      }
    }
    return total;
  }
  return {
    evaluateRows(...call) {
      begin(call);
      return fill(call, 0, mean.rows, 0);
    },
    *evaluateRowsInSteps(...call) {
      begin(call);
      let total = 0;
      for (let first = 0; first < mean.rows; first += ROWS_OF_PART) {
        yield;
        total = fill(call, first, Math.min(mean.rows, first + ROWS_OF_PART), total);
      }
      yield;
      return total;
    },
  };
}

function add(shift: Float64Array, eta: Float64Array): void {
  for (let i = 0; i < eta.length; i++) eta[i] += shift[i];
}
