import {
  ChainError,
  type ChainProgress,
  completeFitOptions,
  type Fit,
  fit,
  type InlaFitOptions,
  type LaplaceFitOptions,
  type NutsFitOptions,
  type Quality,
  type StageProgress,
} from "../index.js";
import { plural } from "../report/layout.js";
import { formatCount, formatRhat } from "../report/numbers.js";
import type { BeforeFit } from "./beforeFit.js";
import { ExplainedError } from "./explanation.js";
import { type Made, makeFolder, type OutputFlags, writeResults } from "./finish.js";
import { interruption } from "./interruption.js";
import { type ModelAndData, readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import { progressDisplay, searchDisplay } from "./progress.js";
import { asFlags, clockOf, exitCodes, type Terminal } from "./Terminal.js";

export interface FitFlags extends SourceFlags, OutputFlags {
  readonly engine: "nuts";
  readonly chains: number;
  readonly warmup?: number;
  readonly draws?: number;
  readonly targetEss?: number;
  readonly timeLimit?: number;
  readonly seed: string;
  readonly algorithm?: "nuts" | "hmc";
  readonly parametrization: "transported" | "noncentred" | "centred";
  readonly metric?: "diagonal" | "dense";
  readonly targetAcceptance?: number;
  readonly maxTreeDepth: number;
  readonly startRadius: number;
  readonly stepSize?: number;
  readonly randomEffects: "draws" | "summary" | "none";
  readonly workers?: number;
}

/** The model that the options name, sampled by nuts. Throws ExplainedError where a chain fails. */
export async function sampledFit(
  path: string | undefined,
  flags: FitFlags,
  terminal: Terminal,
  before: BeforeFit,
): Promise<Made> {
  const { out, json, digits, covariance, strict, timeLimit, ...rest } = withoutSource(flags);
  const options = timeLimit === undefined ? rest : { ...rest, timeLimitSeconds: timeLimit };
  completeFitOptions(options); // before a large file is read
  const source = await readModelAndData(path, flags);
  await before(source);
  if (out !== undefined) await makeFolder(out);
  try {
    return await sample(source, options, terminal);
  } catch (error) {
    if (error instanceof ChainError) throw await chainFailed(error, source.seconds, flags, terminal);
    throw error;
  }
}

/** Fits with progress shown, by an engine that samples or approximates; Ctrl-C is heeded once the model is prepared. Throws InterruptedError where it left nothing. */
export async function sample(
  { model, table, seconds }: ModelAndData,
  options: NutsFitOptions | LaplaceFitOptions | InlaFitOptions,
  terminal: Terminal,
): Promise<Made<Fit>> {
  const now = clockOf(terminal);
  const display = progressDisplay(terminal.stderr, now);
  const stages = searchDisplay(terminal.stderr, now, options.engine ?? "nuts");
  let isSampling = false;
  const { signal, listen, end } = interruption(terminal, nothingLeft(options.engine), {
    onStop() {
      if (isSampling) display.note("stopping: what has been drawn is kept (Ctrl-C again to quit at once)");
    },
  });
  try {
    const result = await fit(model, table, {
      ...options,
      onProgress(progress: ChainProgress | StageProgress) {
        listen();
        if ("stage" in progress) return stages.update(progress);
        if (!isSampling) stages.end();
        isSampling = true;
        display.update(progress);
      },
      onQuality: (quality) => display.note(qualityLine(quality)),
      signal,
    });
    return { result, isInterrupted: signal.aborted, read: seconds };
  } finally {
    end();
    stages.end();
    display.end();
  }
}

/** What to say of a run that Ctrl-C has ended before there was anything to keep. */
export function nothingLeft(engine: string | undefined): string {
  return engine === undefined || engine === "nuts"
    ? "the run was stopped before the first draw, while it was warming up; nothing was drawn"
    : `the engine ${engine} was stopped before it had a result`;
}

/** "1200 draws a chain: bulk ESS at least 890, R-hat at most 1.004" */
function qualityLine({ draws, minEssBulk, maxRhat }: Quality): string {
  return `${draws} draws a chain: bulk ESS at least ${formatCount(minEssBulk)}, R-hat at most ${formatRhat(maxRhat)}`;
}

/** The draws of the chains that were done are not lost with the one that failed. */
async function chainFailed(
  { finished, message }: ChainError,
  read: number,
  { out }: FitFlags,
  terminal: Terminal,
): Promise<ExplainedError> {
  const explained = (...lines: readonly string[]) =>
    new ExplainedError({ lines: [`marginalia: ${asFlags(message)}`, ...lines], code: exitCodes.failed });
  if (finished === null) return explained("  no other chain was done");
  const others = plural(finished.posterior.record.chains.length, "other chain");
  if (out === undefined) return explained(`  ${others} done by then; --out DIR would have kept the draws`);
  const written = await writeResults(out, finished, { read, total: process.uptime() }, terminal);
  return explained(...(written === exitCodes.done ? [`  ${others} done by then; the draws are in ${out}`] : []));
}
