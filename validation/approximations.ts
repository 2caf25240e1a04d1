import { EngineError, fit, type SummaryRow, type Table } from "marginalia";
import { readTable } from "marginalia/node";
import { type CaseOptions, readCaseOptions } from "./caseOptions.js";
import {
  compareMarginals,
  furthest,
  type MarginalComparison,
  type MarginalsComparison,
  type Measure,
  measures,
} from "./compareMarginals.js";
import { findCase, type Skip } from "./runCase.js";
import { type CaseSettings, chains, seed } from "./settings.js";

const usage =
  "usage: npm run validate:inla -- [--data DIR] [--references DIR] [--only NAME,...] [--nuts DRAWS] [--json]";

/** The engine inla on a case. Where its guard does not trust the result, nothing is asked of it. */
interface Result {
  readonly name: string;
  readonly paretoK: number;
  readonly isTrusted: boolean;
  readonly cpuSeconds: number;
  readonly comparison: MarginalsComparison;
}

async function runCase({ name }: CaseSettings, { folders, nuts }: CaseOptions): Promise<Result | Skip> {
  const found = await findCase(name, folders);
  if ("skipped" in found) return found;
  const { reference, dataFile } = found;
  const [text, table] = [reference.model.join("\n"), await readTable(dataFile)];
  const cpu = process.cpuUsage();
  const result = await fit(text, table, { engine: "inla" }).catch(refusal);
  if ("skipped" in result) return result;
  const { user, system } = process.cpuUsage(cpu);
  const { approximation } = result.posterior.record;
  if (approximation === undefined) throw new Error("inla tells of its approximation");
  const { paretoK, isTrusted } = approximation.guard;
  const comparison = compareMarginals(result.summary(), nuts === null ? reference : await drawn(text, table, nuts));
  return { name, paretoK, isTrusted, cpuSeconds: (user + system) / 1e6, comparison };
}

/** Models that the engine does not take are left out, and told with the engine's words. */
function refusal(error: unknown): Skip {
  if (error instanceof EngineError) return { skipped: error.message };
  throw error;
}

/** A run of our own sampler in place of the reference: longer, or of other data. */
async function drawn(text: string, table: Table, draws: number) {
  const { parameters, randomEffects } = (await fit(text, table, { chains, draws, seed })).summary();
  const withErrors = (rows: readonly SummaryRow[]) =>
    rows.map(({ essBulk = Number.NaN, essTail = Number.NaN, ...row }) => ({ ...row, essBulk, essTail }));
  return { parameters: withErrors(parameters), randomEffects: withErrors(randomEffects) };
}

const kinds = ["parameters", "randomEffects"] as const;
const head = ["model", "k", "trusted", "CPU s", ...measures, ...measures.map((measure) => `b ${measure}`)];

function row({ name, paretoK, isTrusted, cpuSeconds, comparison }: Result): string[] {
  const cells = kinds.flatMap((kind) => measures.map((measure) => worstOf(comparison[kind], measure)));
  return [name, paretoK.toFixed(2), isTrusted ? "yes" : "no", cpuSeconds.toFixed(1), ...cells];
}

function worstOf(comparisons: readonly MarginalComparison[], measure: Measure): string {
  return furthest(comparisons, measure)?.differences[measure].toFixed(3) ?? "";
}

/** The table is Markdown, for the README. */
async function main(): Promise<number> {
  let options: CaseOptions;
  try {
    options = readCaseOptions(process.argv.slice(2), true);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  if (!options.json) console.log(`${line(head)}\n${line(head.map(() => "---"))}`);
  const results: Result[] = [];
  for (const settings of options.cases) {
    const result = await runCase(settings, options);
    if ("skipped" in result) {
      console.error(`skipped ${settings.name}: ${result.skipped}`);
      continue;
    }
    results.push(result);
    if (!options.json) console.log(line(row(result)));
  }
  const failures = results.flatMap(({ name, isTrusted, comparison }) =>
    isTrusted ? comparison.failures.map((failure) => `${name}: ${failure}`) : [],
  );
  if (options.json) console.log(JSON.stringify({ results, failures }, null, 2));
  else for (const failure of failures) console.log(`FAILED ${failure}`);
  return results.length > 0 && failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
