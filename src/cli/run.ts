import { Command, CommanderError } from "commander";
import { type Plugin, version } from "../index.js";
import { checkCommand } from "./check.js";
import { type CompareFlags, compareCommand } from "./compare.js";
import { explanation } from "./explanation.js";
import { finish } from "./finish.js";
import { type AnyFitFlags, fitSource, madeFit } from "./fitSource.js";
import { type LooFlags, looCommand } from "./loo.js";
import type { SourceFlags } from "./modelSource.js";
import { compareOptions, fitOptions, looOptions, sourceOptions } from "./options.js";
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

function outputOptions(command: Command): Command {
  return command
    .option("--covariance", "show the covariance matrix of each random term, its correlations and its LDL' factors")
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", strictHelp);
}

function commandLine(terminal: Terminal, plugins: readonly Plugin[], done: (code: ExitCode) => void): Command {
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
  outputOptions(fitOptions(program.command("fit"), plugins))
    .description("sample or approximate the posterior of a model, or maximise its likelihood")
    .option(
      "--out <dir>",
      "write the fit to a folder: result.json, fit.json, model.glmm and, of a posterior, draws.csv",
    )
    .action(async (model: string | undefined, flags: AnyFitFlags, command: Command) =>
      done(await finish(await madeFit(model, { ...flags, plugins }, command, terminal), flags, terminal)),
    );
  outputOptions(fitOptions(program.command("summary"), plugins))
    .description("print the report of a saved fit, a folder of fit --out; a model is fitted first")
    .action(async (source: string | undefined, flags: AnyFitFlags, command: Command) =>
      done(await finish(await fitSource(source, { ...flags, plugins }, command, terminal), flags, terminal)),
    );
  sourceOptions(program.command("check"))
    .description("show the model in mathematics, its priors as used and the problems found; fits nothing")
    .action(async (model: string | undefined, flags: SourceFlags) =>
      done(await checkCommand(model, { ...flags, plugins }, terminal)),
    );
  compareOptions(program.command("compare"))
    .description("one model through several engines, or two models one against the other")
    .action(async (models: readonly string[], flags: CompareFlags) =>
      done(await compareCommand(models, { ...flags, plugins }, terminal)),
    );
  looOptions(program.command("loo"))
    .description("how well models predict rows or groups that are left out, and which does it best")
    .action(async (fits: readonly string[], flags: LooFlags, command: Command) =>
      done(await looCommand(fits, { ...flags, plugins }, command, terminal)),
    );
  return program;
}
