/** A plugin that a fit was made with, and the names of what it defines. */
export interface PluginRecord {
  /** The plugin's name: its URL, unless it was given another. */
  readonly name: string;
  readonly url: string;
  readonly families: readonly string[];
  readonly priors: readonly string[];
  readonly engines: readonly string[];
}

/** Of a result: the plugins that it was made with. */
export interface WithPlugins {
  /** Absent where there are none. */
  readonly plugins?: readonly PluginRecord[];
}

/** The plugins of a model or report, for the record of what is made from it; nothing where there are none. */
export function pluginsOf({ plugins = [] }: WithPlugins): WithPlugins {
  return plugins.length === 0 ? {} : { plugins };
}

/** "geometric.mjs: family geometric, priors laplace, logistic" */
export function pluginText({ name, families, priors, engines }: PluginRecord): string {
  const kinds = [
    named(families, "family", "families"),
    named(priors, "prior", "priors"),
    named(engines, "engine", "engines"),
  ];
  return `${name}: ${kinds.filter((text) => text !== "").join(", ")}`;
}

function named(names: readonly string[], one: string, several: string): string {
  return names.length === 0 ? "" : `${names.length === 1 ? one : several} ${names.join(", ")}`;
}
