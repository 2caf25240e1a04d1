/**
 * The platform cannot run the WebAssembly module that every engine computes with. Models are still parsed and checked.
 * `code` is "no-webassembly" where there is no WebAssembly, "webassembly-refused" where the module is not compiled, as by a
 * content security policy or for want of SIMD. The message tells the way out.
 */
export class KernelError extends Error {
  override readonly name = "KernelError";
  readonly code: "no-webassembly" | "webassembly-refused";

  constructor(code: KernelError["code"], message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
