import { checkModel } from "./checkModel.js";
import * as D from "./descriptor.js";
import { instantiate, type KernelExports } from "./instantiate.js";
import type { KernelModel } from "./KernelModel.js";
import type { LikelihoodKernel } from "./LikelihoodKernel.js";
import { chunkRowsOf, type FactorLayout, type Layout, layOut, type Region } from "./layout.js";
import type { Room } from "./PredictorMemory.js";
import { levelRuns } from "./runs.js";

/** What a family asks of a model. The row that pads an odd n: together its response and linear predictor add nothing beyond rounding to any sum. */
export interface KernelTraits {
  readonly code: number;
  readonly needsTrials: boolean;
  readonly padResponse: number;
  readonly padEta: number;
}

const certain = { needsTrials: false, padResponse: 1, padEta: 1e9 };
const untried = { needsTrials: true, padResponse: 0, padEta: 0 };
const uncounted = { needsTrials: false, padResponse: 0, padEta: -1e9 };

const kernels: ReadonlyMap<string, KernelTraits> = new Map([
  ["normal-identity", { code: D.NORMAL_IDENTITY, needsTrials: false, padResponse: 0, padEta: 0 }],
  ["bernoulli-logit", { code: D.BERNOULLI_LOGIT, ...certain }],
  ["bernoulli-probit", { code: D.BERNOULLI_PROBIT, ...certain }],
  ["bernoulli-cloglog", { code: D.BERNOULLI_CLOGLOG, ...certain }],
  ["binomial-logit", { code: D.BINOMIAL_LOGIT, ...untried }],
  ["binomial-probit", { code: D.BINOMIAL_PROBIT, ...untried }],
  ["binomial-cloglog", { code: D.BINOMIAL_CLOGLOG, ...untried }],
  ["poisson-log", { code: D.POISSON_LOG, ...uncounted }],
  ["negative_binomial-log", { code: D.NEGATIVE_BINOMIAL_LOG, ...uncounted }],
]);

export const kernelNames: readonly string[] = [...kernels.keys()];

/** Throws RangeError on an unknown kernel. */
export function kernelTraits(name: string): KernelTraits {
  const traits = kernels.get(name);
  if (traits === undefined) throw new RangeError(`no kernel "${name}"; there are ${kernelNames.join(", ")}`);
  return traits;
}

/**
 * Copies the model into the memory of a new instance of the module. Throws RangeError on an unknown kernel, an array of the
 * wrong length, a level that does not exist, or a model that is over 4 GiB with the room that is asked for.
 */
export function loadKernel(model: KernelModel, roomBytes = 0): LikelihoodKernel {
  const traits = kernelTraits(model.kernel);
  checkModel(model, traits.needsTrials);
  const chunkRows = chunkRowsOf(model);
  const runs = model.factors.map(({ levelIndex }) => levelRuns(levelIndex, chunkRows));
  const layout = layOut(
    model,
    runs.map((pairs) => (pairs === null ? null : pairs.length / 2)),
  );
  const { exports, buffer } = instantiate(layout.bytes + roomBytes);
  copyModel(model, runs, layout, buffer, traits.padResponse);
  writeDescriptor(model, traits, layout, new DataView(buffer));
  return new LoadedKernel(exports, layout, buffer);
}

class LoadedKernel implements LikelihoodKernel {
  readonly beta: Float64Array;
  readonly betaGradient: Float64Array;
  readonly effects: readonly Float64Array[];
  readonly effectsGradient: readonly Float64Array[];
  readonly room: Room;
  readonly #dispersion: Float64Array;
  readonly #dispersionGradient: Float64Array;

