import { defineFamily } from "../family/defineFamily.js";
import { families as builtInFamilies } from "../family/families.js";
import { importPlugin } from "../plugin/importPlugin.js";
import { PluginError } from "../plugin/PluginError.js";
import { priors as builtInPriors, definePrior } from "../prior/priors.js";
import { definitionOf, isDefinition } from "./definedEngines.js";
import { defineEngine } from "./defineEngine.js";
import type { Plugin } from "./Plugin.js";

/** The families, priors and engines of the module at a URL, checked. Throws PluginError, which calls the plugin by its name. */
export async function checkedPlugin(place: string, plugin: string): Promise<Plugin> {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(place))
    throw new PluginError(
      "not-found",
      plugin,
      "is named by no URL",
      'give one, as new URL("./mine.js", import.meta.url)',
    );
  const exported = await importPlugin(place, plugin);
  const problems: string[] = [];
  const families = checked("family", exported.families, defineFamily, problems);
  const priors = checked("prior", exported.priors, definePrior, problems);
  const engines = checked("engine", exported.engines, engineOf, problems);
  if (problems.length > 0)
    throw new PluginError("not-usable", plugin, `cannot be used: ${problems.join("; ")}`, "mend the plugin");
  const taken = [
    ...takenNames("family", [...builtInFamilies, ...families]),
    ...takenNames("prior", [...builtInPriors, ...priors]),
    ...takenNames("engine", engines),
  ];
  if (taken.length > 0)
    throw new PluginError("name-taken", plugin, `defines ${taken.join(", ")}: names that are taken`, "choose others");
  return { name: plugin, url: place, families, priors, engines };
}

/** The records as they are defined; what is wrong with others goes to `problems`. */
function checked<From extends object, To>(
  kind: string,
  records: readonly From[],
  define: (record: From) => To,
  problems: string[],
): To[] {
  return records.flatMap((record) => {
    try {
      return [define(record)];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const name = "name" in record ? record.name : undefined;
      problems.push(message.startsWith(`the ${kind} `) ? message : `the ${kind} "${name}" throws: ${message}`);
      return [];
    }
  });
}

function engineOf(record: object) {
  const definition = definitionOf(record) ?? record;
  if (isDefinition(definition)) return defineEngine(definition);
  throw new TypeError("the engine is without name or options: make it by defineEngine");
}

function takenNames(kind: string, records: readonly { readonly name: string }[]): string[] {
  const names = records.map(({ name }) => name);
  return [...new Set(names.filter((name, k) => names.indexOf(name) < k))].map((name) => `the ${kind} "${name}"`);
}
