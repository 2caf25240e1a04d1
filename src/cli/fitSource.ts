import type { Command } from "commander";
import { approximatedFit, type InlaFlags, type LaplaceFlags } from "./approximatedFit.js";
import { beforeFit, type CheckOfModel } from "./beforeFit.js";
import { definedFit } from "./defined.js";
import type { Made } from "./finish.js";
import { type FitFlags, sampledFit } from "./fit.js";
import { type MlFlags, maximisedFit } from "./maximisedFit.js";
import { type Terminal, UsageError } from "./Terminal.js";

/** The options of a fit by any engine. */
export type AnyFitFlags = FitFlags | LaplaceFlags | InlaFlags | MlFlags;

/** Options that say how a fit is shown or read, not how it is made. */
const ofShowing: readonly string[] = ["json", "digits", "covariance", "strict", "plugin"];

/** What a command has besides a fit. */
export interface FitUse {
  /** Its options that are none of a fit. */
  readonly own?: readonly string[];
  /** Those that both it and a fit that it makes take. */
  readonly shared?: readonly string[];
  /** Whether it can be had of a model, asked before the model is fitted. */
  readonly check?: CheckOfModel;
}

/**
 * The fit that FIT names: of a folder that `fit --out` wrote, or of a MODEL, which is fitted first with the options given.
 * Throws UsageError for options of fitting beside a folder, ResultError where the folder is damaged, what the check throws, and what fits throw.
 */
export async function fitSource(
  path: string | undefined,
  flags: AnyFitFlags,
  command: Command,
  terminal: Terminal,
  use: FitUse = {},
): Promise<Made> {
  const { own = [], shared = [] } = use;
  if (path === undefined) return madeFit(path, flags, command, terminal, use);
  const { hasFit, load } = await import("../folder/load.js");
  if (!(await hasFit(path))) return madeFit(path, flags, command, terminal, use);
  const [unused] = command.options.filter((option) => {
    const name = option.attributeName();
    return command.getOptionValueSource(name) === "cli" && ![...ofShowing, ...own, ...shared].includes(name);
  });
  if (unused !== undefined)
    throw new UsageError(
      `"${path}" is a saved fit, and ${unused.long} is an option of fitting\n  leave it out, or give the model to fit it anew`,
    );
  const start = performance.now();
  const { plugins } = flags;
  const result = await load(path, plugins === undefined ? {} : { plugins });
  return { result, isInterrupted: false, read: (performance.now() - start) / 1000 };
}

/** A model fitted by the engine that was asked for, which gets the options that were given. */
export async function madeFit(
  model: string | undefined,
  flags: AnyFitFlags,
  command: Command,
  terminal: Terminal,
  { own = [], check }: FitUse = {},
): Promise<Made> {
  const { missing, plugins = [] } = flags;
  const given = { ...givenFlags(command, own), missing, plugins };
  const before = beforeFit(flags, check);
  const defined = plugins.flatMap(({ engines }) => engines).find(({ name }) => name === flags.engine);
  if (defined !== undefined) return definedFit(model, defined, given, terminal, before);
  if (flags.engine === "ml") return maximisedFit(model, { ...given, engine: "ml" }, terminal, before);
  if (flags.engine === "laplace" || flags.engine === "inla")
    return approximatedFit(model, { ...given, engine: flags.engine }, terminal, before);
  // Documents of nuts have the default seed as a text.
  return sampledFit(model, { ...flags, seed: flags.seed ?? "1" }, terminal, before);
}

function givenFlags(command: Command, own: readonly string[]): Partial<Omit<InlaFlags & MlFlags, "engine">> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(
      ([name]) => command.getOptionValueSource(name) === "cli" && !own.includes(name),
    ),
  );
}
