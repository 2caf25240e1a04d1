import {
  type AnyEngine,
  checkFitOptions,
  type DefinedEngine,
  type Fit,
  fit,
  flagOf,
  type StageProgress,
} from "../index.js";
import type { BeforeFit } from "./beforeFit.js";
import { type Made, makeFolder, type OutputFlags } from "./finish.js";
import { nothingLeft } from "./fit.js";
import { interruption } from "./interruption.js";
import { type ModelAndData, readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import { searchDisplay } from "./progress.js";
import { clockOf, type Terminal } from "./Terminal.js";

/** The model that the options name, by the engine of a plugin with the options that were given. */
export async function definedFit(
  path: string | undefined,
  engine: DefinedEngine,
  flags: SourceFlags & OutputFlags,
  terminal: Terminal,
  before: BeforeFit,
): Promise<Made> {
  const { out, json, digits, covariance, strict, ...given } = withoutSource(flags);
  const options = byName(engine, given);
  checkFitOptions(engine, options); // before a large file is read
  const source = await readModelAndData(path, flags);
  await before(source);
  if (out !== undefined) await makeFolder(out);
  return shownFit(source, engine, options, terminal);
}

/** The options of an engine from its flags, whose names may be others: --time-limit for `timeLimitSeconds`. */
export function byName({ options }: Pick<AnyEngine, "options">, given: object): Readonly<Record<string, unknown>> {
  const names = new Map(
    Object.entries(options).map(([name, option]) => [attributeOf(flagOf(name, option) ?? name), name]),
  );
  return Object.fromEntries(Object.entries(given).map(([flag, value]) => [names.get(flag) ?? flag, value]));
}

/** What the parsed command line calls a flag. */
function attributeOf(flag: string): string {
  const [word = flag] = flag.replace(/^--/, "").split(" ");
  return word.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Fits with progress shown; Ctrl-C is heeded once the engine has told of some. */
async function shownFit(
  { model, table, seconds }: ModelAndData,
  engine: DefinedEngine,
  options: object,
  terminal: Terminal,
): Promise<Made> {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), engine.name);
  const { signal, listen, end } = interruption(terminal, nothingLeft(engine.name));
  const onProgress = (progress: StageProgress) => {
    listen();
    display.update(progress);
  };
  try {
    const result: Fit = await fit(model, table, { ...options, engine, onProgress, signal });
    return { result, isInterrupted: signal.aborted, read: seconds };
  } finally {
    end();
    display.end();
  }
}
