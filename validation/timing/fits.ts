import type { MlFitOptions } from "marginalia";

/** One maximum-likelihood fit, in our language and in that of others. */
export interface TimedFit {
  readonly name: string;
  /** A file of the data folder, or the simulated one. */
  readonly data: string;
  readonly model: string;
  readonly options: Omit<MlFitOptions, "engine">;
  /** Columns that R must make factors. */
  readonly factors: readonly string[];
  /** R expressions of the same fit of the data frame d. */
  readonly calls: readonly { readonly software: string; readonly call: string }[];
  /** A fit of `ml_more.json`, whose software Debian does not have. */
  readonly recorded?: string;
  /** The same fit by lme4 in `ml_lme4_glmmtmb.json`: how fast the machine of the recorded seconds was. */
  readonly calibration?: string;
}

const logistic = (formula: string, points: number) => ({
  software: "lme4",
  call: `glmer(${formula}, d, binomial, nAGQ = ${points})`,
});

const cbppFormula = "cbind(incidence, size - incidence) ~ period + (1 | herd)";

function cbpp(points: number): TimedFit {
  return {
    name: `cbpp k = ${points}`,
    data: "cbpp.csv",
    model: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
    options: { points },
    factors: ["period", "herd"],
    calls: [
      logistic(cbppFormula, points),
      ...(points === 1 ? [{ software: "glmmTMB", call: `glmmTMB(${cbppFormula}, d, binomial)` }] : []),
    ],
    calibration: `cbpp_agq${points}`,
  };
}

const epilepsyFormula = "count ~ post * trt + offset(log(weeks)) + (1 + post | subject)";

const epilepsy: Pick<TimedFit, "data" | "model" | "factors"> = {
  data: "epilepsy.csv",
  model: "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
  factors: ["subject"],
};

function epilepsyQuadrature(points: number): TimedFit {
  const name = `epilepsy slopes k = ${points}`;
  return { name, ...epilepsy, options: { points }, calls: [], recorded: `epilepsy_ga${points}` };
}

const epilFormula = "y ~ lbase * trt + lage + V4 + (1 | subject)";
const epil: Pick<TimedFit, "data" | "factors"> = { data: "epil.csv", factors: ["subject"] };

function sleepstudy(reml: boolean): TimedFit {
  return {
    name: `sleepstudy ${reml ? "REML" : "ML"}`,
    data: "sleepstudy.csv",
    model: "Reaction ~ normal(mu, sigma)\nmu = 1 + Days + (1 + Days | Subject)",
    options: { reml },
    factors: ["Subject"],
    calls: [
      { software: "lme4", call: `lmer(Reaction ~ Days + (Days | Subject), d, REML = ${reml ? "TRUE" : "FALSE"})` },
    ],
    calibration: reml ? "sleepstudy_reml" : "sleepstudy_ml",
  };
}

/** The file that `simulatedRatings` is written to. */
export const simulatedFile = "simulated.csv";

function simulated(reml: boolean): TimedFit {
  const call = `lmer(y ~ x + (1 | student) + (1 | lecturer), d, REML = ${reml ? "TRUE" : "FALSE"})`;
  return {
    name: `crossed LMM ${reml ? "REML" : "ML"}`,
    data: simulatedFile,
    model: "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | student) + (1 | lecturer)",
    options: { reml },
    factors: ["student", "lecturer"],
    calls: [{ software: "lme4", call }],
  };
}

const ticksFormula = "TICKS ~ YEAR + cHEIGHT + (1 | LOCATION) + (1 | BROOD) + (1 | INDEX)";

export const timedFits: readonly TimedFit[] = [
  cbpp(1),
  cbpp(25),
  {
    name: "epilepsy slopes Laplace",
    ...epilepsy,
    options: { method: "laplace" },
    calls: [
      { software: "lme4", call: `glmer(${epilepsyFormula}, d, poisson)` },
      { software: "glmmTMB", call: `glmmTMB(${epilepsyFormula}, d, poisson)` },
    ],
    calibration: "epilepsy_laplace",
  },
  epilepsyQuadrature(5),
  epilepsyQuadrature(11),
  epilepsyQuadrature(21),
  {
    name: "epil k = 25",
    ...epil,
    model: "y ~ poisson(mu)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)",
    options: { points: 25 },
    calls: [{ software: "lme4", call: `glmer(${epilFormula}, d, poisson, nAGQ = 25)` }],
    calibration: "epil_int_agq25",
  },
  {
    name: "epil neg. binomial Laplace",
    ...epil,
    model: "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)",
    options: { method: "laplace" },
    calls: [{ software: "glmmTMB", call: `glmmTMB(${epilFormula}, d, nbinom2)` }],
  },
  {
    name: "toenail k = 25",
    data: "toenail.csv",
    model: "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)",
    options: { points: 25 },
    factors: ["id"],
    calls: [logistic("outcome ~ treatment * time + (1 | id)", 25)],
    calibration: "toenail_agq25",
  },
  {
    name: "hdp_remission k = 10",
    data: "hdp.csv",
    model: "remission ~ bernoulli(p)\nlogit(p) = 1 + age + married + il6 + (1 | did)",
    options: { points: 10 },
    factors: ["did"],
    calls: [logistic("remission ~ age + married + il6 + (1 | did)", 10)],
    calibration: "hdp_remission_agq10",
  },
  {
    name: "verbagg Laplace",
    data: "verbagg.csv",
    model: "y ~ bernoulli(p)\nlogit(p) = 1 + Anger + Gender + btype + situ + (1 | id) + (1 | item)",
    options: { method: "laplace" },
    factors: ["id", "item"],
    calls: [
      logistic("y ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)", 1),
      { software: "glmmTMB", call: "glmmTMB(y ~ Anger + Gender + btype + situ + (1 | id) + (1 | item), d, binomial)" },
    ],
    calibration: "verbagg",
  },
  {
    name: "grouseticks Laplace",
    data: "grouseticks.csv",
    model: "TICKS ~ poisson(mu)\nlog(mu) = 1 + factor(YEAR) + cHEIGHT + (1 | LOCATION) + (1 | BROOD) + (1 | INDEX)",
    options: { method: "laplace" },
    factors: ["YEAR", "LOCATION", "BROOD", "INDEX"],
    calls: [
      { software: "lme4", call: `glmer(${ticksFormula}, d, poisson)` },
      { software: "glmmTMB", call: `glmmTMB(${ticksFormula}, d, poisson)` },
    ],
    calibration: "grouseticks",
  },
  sleepstudy(false),
  sleepstudy(true),
  {
    name: "penicillin ML",
    data: "penicillin.csv",
    model: "diameter ~ normal(mu, sigma)\nmu = 1 + (1 | plate) + (1 | sample)",
    options: {},
    factors: ["plate", "sample"],
    calls: [{ software: "lme4", call: "lmer(diameter ~ 1 + (1 | plate) + (1 | sample), d, REML = FALSE)" }],
    calibration: "penicillin",
  },
  simulated(false),
  simulated(true),
];
