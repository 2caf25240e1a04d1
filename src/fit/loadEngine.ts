import type { BuiltInEngine, EngineName } from "./engines.js";

/** The engines of `engines.ts`, in files that a program loads where it fits by them. */
const loaders: { readonly [E in EngineName]: () => Promise<Extract<BuiltInEngine, { readonly name: E }>> } = {
  nuts: async () => (await import("./nutsEngine.js")).nutsEngine,
  laplace: async () => (await import("./approximationEngines.js")).laplaceEngine,
  inla: async () => (await import("./approximationEngines.js")).inlaEngine,
  ml: async () => (await import("./mlEngine.js")).mlEngine,
};

/** The built-in engine of a name; of any other value the default, nuts. */
export function loadEngine(name: unknown): Promise<BuiltInEngine> {
  return loaders[isEngineName(name) ? name : "nuts"]();
}

function isEngineName(name: unknown): name is EngineName {
  return typeof name === "string" && Object.hasOwn(loaders, name);
}
