import { instantiate, type KernelExports } from "./instantiate.js";
import { reservation } from "./layout.js";
import { floats, kernelTraits } from "./loader.js";

/** The families whose rows the module derives three times in the linear predictor. */
export const rowKernelNames: readonly string[] = ["bernoulli-logit", "binomial-logit", "poisson-log"];

/** Responses in the memory of their own instance of the module. The arrays, of length n, are views of that memory. */
export class RowKernel {
  /** Input. */
  readonly eta: Float64Array;
  /** Outputs: each row's log-likelihood, without what no linear predictor touches, and its derivatives. */
  readonly value: Float64Array;
  readonly dEta: Float64Array;
  readonly dEta2: Float64Array;
  readonly dEta3: Float64Array;
  readonly #exports: KernelExports;
  readonly #call: Parameters<KernelExports["rowDerivatives"]>;

  /** Throws RangeError for a name that is not one of `rowKernelNames`, and for responses over 4 GiB. */
  constructor(name: string, response: Float64Array, trials: Float64Array | null) {
    if (!rowKernelNames.includes(name)) throw new RangeError(`no kernel of rows "${name}"`);
    const rows = response.length;
    const bytes = 8 * (rows + (rows % 2));
    const { reserve, end } = reservation();
    const [eta, y, out] = [reserve(bytes), reserve(bytes), reserve(4 * bytes)];
    const sizes = trials === null ? null : reserve(bytes);
    const { exports, buffer } = instantiate(end());
    floats(buffer, y).set(response);
    if (sizes !== null && trials !== null) floats(buffer, sizes).set(trials);
    const column = (k: number) => new Float64Array(buffer, out.address + k * bytes, rows);
    this.eta = new Float64Array(buffer, eta.address, rows);
    [this.value, this.dEta, this.dEta2, this.dEta3] = [column(0), column(1), column(2), column(3)];
    this.#exports = exports;
    this.#call = [kernelTraits(name).code, eta.address, y.address, sizes?.address ?? 0, out.address, bytes];
  }

  evaluate(): void {
    this.#exports.rowDerivatives(...this.#call);
  }
}
