import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ChainError, DataError, ModelError, OptionsError, SamplingError } from "../index.js";
import { type CheckFlags, checkCommand } from "./check.js";
import { type FitFlags, fitCommand } from "./fit.js";
import { type ExitCode, exitCodes, type Terminal, UsageError } from "./Terminal.js";

/** Runs one command line; returns the exit code. Nothing is thrown but defects of the program itself. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = commandLine(terminal, (code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) program.outputHelp({ error: true });
    await program.parseAsync(argv, { from: "user" });
    return argv.length === 0 ? exitCodes.usage : exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

function report(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof ModelError || error instanceof DataError) {
    stderr.write(`${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof OptionsError || error instanceof UsageError) {
    stderr.write(`marginalia: ${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof SamplingError) {
    stderr.write(`marginalia: ${error.message}\n${finishedChains(error)}`);
    return exitCodes.failed;
  }
  throw error;
}

function finishedChains(error: SamplingError): string {
  if (!(error instanceof ChainError)) return "";
  const chains = error.finished?.posterior.record.chains.length ?? 0;
  return chains === 0
    ? "  no other chain was done\n"
    : `  ${chains} other chains were done; --out DIR keeps their draws\n`;
}

function commandLine(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command("marginalia")
    .description("Bayesian generalized linear mixed models: a model text and a table in, a posterior out.")
    .version("0.1.0")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  modelOptions(program.command("fit"))
    .description("sample the posterior of a model")
    .addOption(new Option("--engine <name>", "engine").choices(["nuts"]).default("nuts"))
    .option("--chains <n>", "chains", number, 4)
    .option("--warmup <n>", "iterations that tune each chain", number, 1000)
    .option("--draws <n>", "draws of each chain", number, 1000)
    .option("--seed <seed>", "seed of the random streams", "1")
    .addOption(
      new Option("--algorithm <name>", "No-U-Turn sampler or static HMC").choices(["nuts", "hmc"]).default("nuts"),
    )
    .addOption(
      new Option("--parametrization <name>", "what is sampled of the random effects")
        .choices(["noncentred", "centred"])
        .default("noncentred"),
    )
    .addOption(new Option("--metric <shape>", "inverse mass matrix").choices(["diagonal", "dense"]).default("diagonal"))
    .option("--target-acceptance <p>", "mean acceptance that the step size is tuned to", number, 0.8)
    .option("--max-tree-depth <n>", "trajectories end at 2^n - 1 steps", number, 10)
    .option("--step-size <size>", "step size to start from, or to keep with --warmup 0", number)
    .option(
      "--workers <n>",
      "worker threads, 0 for none; the draws are the same (default: one a chain, as processors allow)",
      number,
    )
    .option("--out <dir>", "write fit.json, draws.csv and model.glmm to a folder")
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the result must not be trusted")
    .action(async (model: string | undefined, flags: FitFlags) => finish(await fitCommand(model, flags, terminal)));
  modelOptions(program.command("check"))
    .description("show the model in mathematics, its priors as used and the problems found; fits nothing")
    .action(async (model: string | undefined, flags: CheckFlags) => finish(await checkCommand(model, flags, terminal)));
  return program;
}

/** What every command takes that reads a model and its data. */
function modelOptions(command: Command): Command {
  return command
    .argument("[model]", "a .glmm file, or a folder with model.glmm and data.csv")
    .option("--data <file>", "a CSV or TSV file (default: data.csv of the model's folder)")
    .option("--formula <formula>", "an lme4 or brms formula in place of a model file")
    .option("--family <name>", "the family that goes with --formula")
    .addOption(new Option("--missing <what>", "rows with missing values").choices(["drop", "error"]).default("drop"));
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}
