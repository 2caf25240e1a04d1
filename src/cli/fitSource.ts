import type { Command } from "commander";
import { approximatedFit, type InlaFlags, type LaplaceFlags } from "./approximatedFit.js";
import { definedFit } from "./defined.js";
import type { Made } from "./finish.js";
import { type FitFlags, sampledFit } from "./fit.js";
import { type MlFlags, maximisedFit } from "./maximisedFit.js";
import { type Terminal, UsageError } from "./Terminal.js";

/** The options of a fit by any engine. */
export type AnyFitFlags = FitFlags | LaplaceFlags | InlaFlags | MlFlags;

/** Options that say how a fit is shown or read, not how it is made. */
const ofShowing: readonly string[] = ["json", "digits", "covariance", "strict", "plugin"];

/**
 * The fit that FIT names: of a folder that `fit --out` wrote, or of a MODEL, which is fitted first with the options given.
 * `own` are the options of the command that are none of a fit, `shared` those that both it and a fit that it makes take. Throws UsageError for options of fitting beside a folder, ResultError where the folder is damaged, and what fits throw.
 */
export async function fitSource(
  path: string | undefined,
  flags: AnyFitFlags,
  command: Command,
  terminal: Terminal,
  own: readonly string[] = [],
  shared: readonly string[] = [],
): Promise<Made> {
  if (path === undefined) return madeFit(path, flags, command, terminal, own);
  const { hasFit, load } = await import("../folder/load.js");
  if (!(await hasFit(path))) return madeFit(path, flags, command, terminal, own);
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
  own: readonly string[] = [],
): Promise<Made> {
  const { missing, plugins = [] } = flags;
  const given = { ...givenFlags(command, own), missing, plugins };
  const defined = plugins.flatMap(({ engines }) => engines).find(({ name }) => name === flags.engine);
  if (defined !== undefined) return definedFit(model, defined, given, terminal);
  if (flags.engine === "ml") return maximisedFit(model, { ...given, engine: "ml" }, terminal);
  if (flags.engine === "laplace" || flags.engine === "inla")
    return approximatedFit(model, { ...given, engine: flags.engine }, terminal);
  // Documents of nuts have the default seed as a text.
  return sampledFit(model, { ...flags, seed: flags.seed ?? "1" }, terminal);
}

function givenFlags(command: Command, own: readonly string[]): Partial<Omit<InlaFlags & MlFlags, "engine">> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(
      ([name]) => command.getOptionValueSource(name) === "cli" && !own.includes(name),
    ),
  );
}
