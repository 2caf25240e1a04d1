import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { loadPlugin, type Plugin, PluginError } from "../index.js";
import { reasonOf } from "./Terminal.js";

/** The plugins that a command line names by --plugin: they are loaded before it is read, for they may bring engines with options. Throws PluginError. */
export async function pluginsOf(argv: readonly string[]): Promise<readonly Plugin[]> {
  if (!argv.some((word) => word.startsWith("--plugin"))) return [];
  return Promise.all(namesIn(argv).map(async (name) => loadPlugin(await urlOf(name), { name })));
}

/** What --plugin is given; a value that is missing is left to the command to complain of. */
function namesIn(argv: readonly string[]): readonly string[] {
  const scan = new Command()
    .option("--plugin [module]", "", (text: string, before: readonly string[] = []) => [...before, text])
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments();
  const { plugin } = scan.parse(argv, { from: "user" }).opts<{ plugin?: readonly string[] | true }>();
  return Array.isArray(plugin) ? [...new Set(plugin)] : [];
}

/** A file, relative to the working directory, or else a package that is installed for it. */
async function urlOf(name: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(name)) return name;
  const isPath = /^\.{0,2}[/\\]/.test(name) || /\.[mc]?[jt]sx?$/i.test(name);
  if (isPath || existsSync(name)) return pathToFileURL(resolve(name)).href;
  const { resolve: resolvePackage } = await import("import-meta-resolve");
  try {
    return resolvePackage(name, `${pathToFileURL(resolve(".")).href}/`);
  } catch (error) {
    const hint = `npm install ${name}, or give a file, as in --plugin ./${name}.js`;
    throw new PluginError(
      "not-installed",
      name,
      `is no file, and no package found from here (${reasonOf(error)})`,
      hint,
    );
  }
}
