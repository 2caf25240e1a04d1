import { OptionsError } from "../engine/OptionsError.js";
import type { Family } from "../family/Family.js";
import type { PluginRecord } from "../posterior/PluginRecord.js";
import type { PriorDistribution } from "../prior/Prior.js";
import type { DefinedEngine } from "./EngineDefinition.js";

/** A module's families, priors and engines, which have been checked: `loadPlugin` makes it. */
export interface Plugin {
  /** As messages and reports call it: its URL, unless it was given another name. */
  readonly name: string;
  readonly url: string;
  readonly families: readonly Family[];
  readonly priors: readonly PriorDistribution[];
  readonly engines: readonly DefinedEngine[];
}

/** The names of what a plugin defines. */
export function pluginRecord({ name, url, families, priors, engines }: Plugin): PluginRecord {
  const names = (records: readonly { readonly name: string }[]) => records.map((record) => record.name);
  return { name, url, families: names(families), priors: names(priors), engines: names(engines) };
}

/** What the option `plugins` takes: modules by their URLs, and plugins that have been loaded. */
export type PluginInput = string | { readonly href: string } | Plugin;

/** Throws OptionsError for a plugin that has not been loaded, where there is no waiting for it. */
export function loadedPlugins(plugins: readonly PluginInput[] = []): Plugin[] {
  return plugins.map((plugin) => {
    if (isPlugin(plugin)) return plugin;
    const message = "plugins has a module that has not been loaded; allowed here: what loadPlugin returns";
    throw new OptionsError([{ option: "plugins", code: "not-allowed", message }]);
  });
}

export function isPlugin(value: PluginInput): value is Plugin {
  return typeof value === "object" && "families" in value;
}

export function isListOfPlugins(value: unknown): value is readonly PluginInput[] {
  return Array.isArray(value) && value.every(isPluginInput);
}

function isPluginInput(value: unknown): value is PluginInput {
  if (typeof value === "string") return true;
  if (typeof value !== "object" || value === null) return false;
  return "href" in value ? typeof value.href === "string" : isLoaded(value);
}

function isLoaded(value: object): boolean {
  const isList = (name: string) => Array.isArray(Reflect.get(value, name));
  return "name" in value && "url" in value && ["families", "priors", "engines"].every(isList);
}
