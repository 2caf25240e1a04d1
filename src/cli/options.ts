import { type Command, InvalidArgumentError, Option } from "commander";
import { comparedEngines, mlMethods } from "../index.js";

/** What every command takes that reads a model and its data. */
export function sourceOptions(command: Command): Command {
  return dataOptions(
    command.argument("[model]", "a .glmm file, or a folder with model.glmm and data.csv"),
    "an lme4 or brms formula in place of a model file",
    (formula: string) => formula,
  );
}

/** What `fit` takes: its source, and the options of every engine. */
export function fitOptions(command: Command): Command {
  return displayOptions(likelihoodOptions(approximationOptions(samplerOptions(sourceOptions(command)))));
}

export function compareOptions(command: Command): Command {
  const models = command.argument("[models...]", "one or two .glmm files, or folders with model.glmm and data.csv");
  return displayOptions(
    methodOptions(dataOptions(models, "an lme4 or brms formula in place of a model file, once or twice", repeated)),
  )
    .option(
      "--engines <names>",
      `one model: of ${comparedEngines.join(", ")}, with commas between them; two models: ml, or inla and laplace for a Bayes factor`,
      names,
    )
    .option(
      "--common-rows",
      "two models: on the rows that both use, where one misses values that the other does not read",
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
    .addOption(new Option("--decimal <mark>", "its decimal mark (default: a point, or as found)").choices([".", ","]))
    .option("--na <texts>", 'cells that are missing besides empty ones, NA and NaN, as in ".,-99"', names)
    .option("--text <columns>", "columns that are text whatever their cells look like, as in id,zip", names)
    .option("--formula <formula>", formula, parse)
    .option("--family <name>", "the family that goes with --formula", parse)
    .option("--link <name>", "the link that goes with --formula (default: the family's usual one)", parse)
    .addOption(choice("--missing <what>", "rows with missing values", "drop", "error"));
}

/** How the numbers of a report are shown. */
function displayOptions(command: Command): Command {
  return command
    .option("--level <p>", "probability of intervals (default: 0.9 of a posterior, 0.95 of maximum likelihood)", number)
    .option(
      "--digits <n>",
      "significant digits of every number (default: as many as its Monte Carlo error supports, else 4)",
      digits,
    );
}

function digits(text: string): number {
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= 15))
    throw new InvalidArgumentError("It must be a whole number from 1 to 15.");
  return count;
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
    .option(
      "--draws <n>",
      "draws of each chain, or the most with --target-ess (default: 1000 to 4000 as R-hat and ESS call for, or 10000)",
      number,
    )
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
      "mean acceptance that the step size is tuned to (default: 0.9 transported, but 0.8 with a single factor of more than 100 levels; else 0.8)",
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
      "worker threads, 0 for none; the draws are the same (default: none for a small model, else one a chain, as processors allow)",
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
      "inla: a grid over the hyperparameters, in posterior sds (default: 1 for up to two of them, else a product of rules or a design)",
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
