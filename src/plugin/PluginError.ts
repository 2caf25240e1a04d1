/**
 * `not-found`: there is no such file. `not-installed`: a package, the plugin or one that it imports, is not installed. `not-a-module`: the file is no
 * JavaScript module. `typescript`: this version of Node does not read TypeScript. `failed`: it threw, or could not be loaded. `nothing-exported`: no
 * export is a family, a prior or an engine. `not-usable`: one of them is wrong. `name-taken`: one of them has the name of another.
 */
export type PluginErrorCode =
  | "not-found"
  | "not-installed"
  | "not-a-module"
  | "typescript"
  | "failed"
  | "nothing-exported"
  | "not-usable"
  | "name-taken";

/** A plugin that cannot be used. The message names the plugin, the cause and the way out. */
export class PluginError extends Error {
  override readonly name = "PluginError";
  readonly code: PluginErrorCode;
  /** The plugin's name: the URL that it was loaded from, unless it was given another. */
  readonly plugin: string;
  /** The way out. */
  readonly hint: string;

  constructor(code: PluginErrorCode, plugin: string, problem: string, hint: string, options?: { cause: unknown }) {
    super(`the plugin "${plugin}" ${problem}; ${hint}`, options);
    this.code = code;
    this.plugin = plugin;
    this.hint = hint;
  }
}
