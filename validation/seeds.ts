import { resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  NUMBERS,
  type NumberName,
  type SeedResult,
  type Spread,
  seedCases,
  seedSpread,
  typicalRatio,
} from "./seedSpread.js";

/*
 * Whether the Monte Carlo standard errors that the engine laplace reports are the standard deviations that its numbers have over seeds. For
 * inla, which reports none, only the standard deviations are shown, in posterior sds.
 */

const usage = "usage: npm run validate:seeds -- [--engine laplace|inla] [--seeds N] [--only NAMES] [--data DIR]";

/** Bounds on the ratio of the spread over seeds to the standard error reported, of each number over all quantities of a model. */
const LEAST_RATIO = 0.7;
const MOST_RATIO = 1.4;
/** The share of single quantities that may lie beyond them by chance: over 40 seeds a ratio is known to within 11%, and the errors to 18%. */
const MOST_OUTSIDE = 0.03;

/** Throws TypeError for options that are not allowed. */
function readSettings() {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { engine: text, seeds: text, only: text, data: text } });
  const { engine = "laplace" } = values;
  if (engine !== "laplace" && engine !== "inla") throw new TypeError(`--engine ${engine} is not laplace or inla`);
  const seeds = Number(values.seeds ?? 40);
  if (!(Number.isInteger(seeds) && seeds > 2)) throw new TypeError(`--seeds ${values.seeds} is no whole number from 3`);
  const only = values.only?.split(",");
  const data = values.data ?? resolve(import.meta.dirname, "../validation/data");
  return { engine, seeds, cases: seedCases.filter(({ name }) => only?.includes(name) ?? true), data } as const;
}

const numberNames = Object.keys(NUMBERS) as NumberName[];

function cells({ spreads }: SeedResult, of: (spreads: readonly Spread[]) => number): string {
  return numberNames
    .flatMap((number) =>
      [false, true].map((isEffect) => {
        const chosen = spreads.filter((one) => one.number === number && one.isEffect === isEffect && one.spread > 0);
        return chosen.length === 0 ? "" : of(chosen).toFixed(2);
      }),
    )
    .join(" | ");
}

function isOutside({ spread, reported }: Spread): boolean {
  return spread < LEAST_RATIO * reported || spread > MOST_RATIO * reported;
}

async function main(): Promise<void> {
  const { engine, seeds, cases, data } = readSettings();
  const isReported = engine === "laplace";
  const columns = numberNames.flatMap((number) => [number, `${number}, effects`]);
  const shown = isReported ? "ratio outside" : "largest spread";
  console.log(`| model | trusted | ${columns.join(" | ")} | ${shown} |\n|${" --- |".repeat(columns.length + 3)}`);
  let holds = true;
  for (const one of cases) {
    const result = await seedSpread(one, data, engine, seeds);
    const varying = result.spreads.filter(({ spread }) => spread > 0);
    const outside = varying.filter(isOutside);
    const last = isReported
      ? `${outside.length} of ${varying.length}`
      : Math.max(0, ...varying.map(({ spread }) => spread)).toFixed(3);
    const typical = isReported
      ? typicalRatio
      : (chosen: readonly Spread[]) => Math.max(...chosen.map(({ spread }) => spread));
    console.log(`| ${one.name} | ${result.trusted} of ${seeds} | ${cells(result, typical)} | ${last} |`);
    if (!isReported || result.trusted < seeds) continue;
    for (const number of numberNames) {
      const ratio = typicalRatio(varying.filter((spread) => spread.number === number));
      holds &&= ratio > LEAST_RATIO && ratio < MOST_RATIO;
    }
    holds &&= outside.length <= MOST_OUTSIDE * varying.length;
  }
  process.exitCode = holds ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
