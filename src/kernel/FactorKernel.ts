import { checkModel } from "./checkModel.js";
import { atOnce, type CovariatePatterns, covariatePatterns, covariatePatternsInParts } from "./covariatePatterns.js";
import * as D from "./descriptor.js";
import { copyPatterns, copyRows, layOutFactor, patternBytes } from "./factorLayout.js";
import { instantiate, type KernelExports } from "./instantiate.js";
import type { KernelModel } from "./KernelModel.js";
import type { Region } from "./layout.js";
import { floats, kernelTraits } from "./loader.js";
import { rowKernelNames } from "./RowKernel.js";

/** The families whose models with one factor the module integrates out. */
export const factorKernelNames = rowKernelNames;

/**
 * Points of the standard normal in q dimensions, the product of those on an axis, the last dimension changing fastest: x, q x count, and the log
 * of what each counts besides the integrand, log weight + |x|^2 / 2.
 */
export interface StandardNodes {
  readonly count: number;
  readonly x: Float64Array;
  readonly logFactors: Float64Array;
  readonly axis: Float64Array;
  /** How far neighbours on the axis are apart, ascending; 0 where that is not the same for all. */
  readonly step: number;
}

/** What an integral is to leave besides its value. */
export interface WantedOfFactor {
  readonly derivatives: boolean;
  readonly moments: boolean;
}

/** A row's part in the search of a mode takes as long as so many nodes. */
const NODES_OF_A_MODE = 32;
/** Rows times nodes of an integral that is done in parts, and of a part: some milliseconds. */
const WORK_OF_LONG = 2 ** 20;
const WORK_OF_PART = 2 ** 18;
const ROWS_OF_MODES = 2 ** 14;

/**
 * A model with random effects of one factor alone, J levels of q, in the memory of its own instance of the module, to have them integrated
 * out. The arrays are views of that memory.
 */
export class FactorKernel {
  /** The most nodes a level. */
  readonly mostNodes: number;
  /** In, where the searches start; out, the modes of u, b = Lambda u: J x q. */
  readonly modes: Float64Array;
  /** Outputs: the lower factors of the curvatures there, J x q x q. */
  readonly factors: Float64Array;
  /** J x q x 3: the means of each effect less its mode, of its square and of its cube. */
  readonly moments: Float64Array;
  /** Where derivatives are asked for: those in beta and, q x q, in Lambda's lower triangle. */
  readonly betaGradient: Float64Array;
  readonly LambdaGradient: Float64Array;
  readonly #beta: Float64Array;
  readonly #Lambda: Float64Array;
  readonly #x: Float64Array;
  readonly #logWeights: Float64Array;
  readonly #axis: Float64Array;
  readonly #view: DataView;
  readonly #exports: KernelExports;
  readonly #fill: () => Generator<undefined, void, void>;
  /** As the rows stand in memory. */
  readonly patterns: CovariatePatterns;
  readonly #rows: number;
  /** Of each level its first row, and the end. */
  readonly #firstRows: Int32Array;

  /**
   * Throws RangeError on a kernel other than `factorKernelNames`, more or fewer factors than one, an array of the wrong length, a level that
   * does not exist, or where it does not fit in 4 GiB.
   */
  constructor(model: KernelModel, mostNodes: number, { patterns, isFilled }: FactorKernelLoading = { isFilled: true }) {
    const traits = kernelTraits(model.kernel);
    checkModel(model, traits.needsTrials);
    if (!factorKernelNames.includes(model.kernel) || model.factors.length !== 1)
      throw new RangeError(`kernel "${model.kernel}" does not integrate ${model.factors.length} factors out`);
    const [factor] = model.factors;
    this.patterns = patterns ?? covariatePatterns(factor);
    const { rows, starts, levelStarts } = this.patterns;
    const { at, bytes } = layOutFactor(model, this.patterns, mostNodes);
    const { exports, buffer } = instantiate(bytes);
    const region = (offset: number) => floats(buffer, at.get(offset) ?? NOWHERE);
    const records = at.get(D.PATTERN_RECORDS) ?? NOWHERE;
    this.#view = new DataView(buffer);
    for (const [offset, { address }] of at) this.#put(offset, address);
    this.#put(D.KERNEL, traits.code);
    this.#put(D.ROWS, rows.length);
    this.#put(D.COLUMNS, model.columns);
    this.#put(D.STRIDE, 8 * rows.length);
    this.#put(D.LEVELS, factor.levels);
    this.#put(D.NODE_EFFECTS, factor.effects);
    const addresses = at.get(D.LEVEL_STARTS) ?? NOWHERE;
    const size = patternBytes(factor.effects);
    new Uint32Array(buffer, addresses.address, factor.levels + 1).set(
      levelStarts.map((pattern) => records.address + size * pattern),
    );
    this.#rows = rows.length;
    this.#firstRows = levelStarts.map((pattern) => starts[pattern]);
    this.#fill = function* () {
      yield* copyRows(model, this.patterns, region);
      yield* copyPatterns(model, this.patterns, new DataView(buffer, records.address, records.bytes));
    };
    if (isFilled) atOnce(this.#fill());
    this.mostNodes = mostNodes;
    this.modes = region(D.LEVEL_MODES);
    this.factors = region(D.LEVEL_FACTORS);
    this.moments = region(D.LEVEL_MOMENTS);
    this.betaGradient = region(D.BETA_GRADIENT);
    this.LambdaGradient = region(D.LAMBDA_GRADIENT);
    this.#beta = region(D.BETA);
    this.#Lambda = region(D.LAMBDA);
    this.#x = region(D.NODE_X);
    this.#logWeights = region(D.NODE_LOG_WEIGHTS);
    this.#axis = region(D.AXIS);
    this.#exports = exports;
  }

