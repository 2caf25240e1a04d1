import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fit } from "marginalia";
import { type HardDesign, hardDesign, kinds } from "./designs.js";
import { readReferences } from "./files.js";
import { distanceFrom } from "./judge.js";
import { fingerprint, type HardReference } from "./reference.js";

const usage =
  "usage: npm run validate:hard -- [--engines laplace,inla,nuts] [--seeds N] [--only TEXT] [--count N] [--out FILE] [--table]";

const engineNames = ["laplace", "inla", "nuts"] as const;
type EngineName = (typeof engineNames)[number];

/** One fit. */
interface Result {
  readonly design: string;
  readonly engine: EngineName;
  readonly seed: number;
  readonly seconds: number;
  readonly outcome: "right" | "wrong" | "crash";
  readonly isTrusted: boolean;
  /** Of the guard, or the codes of warnings. */
  readonly verdict: string;
  readonly excess: number;
  readonly worst: string;
}

interface Run {
  readonly engines: readonly EngineName[];
  readonly seeds: number;
  readonly count: number;
  readonly only: string;
  /** Results are added to it, and those in it are not computed again. */
  readonly out: string | null;
  readonly tableOnly: boolean;
}

/** Throws TypeError for options that are not allowed. */
function readOptions(): Run {
  const text = { type: "string" } as const;
  const options = {
    engines: text,
    seeds: text,
    only: text,
    count: text,
    out: text,
    table: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ options });
  const asked = (values.engines ?? "laplace,inla").split(",");
  const engines = engineNames.filter((name) => asked.includes(name));
  if (engines.length !== asked.length)
    throw new TypeError(`--engines ${values.engines} has a name that is none of them`);
  const [seeds, count] = [Number(values.seeds ?? 1), Number(values.count ?? 1000)];
  if (!(Number.isInteger(seeds) && seeds > 0)) throw new TypeError(`--seeds ${values.seeds} is no whole number from 1`);
  return { engines, seeds, count, only: values.only ?? "", out: values.out ?? null, tableOnly: values.table ?? false };
}

async function resultOf(
  design: HardDesign,
  reference: HardReference,
  engine: EngineName,
  seed: number,
): Promise<Result> {
  const identity = { design: design.name, engine, seed };
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const options = engine === "nuts" ? { workers: 0 } : {};
    const found = await fit(design.text, design.columns, { engine, seed, ...options });
    const { parameters, randomEffects } = found.summary();
    const warnings = found.warnings();
    const { isRight, excess, worst } = distanceFrom(reference, [...parameters, ...randomEffects]);
    return {
      ...identity,
      seconds: seconds(),
      outcome: isRight ? "right" : "wrong",
      isTrusted: warnings.length === 0,
      verdict: found.posterior.record.approximation?.guard.verdict ?? warnings.map(({ code }) => code).join(" "),
      excess,
      worst,
    };
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const verdict = message.split("\n")[0];
    return {
      ...identity,
      seconds: seconds(),
      outcome: "crash",
      isTrusted: false,
      verdict,
      excess: Infinity,
      worst: "",
    };
  }
}

function known(out: string | null): Result[] {
  if (out === null || !existsSync(out)) return [];
  return readFileSync(out, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

async function main(): Promise<number> {
  const { engines, seeds, count, only, out, tableOnly } = readOptions();
  const results = known(out);
  const done = new Set(results.map(({ design, engine, seed }) => `${design} ${engine} ${seed}`));
  for (let seed = 1; seed <= (tableOnly ? 0 : seeds); seed++)
    for (const kind of kinds)
      for (const reference of readReferences(kind)) {
        const number = Number(reference.design.split(" ")[1]);
        if (reference.method === null || number > count || !reference.design.includes(only)) continue;
        const wanted = engines.filter((engine) => !done.has(`${reference.design} ${engine} ${seed}`));
        if (wanted.length === 0) continue;
        const design = hardDesign(kind, number);
        if (fingerprint(design) !== reference.sha256)
          throw new RangeError(`the reference of ${design.name} is of another design`);
        for (const engine of wanted) {
          const result = await resultOf(design, reference, engine, seed);
          results.push(result);
          if (out !== null) appendFileSync(out, `${JSON.stringify(result)}\n`);
        }
      }
  print(results);
  return results.some(isTrustedAndWrong) ? 1 : 0;
}

const isTrustedAndWrong = ({ outcome, isTrusted }: Result) => outcome === "wrong" && isTrusted;
const isFalseAlarm = ({ outcome, isTrusted }: Result) => outcome === "right" && !isTrusted;

function print(results: readonly Result[]): void {
  const head = ["kind", "engine", "fits", "trusted and wrong", "false alarms", "true alarms", "crashes", "s a fit"];
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
  line(head);
  line(head.map(() => "---"));
  for (const engine of engineNames)
    for (const kind of [...kinds, "all"]) {
      const own = results.filter(
        (one) => one.engine === engine && (kind === "all" || one.design.startsWith(`${kind} `)),
      );
      if (own.length === 0) continue;
      const count = (of: (one: Result) => boolean) => String(own.filter(of).length);
      const seconds = own.reduce((total, one) => total + one.seconds, 0) / own.length;
      const trueAlarms = count(({ outcome, isTrusted }) => outcome === "wrong" && !isTrusted);
      const crashes = count(({ outcome }) => outcome === "crash");
      line([
        kind,
        engine,
        String(own.length),
        count(isTrustedAndWrong),
        count(isFalseAlarm),
        trueAlarms,
        crashes,
        seconds.toFixed(2),
      ]);
    }
  const noted = results.filter((one) => isTrustedAndWrong(one) || isFalseAlarm(one) || one.outcome === "crash");
  for (const one of noted) {
    const what = isTrustedAndWrong(one) ? "WRONG" : isFalseAlarm(one) ? "ALARM" : "CRASH";
    console.log(`${what} ${one.design}, ${one.engine}, seed ${one.seed}: ${one.worst}; ${one.verdict}`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
