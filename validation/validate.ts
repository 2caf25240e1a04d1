import { type CaseOptions, readCaseOptions } from "./caseOptions.js";
import { tableHead, tableRow } from "./caseTable.js";
import { bounds, effectsFailures } from "./compare.js";
import { type CaseResult, type Folders, runCase } from "./runCase.js";
import type { CaseSettings } from "./settings.js";

const usage = "usage: npm run validate -- [--data DIR] [--references DIR] [--only NAME,...] [--json]";

/** What became of a case; one that could not be fitted has failures and no result. */
interface Outcome {
  readonly name: string;
  readonly result: CaseResult | null;
  readonly skipped: string | null;
  readonly failures: readonly string[];
}

async function outcomeOf(settings: CaseSettings, folders: Folders): Promise<Outcome> {
  const { name } = settings;
  try {
    const result = await runCase(settings, folders);
    if ("skipped" in result) return { name, result: null, skipped: result.skipped, failures: [] };
    return { name, result, skipped: null, failures: result.comparison.failures };
  } catch (error) {
    return { name, result: null, skipped: null, failures: [error instanceof Error ? error.message : String(error)] };
  }
}

/** One case at a time, so that their times mean something. */
async function runCases({ cases, folders, json }: CaseOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  if (!json) console.log(tableHead);
  for (const settings of cases) {
    const outcome = await outcomeOf(settings, folders);
    outcomes.push(outcome);
    if (!json && outcome.result !== null) console.log(tableRow(outcome.result));
  }
  return outcomes;
}

interface Verdict {
  readonly passed: boolean;
  readonly randomEffects: number;
  readonly effectsBeyondZ: number;
  /** Of all cases together. */
  readonly failures: readonly string[];
}

/** A run in which nothing was compared has not passed. */
function verdictOf(outcomes: readonly Outcome[]): Verdict {
  const comparisons = outcomes.flatMap(({ result }) => (result === null ? [] : [result.comparison]));
  const failures = effectsFailures(comparisons);
  return {
    passed:
      comparisons.length > 0 && [failures, ...outcomes.map((o) => o.failures)].every(({ length }) => length === 0),
    randomEffects: comparisons.reduce((sum, { randomEffects }) => sum + randomEffects.length, 0),
    effectsBeyondZ: comparisons.reduce((sum, { effectsBeyondZ }) => sum + effectsBeyondZ, 0),
    failures,
  };
}

function printOutcomes(outcomes: readonly Outcome[], verdict: Verdict): void {
  console.log(`\nrandom effects beyond |z| = ${bounds.z}: ${verdict.effectsBeyondZ} of ${verdict.randomEffects}`);
  for (const { result } of outcomes) if (result !== null) printStan(result);
  for (const { name, skipped } of outcomes) if (skipped !== null) console.log(`skipped ${name}: ${skipped}`);
  for (const { name, failures } of outcomes) printFailures(name, failures);
  printFailures("all models", verdict.failures);
  const compared = outcomes.filter(({ result }) => result !== null).length;
  console.log(`${verdict.passed ? "passed" : "FAILED"}: ${compared} of ${outcomes.length} models compared`);
}

function printStan({ settings, reference: { made, cost } }: CaseResult): void {
  if (made.divergences + cost.divergences === 0) return;
  const run = `${made.divergences} in the run that made the reference`;
  console.log(`${settings.name}: Stan had ${cost.divergences} divergences at its default settings, ${run}`);
}

const failuresShown = 8;

function printFailures(name: string, failures: readonly string[]): void {
  for (const failure of failures.slice(0, failuresShown)) console.log(`FAILED ${name}: ${failure}`);
  const more = failures.length - failuresShown;
  if (more > 0) console.log(`FAILED ${name}: and ${more} more; --json lists them`);
}

async function main(): Promise<number> {
  let run: CaseOptions;
  try {
    run = readCaseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const outcomes = await runCases(run);
  const verdict = verdictOf(outcomes);
  if (run.json) console.log(JSON.stringify({ ...verdict, cases: outcomes }, null, 2));
  else printOutcomes(outcomes, verdict);
  return verdict.passed ? 0 : 1;
}

process.exitCode = await main();
