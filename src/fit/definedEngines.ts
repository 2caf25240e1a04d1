import type { AnyEngine } from "./FitEngine.js";

const defined = new WeakSet<object>();

/** Keeps an engine that `defineEngine` has made and checked. */
export function rememberEngine(engine: AnyEngine): void {
  defined.add(engine);
}

/** Whether a value was made by `defineEngine`. */
export function isDefinedEngine(value: unknown): value is AnyEngine {
  return typeof value === "object" && value !== null && defined.has(value);
}
