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
}

export const mlMethods = ["lmm", "aghq", "laplace", "pql", "em", "conditional"] as const;
export type MlMethod = (typeof mlMethods)[number];

export const defaultMlOptions: MlOptions = {
  method: "auto",
  points: "auto",
  reml: false,
  scale: "fixed",
  intervals: "wald",
};

const withoutProfile: readonly MlOptions["method"][] = ["pql", "em", "conditional"];

/** The largest Gauss-Hermite rule. */
const MOST_POINTS = 100;

/** What is wrong with options, one line each: the option, its value and what is allowed. */
export function mlOptionProblems({ method, points, reml, scale, intervals }: MlOptions): string[] {
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
  return problems;
}
