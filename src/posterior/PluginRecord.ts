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
