/** How to maximise. */
export interface MlOptions {
  /**
   * Default "auto": lmm for a normal response under the identity link, else aghq, and laplace where factors cross.
   */
  readonly method: MlMethod | "auto";
  /**
   * aghq and em: quadrature points a dimension. Default "auto": aghq raises them until the log-likelihood no longer moves, em takes 15.
   */
  readonly points: number | "auto";
  /** lmm: restricted maximum likelihood. Default false. */
  readonly reml: boolean;
  /** pql: the family's own variance, or that times a scale to be estimated. Default "fixed". */
  readonly scale: "fixed" | "free";
  /**
   * lmm, aghq and laplace: intervals from standard errors, or from the profile likelihood, which costs some tens of maximisations a
   * parameter. Default "wald".
   */
  readonly intervals: "wald" | "profile";
  /** Probability of the intervals, in (0, 1). Default 0.95. */
  readonly level: number;
  /**
   * aghq and laplace: maximise the likelihood times the prior density of the parameters on their own scale, which gives posterior modes.
   * Default false: priors are ignored.
   */
  readonly penalized: boolean;
  /**
   * laplace, where quadrature does not reach: draws of the importance sampling that checks the log-likelihood at the estimates, 0 for
   * none. Default 200: with fewer the tail of good weights is taken for heavy too often.
   */
  readonly importanceDraws: number;
  /** Of the importance draws. Default 1. A number and the text that prints it are the same seed. */
  readonly seed: number | string;
}

export const mlMethods = ["lmm", "aghq", "laplace", "pql", "em", "conditional"] as const;
export type MlMethod = (typeof mlMethods)[number];

export const defaultMlOptions: MlOptions = {
  method: "auto",
  points: "auto",
  reml: false,
  scale: "fixed",
  intervals: "wald",
  level: 0.95,
  penalized: false,
  importanceDraws: 200,
  seed: 1,
};

/** Why a method cannot take priors in. */
const withoutPriors: Readonly<Partial<Record<MlOptions["method"], string>>> = {
  lmm: "lmm works the coefficients out of the likelihood, where no prior could reach them; laplace is exact for a normal response",
  pql: "pql has no likelihood that a prior could multiply; take aghq or laplace",
  em: "em is a check of plain aghq; take aghq or laplace",
  conditional: "the conditional likelihood is not that of the model's parameters; take aghq or laplace",
};

const withoutProfile: readonly MlOptions["method"][] = ["pql", "em", "conditional"];

/** The largest Gauss-Hermite rule. */
const MOST_POINTS = 100;
/** Fewer importance draws have too short a tail to be judged by. */
const LEAST_DRAWS = 40;
const MOST_DRAWS = 1e6;

/** What is wrong with options, one line each: the option, its value and what is allowed. */
export function mlOptionProblems(options: MlOptions): string[] {
  const { method, points, reml, scale, intervals, penalized } = options;
  const problems: string[] = [];
  if (method !== "auto" && !mlMethods.includes(method))
    problems.push(
      `method is ${JSON.stringify(method)}; allowed: ${["auto", ...mlMethods].map((m) => `"${m}"`).join(" or ")}`,
    );
  const isCount = typeof points === "number" && Number.isInteger(points) && points >= 1 && points <= MOST_POINTS;
  if (points !== "auto" && !isCount)
    problems.push(`points is ${String(points)}; allowed: "auto" or a whole number from 1 to ${MOST_POINTS}`);
  if (typeof reml !== "boolean") problems.push(`reml is ${String(reml)}; allowed: true or false`);
  if (scale !== "fixed" && scale !== "free")
    problems.push(`scale is ${JSON.stringify(scale)}; allowed: "fixed" or "free"`);
  if (reml === true && method !== "auto" && method !== "lmm")
    problems.push(`reml is true, but the method is "${method}"; only lmm has a restricted likelihood`);
  if (scale === "free" && method !== "pql")
    problems.push(`scale is "free", but the method is "${method}"; only pql has one`);
  if (points !== "auto" && method !== "auto" && method !== "aghq" && method !== "em")
    problems.push(`points is ${String(points)}, but the method is "${method}"; only aghq and em take points`);
  if (intervals !== "wald" && intervals !== "profile")
    problems.push(`intervals is ${JSON.stringify(intervals)}; allowed: "wald" or "profile"`);
  if (intervals === "profile" && withoutProfile.includes(method))
    problems.push(`intervals is "profile", but the method is "${method}"; only lmm, aghq and laplace have them`);
  if (typeof penalized !== "boolean") problems.push(`penalized is ${String(penalized)}; allowed: true or false`);
  problems.push(...importanceProblems(options));
  const refusal = withoutPriors[method];
  if (penalized === true && refusal !== undefined) problems.push(`penalized is true, but ${refusal}`);
  if (penalized === true && reml === true)
    problems.push(
      "penalized is true, but reml is too, which has the coefficients integrated out under flat priors; take one of the two",
    );
  return problems;
}

function importanceProblems({ method, importanceDraws, seed }: MlOptions): string[] {
  const problems: string[] = [];
  const isCount = importanceDraws >= LEAST_DRAWS && importanceDraws <= MOST_DRAWS && importanceDraws % 2 === 0;
  if (importanceDraws !== 0 && !isCount)
    problems.push(
      `importanceDraws is ${String(importanceDraws)}; allowed: an even number from ${LEAST_DRAWS} to ${MOST_DRAWS}, or 0 for no check`,
    );
  if (importanceDraws !== defaultMlOptions.importanceDraws && method !== "auto" && method !== "laplace")
    problems.push(
      `importanceDraws is ${String(importanceDraws)}, but the method is "${method}"; only laplace has a check by them`,
    );
  if (typeof seed !== "string" && !Number.isFinite(seed))
    problems.push(`seed is ${String(seed)}; allowed: a finite number or a text`);
  return problems;
}
