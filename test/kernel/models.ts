import type { KernelFactor, KernelModel } from "../../src/kernel/KernelModel.js";
import type { LikelihoodKernel } from "../../src/kernel/LikelihoodKernel.js";

/** Mulberry32: uniform numbers in [0, 1) for test data. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How the rows of a factor stand: in blocks of one level, at random, or every row a level of its own. */
export type Arrangement = "blocks" | "random" | "singles";

export interface FactorShape {
  readonly effects: number;
  readonly arrangement: Arrangement;
  readonly nullZ?: boolean;
}

export interface ModelShape {
  readonly kernel: string;
  readonly rows: number;
  readonly columns: number;
  readonly offset: boolean;
  readonly factors: readonly FactorShape[];
  readonly seed: number;
}

const rowsPerBlock = 7;

export function makeModel(shape: ModelShape): KernelModel {
  const { kernel, rows, columns, seed } = shape;
  const random = uniform(seed);
  const fill = (length: number, draw: () => number) => Float64Array.from({ length }, draw);
  const count = () => Math.floor(6 * random());
  const trials = kernel.startsWith("binomial") ? fill(rows, count) : null;
  const respond = (i: number) => {
    if (trials !== null) return Math.floor(random() * (trials[i] + 1));
    if (kernel.startsWith("bernoulli")) return random() < 0.4 ? 1 : 0;
    return kernel === "normal-identity" ? 4 * random() - 2 : count();
  };
  return {
    kernel,
    rows,
    columns,
    X: fill(rows * columns, () => 2 * random() - 1),
    offset: shape.offset ? fill(rows, random) : null,
    response: Float64Array.from({ length: rows }, (_, i) => respond(i)),
    trials,
    factors: shape.factors.map((factor) => makeFactor(factor, rows, random)),
  };
}

function makeFactor({ effects, arrangement, nullZ }: FactorShape, rows: number, random: () => number): KernelFactor {
  const levels = arrangement === "singles" ? rows : Math.ceil(rows / rowsPerBlock);
  const levelOf = {
    blocks: (i: number) => Math.floor(i / rowsPerBlock),
    random: () => Math.floor(levels * random()),
    singles: (i: number) => i,
  };
  return {
    levels,
    effects,
    levelIndex: Int32Array.from({ length: rows }, (_, i) => levelOf[arrangement](i)),
    Z: nullZ === true ? null : Float64Array.from({ length: rows * effects }, () => 2 * random() - 1),
  };
}

/** Writes a random point into the kernel's inputs. */
export function moveTo(kernel: LikelihoodKernel, seed: number): void {
  const random = uniform(seed);
  for (const input of [kernel.beta, ...kernel.effects])
    input.forEach((_, k) => {
      input[k] = 2 * random() - 1;
    });
}

/** All that the kernel answers at its inputs. */
export function evaluate(kernel: LikelihoodKernel, dispersion: number) {
  return {
    logLikelihood: kernel.logLikelihoodGradient(dispersion),
    dispersion: kernel.dispersionGradient,
    beta: [...kernel.betaGradient],
    effects: kernel.effectsGradient.map((gradient) => [...gradient]),
  };
}
