import { PluginError } from "./PluginError.js";

/** Codes of Node for files that are no JavaScript. */
const NO_JAVASCRIPT: readonly unknown[] = [
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_IMPORT_ASSERTION_TYPE_MISSING",
];

/** What Chromium, Firefox and Safari say of a module that was not found, was refused, or is no JavaScript by its type. */
const NOT_FETCHED = /dynamically imported module|importing a module script failed/i;

/** Why a module could not be imported, from what the platform threw. */
export function importFailure(url: string, name: string, thrown: unknown): PluginError {
  const cause = { cause: thrown };
  const message = messageOf(thrown);
  const code: unknown = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, "code") : undefined;
  const fail = (kind: PluginError["code"], problem: string, hint: string) =>
    new PluginError(kind, name, problem, hint, cause);
  if (code === "ERR_MODULE_NOT_FOUND") {
    const [, what = "", missing = ""] = /^Cannot find (package|module) '([^']+)'/.exec(message) ?? [];
    if (what === "package")
      return fail("not-installed", `imports the package "${missing}", which is not installed`, wayToPackage(missing));
    if (missing === url || missing === pathOf(url)) return fail("not-found", "is not there", "look at its path");
    return fail("not-found", `imports the file "${missing}", which is not there`, "look at its imports");
  }
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" && /\.[mc]?tsx?$/.test(pathOf(url)))
    return fail(
      "typescript",
      "is TypeScript, which this version of Node does not read",
      "compile it to JavaScript, or take Node 22.18 or later",
    );
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return fail("typescript", `has TypeScript that Node cannot strip (${message})`, "compile it to JavaScript");
  if (code === "ERR_UNSUPPORTED_DIR_IMPORT") return fail("not-a-module", "is a folder", "give the file in it");
  if (NO_JAVASCRIPT.includes(code))
    return fail("not-a-module", `is no JavaScript (${message})`, "give a module whose name ends in .js or .mjs");
  if (thrown instanceof SyntaxError) {
    const hint = "mend it; a module with imports and exports ends in .mjs, or has type module in its package.json";
    return fail("not-a-module", `is no JavaScript module (${message})`, hint);
  }
  if (code === "ERR_UNSUPPORTED_ESM_URL_SCHEME")
    return fail("failed", "is at a place that Node does not load modules from", "save it as a file");
  if (NOT_FETCHED.test(message))
    return fail("failed", `could not be fetched: ${message}`, "look at its URL and at the content security policy");
  return fail("failed", `throws while it is imported: ${message}`, "mend it");
}

function wayToPackage(missing: string): string {
  return missing === "marginalia"
    ? "npm install marginalia where the plugin is, or export plain records, which are checked alike"
    : `npm install ${missing} where the plugin is`;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The path of a file's URL, as messages of the platform quote it. */
function pathOf(url: string): string {
  return decodeURIComponent(url.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, "").replace(/[?#].*$/, ""));
}
