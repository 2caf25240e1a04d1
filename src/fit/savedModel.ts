import { checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import type { ModelAst } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import { modelText } from "../language/printer.js";
import { type PluginRecord, pluginText } from "../posterior/PluginRecord.js";

/** A line of a saved model: "# plugin: ./geometric.mjs: family geometric". */
const PLUGIN_LINE = /^# plugin: (.+): (?:famil|prior|engine)/gm;

/** The text of a fitted model, with a comment for each plugin that it was fitted with, so that whoever reads it knows what it needs. */
export function savedModel(fit: { readonly ast: ModelAst; readonly plugins: readonly PluginRecord[] }): string {
  checkArgument(withPluginsOfModel, fit, "savedModel", "fit");
  const { ast, plugins } = fit;
  const text = modelText(ast);
  const lines = plugins.map((plugin) => `# plugin: ${pluginText(plugin)}\n`).filter((line) => !text.includes(line));
  return `${lines.join("")}${text}`;
}

/** A problem with a name that a plugin may bring, with the plugins that the model says it was fitted with. */
export function withPluginHint(problem: Problem, { source }: ModelAst): Problem {
  if (!["unknown-family", "unknown-distribution"].includes(problem.code)) return problem;
  const names = [...(source?.text.matchAll(PLUGIN_LINE) ?? [])].map(([, name]) => `"${name}"`);
  if (names.length === 0) return problem;
  const plugins = `${names.length === 1 ? "the plugin" : "plugins"} ${names.join(", ")}`;
  return { ...problem, hint: `the model was fitted with ${plugins}: give it by --plugin, or in the option plugins` };
}

const withPluginsOfModel = objectWith("not-a-fit", "a fit, or another object with ast and plugins", {
  ast: "object",
  plugins: "list",
});
