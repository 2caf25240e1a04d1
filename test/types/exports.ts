import { resolve } from "node:path";
import ts from "typescript";

/** A type that an exported declaration mentions and the entry does not export. */
export interface Unexported {
  readonly type: string;
  /** The exported names whose declarations mention it. */
  readonly mentionedBy: readonly string[];
}

function programOf(entries: readonly string[]): ts.Program {
  return ts.createProgram([...entries], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2022.d.ts"],
    types: [],
  });
}

/** What entries export, by the symbols of the declarations. */
function exportsOf(program: ts.Program, entries: readonly string[]): Map<ts.Symbol, string> {
  const checker = program.getTypeChecker();
  const exported = new Map<ts.Symbol, string>();
  for (const entry of entries) {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${entry} is no module`);
    for (const symbol of checker.getExportsOfModule(module)) exported.set(declared(checker, symbol), symbol.name);
  }
  return exported;
}

function declared(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The names that entries export without a docstring. */
export function undocumented(entries: readonly string[]): string[] {
  const program = programOf(entries);
  const checker = program.getTypeChecker();
  const symbols = [...exportsOf(program, entries)];
  return symbols
    .flatMap(([symbol, name]) => (symbol.getDocumentationComment(checker).length === 0 ? [name] : []))
    .sort();
}

/** The types declared in the folder of an entry that its exports mention and that neither it nor the other entries export. */
export function unexportedTypes(entries: readonly string[]): Unexported[] {
  const program = programOf(entries);
  const checker = program.getTypeChecker();
  const original = (symbol: ts.Symbol) => declared(checker, symbol);
  const exported = exportsOf(program, entries);
  const ours = resolve(entries[0], "..");
  const isOurs = (symbol: ts.Symbol) =>
    symbol.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(ours)) ?? false;
  const found = new Map<string, Set<string>>();
  for (const [symbol, name] of exported)
    for (const declaration of symbol.declarations ?? [])
      for (const type of mentioned(declaration)) {
        const known = original(type);
        if (!exported.has(known) && isOurs(known) && !(known.flags & ts.SymbolFlags.TypeParameter))
          found.set(known.name, (found.get(known.name) ?? new Set()).add(name));
      }
  return [...found].map(([type, names]) => ({ type, mentionedBy: [...names].sort() }));

  /** The symbols of the types that a declaration names, private members left out. */
  function mentioned(node: ts.Node): ts.Symbol[] {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))
      return [];
    const names: ts.Node[] = [];
    if (ts.isTypeReferenceNode(node)) names.push(node.typeName);
    else if (ts.isExpressionWithTypeArguments(node)) names.push(node.expression);
    else if (ts.isImportTypeNode(node)) names.push(node.qualifier ?? node);
    const own = names.flatMap((name) => checker.getSymbolAtLocation(name) ?? []);
    const nested: ts.Symbol[] = [];
    ts.forEachChild(node, (child) => void nested.push(...mentioned(child)));
    return [...own, ...nested];
  }
}
