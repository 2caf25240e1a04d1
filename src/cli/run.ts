import { Command, CommanderError } from "commander";
import { type Plugin, version } from "../index.js";
import { approximateCommand, type InlaFlags, type LaplaceFlags } from "./approximate.js";
import { checkCommand } from "./check.js";
import { type CompareFlags, compareCommand } from "./compare.js";
import { definedCommand } from "./defined.js";
import { explanation } from "./explanation.js";
import { type FitFlags, fitCommand } from "./fit.js";
import { type MlFlags, mlCommand } from "./ml.js";
import type { SourceFlags } from "./modelSource.js";
import { compareOptions, fitOptions, sourceOptions } from "./options.js";
import { pluginsOf } from "./plugins.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";

/** Runs one command line; returns the exit code. Nothing is thrown. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  try {
    const plugins = await pluginsOf(argv);
    const program = commandLine(terminal, plugins, (code) => {
      exitCode = code;
    });
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

function report(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const { lines, code } = explanation(error);
  for (const line of lines) stderr.write(`${line}\n`);
  return code;
}

const help = `
Exit codes: 0 done; 1 the fit failed, or must not be trusted and --strict was given;
2 wrong usage, model or data; 130 stopped by Ctrl-C.`;

const strictHelp =
  "exit with 1 if the result must not be trusted: it is partial, a diagnostic warns, or a prior is improper " +
  "(notes on the data alone do not count)";

function commandLine(terminal: Terminal, plugins: readonly Plugin[], finish: (code: ExitCode) => void): Command {
  const program = new Command("marginalia")
    .description("Bayesian generalized linear mixed models: a model text and a table in, a posterior out.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("afterAll", help)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "marginalia: ")),
    });
  fitOptions(program.command("fit"), plugins)
    .description("sample or approximate the posterior of a model, or maximise its likelihood")
    .option("--out <dir>", "write fit.json, model.glmm and, of a posterior, draws.csv to a folder")
    .option("--covariance", "show the covariance matrix of each random term, its correlations and its LDL' factors")
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", strictHelp)
    .action(async (model: string | undefined, flags: FitFlags | LaplaceFlags | InlaFlags | MlFlags, command: Command) =>
      finish(await fitByEngine(model, { ...flags, plugins }, command, terminal)),
    );
  sourceOptions(program.command("check"))
    .description("show the model in mathematics, its priors as used and the problems found; fits nothing")
    .action(async (model: string | undefined, flags: SourceFlags) =>
      finish(await checkCommand(model, { ...flags, plugins }, terminal)),
    );
  compareOptions(program.command("compare"))
    .description("one model through several engines, or two models one against the other")
    .action(async (models: readonly string[], flags: CompareFlags) =>
      finish(await compareCommand(models, { ...flags, plugins }, terminal)),
    );
  return program;
}

/** Each engine gets the options that were given. */
async function fitByEngine(
  model: string | undefined,
  flags: FitFlags | LaplaceFlags | InlaFlags | MlFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { missing, plugins = [] } = flags;
  const given = { ...givenFlags(command), missing, plugins };
  const defined = plugins.flatMap(({ engines }) => engines).find(({ name }) => name === flags.engine);
  if (defined !== undefined) return definedCommand(model, defined, given, terminal);
  if (flags.engine === "ml") return mlCommand(model, { ...given, engine: "ml" }, terminal);
  if (flags.engine === "laplace" || flags.engine === "inla")
    return approximateCommand(model, { ...given, engine: flags.engine }, terminal);
  // Documents of nuts have the default seed as a text.
  return fitCommand(model, { ...flags, seed: flags.seed ?? "1" }, terminal);
}

function givenFlags(command: Command): Partial<Omit<InlaFlags & MlFlags, "engine">> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"),
  );
}
