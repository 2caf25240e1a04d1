import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import "../cli/dist.js";

const root = resolve(import.meta.dirname, "../..");
const program = readFileSync(resolve(import.meta.dirname, "program.ts.txt"), "utf8");

/** The errors of a strict project that uses the package, and checks its declarations too. */
function errorsOf(lib: readonly string[], types: readonly string[], withDom: string): string[] {
  const file = resolve(root, "strictProgram.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: lib.map((name) => `lib.${name}.d.ts`),
    types: [...types],
    paths: { marginalia: [resolve(root, "dist/index.d.ts")], "marginalia/node": [resolve(root, "dist/node.d.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  const text = `${program}\n${withDom}`;
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, text, version) : getSourceFile(name, version);
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  return found.map(({ file: at, start, messageText }) => {
    const line = at === undefined || start === undefined ? 0 : at.getLineAndCharacterOfPosition(start).line + 1;
    return `${at?.fileName ?? ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

/** An AbortSignal of the platform is a signal. */
const withSignal = `
export async function aborted(signal: AbortSignal): Promise<void> {
  await fit(model, data, { engine: "inla", signal });
}
`;

describe("a strict project compiles against the declarations, which are checked too", () => {
  it.each([
    { title: "without DOM and @types/node", lib: ["es2022"], types: [], more: "" },
    { title: "with DOM", lib: ["es2022", "dom"], types: [], more: withSignal },
    { title: "with @types/node", lib: ["es2022"], types: ["node"], more: withSignal },
    { title: "with both", lib: ["es2022", "dom"], types: ["node"], more: withSignal },
  ])("$title", { timeout: 60_000 }, ({ lib, types, more }) => {
    expect(errorsOf(lib, types, more)).toEqual([]);
  });
});