  /** The same kernel, loaded in parts of some milliseconds each; of the same rows the patterns may be known. */
  static *inParts(
    model: KernelModel,
    mostNodes: number,
    known?: CovariatePatterns,
  ): Generator<undefined, FactorKernel, void> {
    const patterns = known ?? (yield* covariatePatternsInParts(model.factors[0]));
    yield;
    const kernel = new FactorKernel(model, mostNodes, { patterns, isFilled: false });
    yield;
    yield* kernel.#fill();
    return kernel;
  }

  /**
   * The log-likelihood with u ~ N(0, I) of each level integrated out at these nodes about its mode, at most `mostNodes`, without the family's
   * remainder; NaN where it cannot be computed, which is also where an intercept or a linear predictor with one is beyond 150.
   */
  integrate(
    beta: Float64Array,
    Lambda: Float64Array,
    nodes: StandardNodes,
    { derivatives, moments }: WantedOfFactor,
  ): number {
    this.#place(beta, Lambda, nodes);
    return this.#exports.integrateFactor(derivatives ? 1 : 0, moments ? 1 : 0);
  }

  /** Whether an integral at so many nodes takes so long that it is better done in parts. */
  isLong({ count }: StandardNodes): boolean {
    return this.#rows * (count + NODES_OF_A_MODE) > WORK_OF_LONG;
  }

  /** The same integral to the last bit, in parts of some milliseconds each. No other may begin before it ends. */
  *integrateInParts(
    beta: Float64Array,
    Lambda: Float64Array,
    nodes: StandardNodes,
    { derivatives, moments }: WantedOfFactor,
  ): Generator<undefined, number, void> {
    const { beginFactor, findFactorModes, addLevels, endFactor } = this.#exports;
    this.#place(beta, Lambda, nodes);
    let total = beginFactor();
    if (!Number.isFinite(total)) return Number.NaN;
    const levels = this.#firstRows.length - 1;
    for (let level = 0; level < levels; ) {
      yield;
      level = findFactorModes(level, this.#endOfPart(level, ROWS_OF_MODES));
      if (level > levels) return Number.NaN;
    }
    const rowsAtNodes = WORK_OF_PART / (nodes.count + NODES_OF_A_MODE);
    for (let level = 0; level < levels && Number.isFinite(total); ) {
      yield;
      const until = this.#endOfPart(level, rowsAtNodes);
      total = addLevels(level, until, total, derivatives ? 1 : 0, moments ? 1 : 0);
      level = until;
    }
    yield;
    if (derivatives) endFactor();
    return total;
  }

  /** The level, after this one, up to which there are about so many rows. */
  #endOfPart(level: number, rows: number): number {
    const first = this.#firstRows;
    let until = level + 1;
    while (until + 1 < first.length && first[until + 1] - first[level] <= rows) until++;
    return until;
  }

  #place(beta: Float64Array, Lambda: Float64Array, nodes: StandardNodes): void {
    const { count, x, logFactors, axis, step } = nodes;
    const stride = count + (count % 2);
    this.#put(D.NODES, stride);
    this.#put(D.AXIS_BYTES, 8 * axis.length);
    this.#view.setFloat64(D.DESCRIPTOR + D.AXIS_STEP, step, true);
    this.#axis.set(axis);
    this.#x.fill(0);
    for (let from = 0, to = 0; from < x.length; from += count, to += stride)
      this.#x.set(x.subarray(from, from + count), to);
    this.#logWeights.set(logFactors);
    if (stride > count) this.#logWeights[count] = Number.NEGATIVE_INFINITY;
    this.#beta.set(beta);
    this.#Lambda.set(Lambda);
  }

  #put(offset: number, value: number): void {
    this.#view.setUint32(D.DESCRIPTOR + offset, value, true);
  }
}

/** What is known of the rows before a kernel of one factor is loaded with them. */
export interface FactorKernelLoading {
  readonly patterns?: CovariatePatterns | undefined;
  /** Whether the rows are copied into memory. */
  readonly isFilled: boolean;
}

const NOWHERE: Region = { address: 0, bytes: 0 };
