import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { anObject, hasField } from "../argument/kinds.js";
import type { ModelOptions } from "./modelOptions.js";
import { isListOfPlugins, isPlugin, type Plugin } from "./Plugin.js";

/**
 * Imports a module and checks what it exports, once: the families, priors and engines that are named exports, or that a default export lists or holds.
 * `name` is what messages and reports call the plugin; its URL, where it is left out. Throws PluginError with the cause and the way out.
 */
export async function loadPlugin(
  url: string | { readonly href: string },
  options: { readonly name?: string } = {},
): Promise<Plugin> {
  checkArgument(anUrl, url, "loadPlugin", "url");
  checkArgument(anObject, options, "loadPlugin", "options");
  const { checkedPlugin } = await import("./checkedPlugin.js");
  const place = typeof url === "string" ? url : url.href;
  return checkedPlugin(place, options.name ?? place);
}

/** The options of a call with their plugins loaded; those of which they are no list are left for the check of the options. */
export async function withPlugins<O extends object>(options: O): Promise<O> {
  const { plugins }: ModelOptions = Object(options);
  if (!isListOfPlugins(plugins) || plugins.every(isPlugin)) return options;
  const loaded = plugins.map((plugin) => (isPlugin(plugin) ? plugin : loadPlugin(plugin)));
  return { ...options, plugins: await Promise.all(loaded) };
}

const anUrl: ArgumentKind = {
  code: "not-a-url",
  expected: "the URL of a module, a text or a URL",
  accepts: (value) => typeof value === "string" || hasField(value, "href"),
};
