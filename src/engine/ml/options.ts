import { acceptedOptions, defaultsOf, optionProblems, withDefaults } from "../checkOptions.js";
import { type OptionsOf, option } from "../OptionSchema.js";
import type { OptionProblem } from "../OptionsError.js";
import { choice, number, probability, seed, trueOrFalse, whole, wordOr } from "../optionTypes.js";

/** The methods of maximum likelihood that can be asked for. */
export const mlMethods = ["lmm", "aghq", "laplace", "pql", "em", "conditional"] as const;
/** A method of maximum likelihood by its name in the options. */
export type MlMethod = (typeof mlMethods)[number];

/** The kinds of intervals of the parametric bootstrap. */
export const bootstrapTypes = ["percentile", "basic", "norm", "bc"] as const;
/** A kind of intervals of the parametric bootstrap. */
export type BootstrapType = (typeof bootstrapTypes)[number];

/** The largest Gauss-Hermite rule. */
const MOST_POINTS = 100;
/** Fewer importance draws have too short a tail to be judged by. */
const LEAST_DRAWS = 40;
const MOST_DRAWS = 1e6;

const isImportanceCount = (count: number) =>
  count === 0 || (count >= LEAST_DRAWS && count <= MOST_DRAWS && count % 2 === 0);

export const mlSchema = {
  method: option(choice("auto", ...mlMethods), {
    default: "auto",
    defaultInWords: "`lmm` for a normal response under the identity link, `laplace` where factors cross, else `aghq`",
    sentence: "the method",
    example: "laplace",
  }),
  points: option(wordOr("auto", whole(1, MOST_POINTS)), {
    default: "auto",
    defaultInWords: "`auto`: aghq raises them until the log-likelihood no longer moves, em takes 15",
    sentence: "quadrature points a dimension, of the methods aghq and em",
    example: 25,
  }),
  reml: option(trueOrFalse(), {
    default: false,
    sentence: "restricted maximum likelihood, of the method lmm",
    example: true,
  }),
  scale: option(choice("fixed", "free"), {
    default: "fixed",
    sentence: "the variance of the method pql: the family's own, or that times a scale that is estimated",
    example: "free",
  }),
  intervals: option(choice("wald", "profile", "bootstrap"), {
    default: "wald",
    sentence:
      "intervals from standard errors, from the profile likelihood (methods lmm, aghq and laplace), which takes some tens of maximisations a parameter, or from fits of responses simulated at the estimates (parametric bootstrap; all methods but conditional)",
    example: "profile",
  }),
  replicates: option(whole(2, 1_000_000), {
    default: 1000,
    sentence: "responses that the bootstrap simulates and fits",
    example: 400,
  }),
  bootstrapType: option(choice(...bootstrapTypes), {
    default: "percentile",
    sentence:
      "intervals of the bootstrap: between quantiles of the simulated estimates (percentile), twice the estimate less these (basic), the estimate less the bias, and the normal quantile times their sd on either side (norm), or between quantiles corrected for their median's bias (bc)",
    example: "basic",
  }),
  level: option(probability(), { default: 0.95, sentence: "probability of the intervals", example: 0.9 }),
  penalized: option(trueOrFalse(), {
    default: false,
    sentence:
      "maximises the likelihood times the prior density of the parameters on their own scale, which gives posterior modes (methods aghq and laplace); else priors are ignored",
    example: true,
  }),
  importanceDraws: option(
    number(`an even number from ${LEAST_DRAWS} to ${MOST_DRAWS}, or 0 for no check`, isImportanceCount),
    {
      default: 200,
      sentence:
        "draws of the importance sampling that checks the log-likelihood at the estimates, of the method laplace where factors cross; 0 for none",
      example: 1000,
    },
  ),
  seed: option(seed(), { default: 1, sentence: "seed of the random streams, a number or a text", example: 7 }),
};

/** How to maximise. */
export type MlOptions = OptionsOf<typeof mlSchema>;

export const defaultMlOptions: MlOptions = defaultsOf(mlSchema);

/** Why a method cannot take priors in. */
const withoutPriors: Readonly<Partial<Record<MlOptions["method"], string>>> = {
  lmm: "lmm works the coefficients out of the likelihood, where no prior could reach them; laplace is exact for a normal response",
  pql: "pql has no likelihood that a prior could multiply; take aghq or laplace",
  em: "em is a check of plain aghq; take aghq or laplace",
  conditional: "the conditional likelihood is not that of the model's parameters; take aghq or laplace",
};

const withoutProfile: readonly MlOptions["method"][] = ["pql", "em", "conditional"];

/** What is wrong with options, by themselves and with one another. */
export function mlOptionProblems(options: MlOptions): OptionProblem[] {
  return [
    ...optionProblems(mlSchema, options),
    ...conflicts(withDefaults(mlSchema, acceptedOptions(mlSchema, options))),
  ];
}

function conflicts(options: MlOptions): OptionProblem[] {
  const { method, points, reml, scale, intervals, penalized, importanceDraws } = options;
  const problems: OptionProblem[] = [];
  const refuse = (option: string, message: string) => problems.push({ option, code: "conflict", message });
  if (reml && method !== "auto" && method !== "lmm")
    refuse("reml", `reml is true, but the method is "${method}"; only lmm has a restricted likelihood`);
  if (scale === "free" && method !== "pql")
    refuse("scale", `scale is "free", but the method is "${method}"; only pql has one`);
  if (points !== "auto" && !["auto", "aghq", "em"].includes(method))
    refuse("points", `points is ${points}, but the method is "${method}"; only aghq and em take points`);
  if (intervals === "profile" && withoutProfile.includes(method))
    refuse("intervals", `intervals is "profile", but the method is "${method}"; only lmm, aghq and laplace have them`);
  if (importanceDraws !== defaultMlOptions.importanceDraws && method !== "auto" && method !== "laplace")
    refuse(
      "importanceDraws",
      `importanceDraws is ${importanceDraws}, but the method is "${method}"; only laplace has a check by them`,
    );
  for (const [option, message] of bootstrapConflicts(options)) refuse(option, message);
  const refusal = withoutPriors[method];
  if (penalized && refusal !== undefined) refuse("penalized", `penalized is true, but ${refusal}`);
  if (penalized && reml)
    refuse(
      "penalized",
      "penalized is true, but reml is too, which has the coefficients integrated out under flat priors; take one of the two",
    );
  return problems;
}

function bootstrapConflicts({ method, scale, intervals, replicates, bootstrapType }: MlOptions): [string, string][] {
  if (intervals !== "bootstrap") {
    const given = { replicates, bootstrapType };
    const unused = (["replicates", "bootstrapType"] as const).filter((name) => given[name] !== defaultMlOptions[name]);
    return unused.map((name) => [
      name,
      `${name} is ${given[name]}, but intervals is "${intervals}"; only "bootstrap" takes it`,
    ]);
  }
  if (method === "conditional")
    return [
      [
        "intervals",
        'intervals is "bootstrap", but the method is "conditional", which estimates no intercept and no sd, so that no responses can be simulated; take "aghq" or "laplace"',
      ],
    ];
  if (scale === "free")
    return [
      [
        "intervals",
        'intervals is "bootstrap", but scale is "free", which is a variance and no distribution that responses could be simulated from; take scale "fixed", or a family with a dispersion',
      ],
    ];
  return [];
}
