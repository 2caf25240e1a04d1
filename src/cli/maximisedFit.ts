import {
  type BootstrapType,
  completeMlOptions,
  fit,
  type MlFit,
  type MlFitOptions,
  type MlMethod,
  type MlProgress,
} from "../index.js";
import type { BeforeFit } from "./beforeFit.js";
import { type Made, makeFolder, type OutputFlags } from "./finish.js";
import { nothingLeft } from "./fit.js";
import { interruption } from "./interruption.js";
import { readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import { searchDisplay } from "./progress.js";
import { clockOf, type Terminal } from "./Terminal.js";

/** Those that were given; a sampler's are refused by name. */
export interface MlFlags extends SourceFlags, OutputFlags {
  readonly engine: "ml";
  readonly method?: MlMethod;
  readonly points?: number | "auto";
  readonly reml?: boolean;
  readonly scale?: "fixed" | "free";
  readonly intervals?: "wald" | "profile" | "bootstrap";
  readonly replicates?: number;
  readonly bootstrapType?: BootstrapType;
  readonly workers?: number;
  readonly penalized?: boolean;
  readonly importanceDraws?: number;
  readonly seed?: string;
}

/** The model that the options name, its likelihood maximised. */
export async function maximisedFit(
  path: string | undefined,
  flags: MlFlags,
  terminal: Terminal,
  before: BeforeFit,
): Promise<Made> {
  const { out, json, digits, covariance, strict, ...options } = withoutSource(flags);
  completeMlOptions(options); // before a large file is read
  const source = await readModelAndData(path, flags);
  await before(source);
  if (out !== undefined) await makeFolder(out);
  const result = await shownFit(source, options, terminal);
  return { result, isInterrupted: result.ml.bootstrap?.partial === true, read: source.seconds };
}

/** Fits with progress shown; Ctrl-C is heeded once the model is prepared. */
async function shownFit(
  { model, table }: Awaited<ReturnType<typeof readModelAndData>>,
  options: MlFitOptions,
  terminal: Terminal,
): Promise<MlFit> {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), "ml");
  const { signal, listen, end } = interruption(terminal, nothingLeft("ml"), { cameTo: display.last });
  const onProgress = (progress: MlProgress) => {
    listen();
    display.update(progress);
  };
  try {
    return await fit(model, table, { ...options, onProgress, signal });
  } finally {
    end();
    display.end();
  }
}
