import { completeInlaOptions, completeLaplaceOptions, type InlaFitOptions, type LaplaceFitOptions } from "../index.js";
import type { BeforeFit } from "./beforeFit.js";
import { type Made, makeFolder, type OutputFlags } from "./finish.js";
import { sample } from "./fit.js";
import { readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import type { Terminal } from "./Terminal.js";

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

/** The model that the options name, by laplace or inla, or nuts where it is asked for and must be. */
export async function approximatedFit(
  path: string | undefined,
  flags: LaplaceFlags | InlaFlags,
  terminal: Terminal,
  before: BeforeFit,
): Promise<Made> {
  const { out, json, digits, covariance, strict, ...options } = withoutSource(flags);
  check(options); // before a large file is read
  const source = await readModelAndData(path, flags);
  await before(source);
  if (out !== undefined) await makeFolder(out);
  return sample(source, options, terminal);
}

function check(options: LaplaceFitOptions | InlaFitOptions): void {
  if (options.engine === "laplace") completeLaplaceOptions(options);
  else completeInlaOptions(options);
}
