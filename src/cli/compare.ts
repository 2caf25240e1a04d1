import { type CompareOptions, compare, completeCompareOptions } from "../index.js";
import { compareJsonDocument } from "../report/compareJsonDocument.js";
import { allWarnings, compareTextReport } from "../report/compareTextReport.js";
import { type CompareEnginesFlags, compareEnginesCommand } from "./compareEngines.js";
import { type CompareEvidenceFlags, compareEvidenceCommand } from "./compareEvidence.js";
import { compareReport } from "./compareReport.js";
import { type PairFlags, readModelsAndData, tellNotes, withoutSource } from "./modelSource.js";
import { layoutFor } from "./style.js";
import { asFlags, type ExitCode, exitCodes, type Terminal, UsageError } from "./Terminal.js";
import { watched } from "./watched.js";

interface ComparePairFlags extends PairFlags, Omit<CompareOptions, keyof PairFlags> {
  readonly json?: boolean;
  readonly digits?: number;
  readonly strict?: boolean;
}

export type CompareFlags = ComparePairFlags & CompareEnginesFlags & CompareEvidenceFlags;

const kinds = {
  engines: "one model, which is compared through several engines",
  likelihood: "two models compared by ml",
  evidence: "two models compared by inla or laplace",
} as const;
type Kind = keyof typeof kinds;

/** The kinds of comparison that an option goes with, where it is not all. */
const homes = {
  method: ["likelihood"],
  points: ["likelihood"],
  reml: ["likelihood"],
  reference: ["likelihood"],
  replicates: ["likelihood"],
  commonRows: ["likelihood", "evidence"],
  against: ["engines"],
  chains: ["engines"],
  draws: ["engines"],
  workers: ["engines", "likelihood"],
  seed: ["engines", "likelihood", "evidence"],
  defaultPriors: ["evidence"],
} as const satisfies { readonly [name in keyof CompareFlags]?: readonly Kind[] };

/** `marginalia compare`: one model through several engines, or two models one against the other. */
export async function compareCommand(
  paths: readonly string[],
  flags: CompareFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const kind = kindOf(paths, flags);
  refuseMisplaced(kind, flags);
  if (kind === "engines") return compareEnginesCommand(paths[0], flags, terminal);
  return kind === "likelihood" ? comparePair(paths, flags, terminal) : compareEvidenceCommand(paths, flags, terminal);
}

function kindOf(paths: readonly string[], { formula = [], engines = ["ml"] }: CompareFlags): Kind {
  if (paths.length + formula.length === 1) return "engines";
  return engines.every((engine) => engine === "ml") ? "likelihood" : "evidence";
}

/** Throws UsageError. */
function refuseMisplaced(kind: Kind, flags: CompareFlags): void {
  for (const [name, allowed] of Object.entries<readonly Kind[]>(homes)) {
    if (!(name in flags) || allowed.includes(kind)) continue;
    const places = allowed.map((home) => kinds[home]).join(", or with ");
    throw new UsageError(`${asFlags(`--${name}`)} goes with ${places}\n  ${wayOut(kind, allowed, name)}`);
  }
}

function wayOut(kind: Kind, allowed: readonly Kind[], name: string): string {
  if (kind === "engines" && allowed.includes("likelihood") && name !== "commonRows")
    return "name the method among the engines, as in --engines nuts,ml:laplace";
  if (kind === "likelihood" && allowed.includes("evidence")) return "leave it out, or compare by --engines inla";
  return `leave it out: this is of ${kinds[kind]}`;
}

/** Reads two models and their data, fits both, tests one against the other. */
async function comparePair(paths: readonly string[], flags: ComparePairFlags, terminal: Terminal): Promise<ExitCode> {
  const { stdout, stderr } = terminal;
  const { json, digits, strict, ...options } = withoutSource(flags);
  completeCompareOptions(options); // before a large file is read
  const { models, table, seconds } = await readModelsAndData(paths, flags);
  tellNotes(table, { stderr });
  const comparison =
    options.reference === undefined || options.reference === "chi-square"
      ? await compare(...models, table, options)
      : await watched(terminal, "compare", "the comparison was not finished; nothing is shown", (watch) =>
          compare(...models, table, { ...options, ...watch }),
        );
  const report = compareReport(comparison, seconds, process.uptime());
  if (json) {
    for (const { message, advice } of allWarnings(report)) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(compareJsonDocument(report))}\n`);
  } else stdout.write(compareTextReport(report, layoutFor(stdout, flags)));
  return strict && !report.isTrusted ? exitCodes.failed : exitCodes.done;
}
