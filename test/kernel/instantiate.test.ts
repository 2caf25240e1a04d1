import { afterEach, expect, it, vi } from "vitest";

const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)";
const data = { y: [1, 4, 0, 5, 1, 2], x: [0.5, 1.5, -2, 0, 1, 0.7], g: [1, 1, 2, 2, 3, 3] };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The library as it is imported on a platform with other WebAssembly. */
async function importWith(WebAssembly: unknown) {
  vi.stubGlobal("WebAssembly", WebAssembly);
  return import("../../src/index.js");
}

const blocked = {
  Module: class {
    constructor() {
      throw new Error("blocked by CSP");
    }
  },
};

it.each([
  ["no WebAssembly", undefined, "no-webassembly", /^fitting needs WebAssembly, which this platform does not have;/],
  [
    "WebAssembly refused",
    blocked,
    "webassembly-refused",
    /refuses to compile \(blocked by CSP\); .*'wasm-unsafe-eval'/,
  ],
])("models are parsed and checked with %s, and fits say what is missing", async (_, WebAssembly, code, message) => {
  const { fit, prepareModel, KernelError } = await importWith(WebAssembly);
  expect(prepareModel(text, data).compiled.quantities.parameters).toContain("beta[x]");
  const fits = [
    fit(text, data, { workers: 0 }),
    fit(text, data, { engine: "laplace" }),
    fit(text, data, { engine: "inla" }),
    fit(text, data, { engine: "ml" }),
  ];
  const errors = await Promise.all(fits.map((fit) => fit.then(() => null).catch((reason: unknown) => reason)));
  for (const error of errors) {
    expect(error).toBeInstanceOf(KernelError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  }
});
