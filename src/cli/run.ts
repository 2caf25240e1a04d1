import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import {
  ApproximationFailure,
  ComparisonError,
  comparedEngines,
  DataError,
  EngineError,
  FitFailure,
  ModelError,
  mlMethods,
  OptionsError,
  SamplingError,
} from "../index.js";
import { approximateCommand, type InlaFlags, type LaplaceFlags } from "./approximate.js";
import { checkCommand } from "./check.js";
import { type CompareFlags, compareCommand } from "./compare.js";
import { type FitFlags, fitCommand } from "./fit.js";
import { type MlFlags, mlCommand } from "./ml.js";
import type { SourceFlags } from "./modelSource.js";
import { asFlags, type ExitCode, exitCodes, type Terminal, UsageError } from "./Terminal.js";
import { version } from "./version.js";

/** Runs one command line; returns the exit code. Nothing is thrown but defects of the program itself. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = commandLine(terminal, (code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

function report(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const [lines, code] = explanation(error);
  for (const line of lines) stderr.write(`${line}\n`);
  return code;
}

/** What to say of an error, and how to end. Throws one that is none of ours. */
function explanation(error: unknown): [lines: readonly string[], code: ExitCode] {
  if (error instanceof ModelError || error instanceof DataError) return [[error.message], exitCodes.usage];
  if (error instanceof UsageError || error instanceof ComparisonError)
    return [[`marginalia: ${error.message}`], exitCodes.usage];
  if (error instanceof ApproximationFailure) return [[`marginalia: ${asFlags(error.message)}`], exitCodes.failed];
  if (error instanceof SamplingError) return [[`marginalia: ${asFlags(error.message)}`], exitCodes.failed];
  if (error instanceof EngineError)
    return [
      [`marginalia: ${asFlags(error.message)}`],
      error instanceof FitFailure ? exitCodes.failed : exitCodes.usage,
    ];
  if (!(error instanceof OptionsError)) throw error;
  // Null stands for an option that was left out.
  const problems = error.problems.map((problem) => asFlags(`--${problem.replace(/, or null$/, "")}`));
  return [problems.map((problem) => `marginalia: ${problem}`), exitCodes.usage];
}

const help = `
Exit codes: 0 done; 1 the fit failed, or must not be trusted and --strict was given;
2 wrong usage, model or data.`;

const strictHelp =
  "exit with 1 if the result must not be trusted: it is partial, a diagnostic warns, or a prior is improper " +
  "(notes on the data alone do not count)";

function commandLine(terminal: Terminal, finish: (code: ExitCode) => void): Command {
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
  likelihoodOptions(approximationOptions(samplerOptions(sourceOptions(program.command("fit")))))
    .description("sample or approximate the posterior of a model, or maximise its likelihood")
    .option("--out <dir>", "write fit.json, model.glmm and, of a posterior, draws.csv to a folder")
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", strictHelp)
    .action(async (model: string | undefined, flags: FitFlags | LaplaceFlags | InlaFlags | MlFlags, command: Command) =>
      finish(await fitByEngine(model, flags, command, terminal)),
    );
  sourceOptions(program.command("check"))
    .description("show the model in mathematics, its priors as used and the problems found; fits nothing")
    .action(async (model: string | undefined, flags: SourceFlags) =>
      finish(await checkCommand(model, flags, terminal)),
    );
  compareOptions(program.command("compare"))
    .description("one model through several engines, or two models one against the other")
    .action(async (models: readonly string[], flags: CompareFlags) =>
      finish(await compareCommand(models, flags, terminal)),
    );
  return program;
}

/** The defaults among the flags are the sampler's: another engine gets those that were given. */
async function fitByEngine(
  model: string | undefined,
  flags: FitFlags | LaplaceFlags | InlaFlags | MlFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { missing } = flags;
  if (flags.engine === "ml") return mlCommand(model, { ...givenFlags(command), engine: "ml", missing }, terminal);
  if (flags.engine === "laplace" || flags.engine === "inla")
    return approximateCommand(model, { ...givenFlags(command), engine: flags.engine, missing }, terminal);
  return fitCommand(model, flags, terminal);
}

function givenFlags(command: Command): Partial<Omit<InlaFlags & MlFlags, "engine">> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"),
  );
}

/** What every command takes that reads a model and its data. */
function sourceOptions(command: Command): Command {
  return dataOptions(
    command.argument("[model]", "a .glmm file, or a folder with model.glmm and data.csv"),
    "an lme4 or brms formula in place of a model file",
    (formula: string) => formula,
  );
}

function compareOptions(command: Command): Command {
  const models = command.argument("[models...]", "one or two .glmm files, or folders with model.glmm and data.csv");
  return methodOptions(dataOptions(models, "an lme4 or brms formula in place of a model file, once or twice", repeated))
    .option(
      "--engines <names>",
      `one model: of ${comparedEngines.join(", ")}, with commas between them; two models: ml, or inla and laplace for a Bayes factor`,
      names,
    )
    .option("--against <file>", "one model: a fit made elsewhere, .csv or .json; may be given again", repeated)
    .option("--default-priors", "two models by inla or laplace: a Bayes factor though priors are defaults")
    .option("--seed <seed>", "nuts, laplace, inla: seed of the random streams (default: 1)", seed)
    .option("--chains <n>", "nuts: chains (default: 4)", number)
    .option("--draws <n>", "nuts: draws of each chain (default: 1000)", number)
    .option("--workers <n>", "nuts: worker threads, 0 for none", number)
    .option("--json", "print one JSON document instead of the tables")
    .option("--strict", "exit with 1 if the result must not be trusted");
}

