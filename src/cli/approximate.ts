import { completeInlaOptions, completeLaplaceOptions, type InlaFitOptions, type LaplaceFitOptions } from "../index.js";
import { finish, makeFolder, type OutputFlags, sample } from "./fit.js";
import { readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import type { ExitCode, Terminal } from "./Terminal.js";

/** Those that were given; a sampler's are refused by name. */
interface ApproximationFlags extends SourceFlags, OutputFlags {
  readonly draws?: number;
  readonly seed?: string;
  readonly escalate?: boolean;
  readonly workers?: number;
}

export interface LaplaceFlags extends ApproximationFlags {
  readonly engine: "laplace";
}

export interface InlaFlags extends ApproximationFlags {
  readonly engine: "inla";
  readonly integration?: "auto" | "laplace" | "aghq";
  readonly latent?: "gaussian" | "simplified" | "full";
  readonly grid?: number;
  readonly lincomb?: readonly string[];
  readonly criteria?: boolean;
}

/** `marginalia fit --engine laplace`, or inla: reads, approximates, goes on to nuts where it is asked to and must, reports. */
export async function approximateCommand(
  path: string | undefined,
  flags: LaplaceFlags | InlaFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { out, json, digits, covariance, strict, ...options } = withoutSource(flags);
  check(options); // before a large file is read
  const source = await readModelAndData(path, flags);
  if (out !== undefined) await makeFolder(out);
  return finish(await sample(source, options, terminal), source.seconds, flags, terminal);
}

function check(options: LaplaceFitOptions | InlaFitOptions): void {
  if (options.engine === "laplace") completeLaplaceOptions(options);
  else completeInlaOptions(options);
}