  constructor(exports: KernelExports, { beta, betaGradient, factors, bytes }: Layout, buffer: ArrayBuffer) {
    this.beta = floats(buffer, beta);
    this.betaGradient = floats(buffer, betaGradient);
    this.effects = factors.map(({ b }) => floats(buffer, b));
    this.effectsGradient = factors.map(({ gradient }) => floats(buffer, gradient));
    this.room = { exports, buffer, start: bytes };
    this.#dispersion = new Float64Array(buffer, D.DESCRIPTOR + D.DISPERSION, 1);
    this.#dispersionGradient = new Float64Array(buffer, D.DESCRIPTOR + D.DISPERSION_GRADIENT, 1);
  }

  get dispersionGradient(): number {
    return this.#dispersionGradient[0];
  }

  logLikelihoodGradient(dispersion: number): number {
    this.#dispersion[0] = dispersion;
    return this.room.exports.logLikelihoodGradient();
  }
}

export function floats(buffer: ArrayBuffer, { address, bytes }: Region): Float64Array {
  return new Float64Array(buffer, address, bytes / 8);
}

function copyModel(
  model: KernelModel,
  runs: readonly (Int32Array | null)[],
  layout: Layout,
  buffer: ArrayBuffer,
  padResponse: number,
): void {
  copyColumns(model.X, model.rows, layout.X, layout.stride, buffer);
  floats(buffer, layout.response).fill(padResponse).set(model.response);
  if (layout.offset !== null && model.offset !== null) floats(buffer, layout.offset).set(model.offset);
  if (layout.trials !== null && model.trials !== null) floats(buffer, layout.trials).set(model.trials);
  layout.factors.forEach((factor, k) => {
    const { Z, levelIndex } = model.factors[k];
    if (factor.Z !== null && Z !== null) copyColumns(Z, model.rows, factor.Z, layout.stride, buffer);
    const region = factor.runs ?? factor.levelIndex;
    if (region !== null) new Int32Array(buffer, region.address, region.bytes / 4).set(runs[k] ?? levelIndex);
  });
}

export function copyColumns(
  columns: Float64Array,
  rows: number,
  to: Region,
  stride: number,
  buffer: ArrayBuffer,
): void {
  const target = floats(buffer, to);
  for (let start = 0, padded = 0; start < columns.length; start += rows, padded += stride / 8) {
    target.set(columns.subarray(start, start + rows), padded);
  }
}

function writeDescriptor(model: KernelModel, traits: KernelTraits, layout: Layout, view: DataView): void {
  const put = (offset: number, value: number) => view.setUint32(D.DESCRIPTOR + offset, value, true);
  put(D.KERNEL, traits.code);
  put(D.ROWS, model.rows);
  put(D.COLUMNS, model.columns);
  put(D.STRIDE, layout.stride);
  put(D.CHUNK_ROWS, layout.chunkRows);
  put(D.FACTORS, model.factors.length);
  put(D.X, layout.X.address);
  put(D.OFFSET, layout.offset?.address ?? 0);
  put(D.RESPONSE, layout.response.address);
  put(D.TRIALS, layout.trials?.address ?? 0);
  put(D.BETA, layout.beta.address);
  put(D.BETA_GRADIENT, layout.betaGradient.address);
  put(D.ETA, layout.eta.address);
  view.setFloat64(D.DESCRIPTOR + D.PAD_ETA, traits.padEta, true);
  layout.factors.forEach((factor, k) => {
    writeFactor(model.factors[k], factor, D.FACTOR_RECORDS + k * D.FACTOR_BYTES, put);
  });
}

function writeFactor(
  { levels, effects }: { readonly levels: number; readonly effects: number },
  layout: FactorLayout,
  record: number,
  put: (offset: number, value: number) => void,
): void {
  put(record + D.FACTOR_EFFECTS, effects);
  put(record + D.FACTOR_LEVELS, levels);
  put(record + D.FACTOR_B, layout.b.address);
  put(record + D.FACTOR_GRADIENT, layout.gradient.address);
  put(record + D.FACTOR_Z, layout.Z?.address ?? 0);
  put(record + D.FACTOR_LEVEL_INDEX, layout.levelIndex?.address ?? 0);
  put(record + D.FACTOR_RUNS, layout.runs?.address ?? 0);
}
