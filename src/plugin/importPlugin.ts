import type { Work } from "../engine/Executor.js";
import type { Family } from "../family/Family.js";
import type { PriorDistribution } from "../prior/Prior.js";
import { importFailure } from "./importFailure.js";
import { PluginError } from "./PluginError.js";

/** What a module exports, by kind. The records are recognised by what they hold, so that they may come of another copy of the library, or of none. */
export interface PluginExports {
  readonly families: readonly Family[];
  readonly priors: readonly PriorDistribution[];
  /** Engines, or their definitions. */
  readonly engines: readonly object[];
  /** Work of the engines, which threads do. */
  readonly works: readonly Work<unknown, unknown, unknown, unknown>[];
}

/**
 * Imports a module and sorts what it exports: records, and lists of them; anything else is left alone. The records are not checked yet. Every thread
 * imports the module itself, for functions cannot be sent to it. Throws PluginError; `name` is what messages call the plugin.
 */
export async function importPlugin(url: string, name: string): Promise<PluginExports> {
  let module: object;
  try {
    module = await import(/* webpackIgnore: true */ /* @vite-ignore */ url);
  } catch (error) {
    throw importFailure(url, name, error);
  }
  // A module of CommonJS exports its records twice: by name, and in its default export.
  const records = [...new Set(Object.entries(module).flatMap(([key, value]) => recordsOf(value, key === "default")))];
  const engines = records.filter(isEngine);
  const found = {
    families: records.filter(isFamily),
    priors: records.filter(isPrior),
    engines,
    works: engines.flatMap(worksOf),
  };
  if (found.families.length + found.priors.length + found.engines.length > 0) return found;
  const exported = Object.keys(module).join(", ");
  const what = exported === "" ? "exports nothing" : `exports no family, prior or engine, but ${exported}`;
  const hint =
    "export what defineFamily, definePrior or defineEngine returns, as in export const mine = definePrior(...)";
  throw new PluginError("nothing-exported", name, what, hint);
}

function recordsOf(value: unknown, isDefault: boolean): unknown[] {
  if (Array.isArray(value)) return value;
  const isRecord = isFamily(value) || isPrior(value) || isEngine(value);
  return isDefault && !isRecord && typeof value === "object" && value !== null ? Object.values(value) : [value];
}

function isFamily(value: unknown): value is Family {
  return isObject(value) && Array.isArray(Reflect.get(value, "slots"));
}

function isPrior(value: unknown): value is PriorDistribution {
  return isObject(value) && typeof Reflect.get(value, "make") === "function";
}

function isEngine(value: unknown): value is object {
  return isObject(value) && typeof Reflect.get(value, "run") === "function";
}

/** Those that an engine, or the definition that it was made of, declares. */
function worksOf(engine: object): Work<unknown, unknown, unknown, unknown>[] {
  const definition: unknown = Reflect.get(engine, "definition") ?? engine;
  const works: unknown = isObject(definition) ? Reflect.get(definition, "works") : undefined;
  return Array.isArray(works) ? works.filter(isWork) : [];
}

function isWork(value: unknown): value is Work<unknown, unknown, unknown, unknown> {
  return isObject(value) && "name" in value && isEngine(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