function dataOptions<T>(command: Command, formula: string, parse: (text: string, before: T | undefined) => T): Command {
  return command
    .option("--data <file>", "a CSV or TSV file (default: data.csv beside the model)")
    .option("--delimiter <character>", 'what stands between its cells, as in ";" or tab (default: by the ending)')
    .option("--formula <formula>", formula, parse)
    .option("--family <name>", "the family that goes with --formula")
    .addOption(choice("--missing <what>", "rows with missing values", "drop", "error"));
}

function samplerOptions(command: Command): Command {
  return command
    .addOption(
      choice(
        "--engine <name>",
        "the posterior by nuts, laplace or inla, or maximum likelihood",
        "nuts",
        "laplace",
        "inla",
        "ml",
      ),
    )
    .option("--chains <n>", "chains", number, 4)
    .option("--warmup <n>", "iterations that tune each chain (default: 150 transported, else 1000)", number)
    .option("--draws <n>", "draws of each chain, or the most with --target-ess (default: 1000, or 10000)", number)
    .option("--target-ess <n>", "end when every quantity has this bulk ESS and an R-hat below 1.01", number)
    .option("--time-limit <seconds>", "end after so many seconds of sampling with what has been drawn", number)
    .option("--seed <seed>", "seed of the random streams, a number or a text", seed, "1")
    .addOption(
      new Option(
        "--algorithm <name>",
        "No-U-Turn sampler, or HMC of a set time (default: hmc transported, else nuts)",
      ).choices(["nuts", "hmc"]),
    )
    .addOption(
      choice(
        "--parametrization <name>",
        "coordinates of the sampler: nearly standard normal ones, standardised effects or the effects themselves",
        "transported",
        "noncentred",
        "centred",
      ),
    )
    .addOption(
      new Option("--metric <shape>", "inverse mass matrix, noncentred and centred (default: diagonal)").choices([
        "diagonal",
        "dense",
      ]),
    )
    .option(
      "--target-acceptance <p>",
      "mean acceptance that the step size is tuned to (default: 0.9 transported, else 0.8)",
      number,
    )
    .option("--max-tree-depth <n>", "trajectories end at 2^n - 1 steps", number, 10)
    .option("--step-size <size>", "step size to start from, or to keep with --warmup 0", number)
    .option(
      "--start-radius <r>",
      "how far starts spread: in posterior sds about the mode, or uniform on (-r, r) on the unconstrained scale",
      number,
      2,
    )
    .addOption(choice("--random-effects <what>", "what is kept of random effects", "draws", "summary", "none"))
    .option(
      "--workers <n>",
      "worker threads, 0 for none; the draws are the same (default: one a chain, as processors allow)",
      number,
    );
}

function approximationOptions(command: Command): Command {
  return command
    .option("--escalate", "laplace, inla: go on to nuts where the approximation's guard does not trust it")
    .addOption(
      new Option(
        "--integration <how>",
        "inla: random effects by quadrature, or the classical nested Laplace approximation (default: auto)",
      ).choices(["auto", "laplace", "aghq"]),
    )
    .addOption(
      new Option("--latent <shape>", "inla: marginals of the random effects (default: simplified)").choices([
        "gaussian",
        "simplified",
        "full",
      ]),
    )
    .option(
      "--lincomb <sum>",
      'inla: the marginal of a sum of coefficients and random effects, as in "beta[x] + 2 * beta[z]"; may be repeated',
      repeated,
    )
    .option(
      "--grid <spacing>",
      "inla: a grid over the hyperparameters, in posterior sds (default: 1 for up to two of them, else a design)",
      number,
    )
    .option("--criteria", "inla: DIC, WAIC, and of each row CPO and PIT");
}

function likelihoodOptions(command: Command): Command {
  return methodOptions(command)
    .addOption(
      new Option("--scale <what>", "ml, pql: residual scale held at 1 or estimated (default: fixed)").choices([
        "fixed",
        "free",
      ]),
    )
    .option(
      "--importance-draws <n>",
      "ml, laplace of crossed factors: draws that check the likelihood, 0 for none (default: 200)",
      number,
    )
    .option("--penalized", "ml, aghq and laplace: the likelihood times the priors, for posterior modes")
    .addOption(
      new Option("--intervals <kind>", "ml: from standard errors or the profile likelihood (default: wald)").choices([
        "wald",
        "profile",
      ]),
    );
}

/** How a likelihood is computed. */
function methodOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--method <name>", "ml: the method (default: the one that suits the model)").choices(mlMethods),
    )
    .option(
      "--points <k>",
      "ml, aghq and em: quadrature points a dimension; auto raises them until the likelihood is still (default: auto)",
      points,
    )
    .option("--reml", "ml, lmm: restricted maximum likelihood");
}

function points(text: string): number | "auto" {
  if (text === "auto") return text;
  if (text.trim() === "" || !Number.isFinite(Number(text)))
    throw new InvalidArgumentError("It must be a number or auto.");
  return Number(text);
}

/** The first choice is the default. */
function choice(flags: string, description: string, ...choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).default(choices[0]);
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function names(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}

/** An empty one is a variable that was not set. */
function seed(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must be a number or a text.");
  return text;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}
