import { KernelError } from "./KernelError.js";
import { digits, moduleText } from "./module.js";

/** What we need of WebAssembly, which neither ES2022 nor an empty `types` declares. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory } });
    readonly exports: unknown;
  }
}

/** The module's functions. Its memory layout is in `descriptor.ts`. */
export interface KernelExports {
  logLikelihoodGradient(): number;
  integrateNodes(first: number, end: number, derivatives: number): number;
  integrateFactor(derivatives: number, moments: number): number;
  beginFactor(): number;
  findFactorModes(level: number, until: number): number;
  addLevels(level: number, until: number, total: number, derivatives: number, moments: number): number;
  endFactor(): void;
  rowDerivatives(kernel: number, eta: number, response: number, trials: number, out: number, bytes: number): number;
  placeEffects(stages: number, end: number): number;
  pullEffects(stages: number, end: number): void;
  chainEffects(stages: number, end: number): void;
  denseCholesky(matrix: number, stride: number, size: number): number;
  denseInverse(inverse: number, scratch: number, factor: number, stride: number, size: number): void;
  applyExp(address: number, bytes: number): void;
  applyLog(address: number, bytes: number): void;
  applyLog1p(address: number, bytes: number): void;
  applyScaledNormalTail(address: number, bytes: number): void;
}

const pageBytes = 65536;
const maximumPages = 65536;

/**
 * An instance of the module with `bytes` of memory of its own, all zero and never grown, for growing detaches every view.
 * Throws RangeError above the 4 GiB that a module can address, KernelError where the platform cannot run the module.
 */
export function instantiate(bytes: number): { exports: KernelExports; buffer: ArrayBuffer } {
  const pages = Math.ceil(bytes / pageBytes);
  if (pages > maximumPages) throw new RangeError(`the model takes ${bytes} bytes of memory, over the limit of 4 GiB`);
  const module = compiledModule();
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!isKernelExports(exports)) throw new Error("module.ts is not the kernel: build it again");
  return { exports, buffer: memory.buffer };
}

function isKernelExports(exports: unknown): exports is KernelExports {
  return typeof exports === "object" && exports !== null && "logLikelihoodGradient" in exports;
}

/** The bytes that `asText` of build.mjs has written. */
function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  const valueAt = Array.from({ length: 128 }, (_, code) => digits.indexOf(String.fromCharCode(code)));
  const single = digits.length - 2;
  let length = 0;
  for (let k = 0; k < text.length; k++) {
    const first = valueAt[text.charCodeAt(k)];
    const value = first < single ? first : single + (first - single) * digits.length + valueAt[text.charCodeAt(++k)];
    bytes[length++] = value - 16;
  }
  return bytes.subarray(0, length);
}

let compiled: WebAssembly.Module | null = null;

/** Compiled when first needed, and once, so that every instance runs the code that the engine has made fast by then. */
function compiledModule(): WebAssembly.Module {
  if (typeof WebAssembly === "undefined")
    throw new KernelError(
      "no-webassembly",
      "fitting needs WebAssembly, which this platform does not have; models can still be parsed and checked",
    );
  compiled ??= compile();
  return compiled;
}

function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(textToBytes(moduleText));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KernelError(
      "webassembly-refused",
      `fitting needs WebAssembly with SIMD, which this platform refuses to compile (${reason}); ` +
        "a content security policy must allow 'wasm-unsafe-eval' in its script-src",
      { cause },
    );
  }
}
