import { describe, expect, it } from "vitest";
import type { MlReport } from "../../src/report/MlReport.js";
import { mlJsonDocument } from "../../src/report/mlJsonDocument.js";
import { mlTextReport } from "../../src/report/mlTextReport.js";
import { manyModes, smallMlReport } from "./mlReport.js";

describe("the text report of maximum likelihood", () => {
  it("tells all there is to tell, in order", () => {
    expect(`\n${mlTextReport(smallMlReport)}`).toBe(`
count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post | subject)

engine          ml (aghq, 5 points)
observations    295 (3 rows dropped: missing values)
groups          subject (59 levels)
log-likelihood  -924.4858 (7 parameters)
AIC, BIC        1862.9716, 1888.7805

Coefficients
                 estimate      se      z        p    lower     upper
beta[Intercept]     1.071  0.1406   7.62  2.5e-14   0.7956     1.347
beta[post]        -0.3061  0.1508  -2.03   0.0424  -0.6017  -0.01053

Variance parameters
                        estimate       se   lower   upper
sd[subject, Intercept]    0.7078  0.07134  0.5809  0.8624
sd[subject, post]              0        -       -       -

Terms: Wald chi-square tests
      chi2  df       p
post  4.12   1  0.0424

Rate ratios
             ratio   lower   upper
beta[post]  0.7363  0.5479  0.9895

Random effects
                             mode      sd     mean
b[subject, 1, Intercept]  -0.6000  0.2500  -0.6120
b[subject, 2, Intercept]  -0.5000  0.2500  -0.5120

Notes
  converged: 22 iterations, 59 evaluations, gradient in the metric of the
    Hessian 6.8e-6
  intervals: 95%, by Wald; those of sds and dispersions on the log scale, those
    of correlations on Fisher's z
  tests of terms: type III, each term at the mean over the levels of the factors
    that it interacts with
  maximum likelihood: priors are ignored, the one that the model states among
    them

1 warning
- singular fit: sd[subject, post] = 0.
    take the term out of the model

time: read 0.00 s, compile 0.02 s, fit 0.11 s, total 0.25 s
`);
  });

  it("has t, its degrees of freedom and F where a method has them, a dash for what there is none of", () => {
    const [first, second] = smallMlReport.parameters;
    const text = mlTextReport({
      ...smallMlReport,
      parameters: [
        { ...first, degreesOfFreedom: 16.9999, pValue: 3.26379e-6 },
        { ...second, degreesOfFreedom: NaN, statistic: NaN, pValue: NaN },
      ],
      terms: [{ ...smallMlReport.terms[0], test: "F", denominatorDegreesOfFreedom: 1234.56 }],
    });
    expect(text).toContain(`
                 estimate      se     df     t       p    lower     upper
beta[Intercept]     1.071  0.1406  17.00  7.62  3.3e-6   0.7956     1.347
beta[post]        -0.3061  0.1508      -     -       -  -0.6017  -0.01053
`);
    expect(text).toContain(`
Terms: F tests
         F  df  residual df       p
post  4.12   1         1235  0.0424
`);
    expect(text).toContain("Satterthwaite");
  });

  it("tells intervals of the profile likelihood", () => {
    const text = mlTextReport({ ...smallMlReport, intervals: "profile" });
    expect(text).toContain("  intervals: 95%, from the profile likelihood\n");
    expect(text).not.toContain("Wald;");
  });

  it("tells of a penalised fit the priors and their density at the estimates, and no criteria", () => {
    const penalized: MlReport = {
      ...smallMlReport,
      priors: [
        "beta[post] ~ normal(0, 1)",
        "sd[subject, Intercept] ~ student_t(3, 0, 2.5), truncated to (0, Inf) (default)",
      ],
      likelihood: { logLikelihood: -924.5, importance: null, logPrior: -3.25, parameterCount: 7, criteria: null },
    };
    const text = mlTextReport(penalized);
    expect(text).toContain(`
engine          ml (aghq, penalised, 5 points)
observations    295 (3 rows dropped: missing values)
groups          subject (59 levels)
log-likelihood  -924.5000 (7 parameters)
log prior       -3.2500

Priors
  beta[post] ~ normal(0, 1)
  sd[subject, Intercept] ~ student_t(3, 0, 2.5), truncated to (0, Inf) (default)
`);
    expect(mlJsonDocument(penalized)).toMatchObject({
      penalized: true,
      priors: penalized.priors,
      logPrior: -3.25,
      aic: null,
    });
  });

  it("tells the check of Laplace's approximation", () => {
    const importance = {
      logLikelihood: -923.98765,
      standardError: 0.01234,
      paretoK: Infinity,
      effectiveSampleSize: 96.5,
      draws: 100,
    };
    const { likelihood } = smallMlReport;
    if (likelihood === null) throw new Error("the report has a likelihood");
    const checked: MlReport = { ...smallMlReport, likelihood: { ...likelihood, importance } };
    expect(mlTextReport(checked)).toMatch(/^importance sampling +-923\.9877 \+- 0\.0123 \(Pareto k Infinity\)$/m);
    expect(mlJsonDocument(checked).importanceSampling).toEqual({ ...importance, paretoK: null });
  });

  it("leaves out what a method does not have", () => {
    const text = mlTextReport({
      ...smallMlReport,
      method: "pql",
      points: null,
      ratios: null,
      likelihood: null,
      randomEffects: [],
      warnings: [],
    });
    expect(text).toContain("engine        ml (pql)\n");
    expect(text).not.toMatch(/log-likelihood|ratios|Random effects|warning/);
  });

  it("says when a likelihood is restricted, and when there is no convergence", () => {
    const convergence = { ...smallMlReport.convergence, converged: false };
    const text = mlTextReport({ ...smallMlReport, method: "lmm", points: null, reml: true, convergence });
    expect(text).toContain("ml (lmm, REML)\n");
    expect(text).toMatch(/^restricted log-likelihood +-924\.4858/m);
    expect(text).toMatch(/^ {2}not converged: 22 iterations/m);
  });

  it("shows of many effects the extremes of each term", () => {
    const text = mlTextReport({ ...smallMlReport, randomEffects: manyModes });
    const shown = [...text.matchAll(/^b\[subject, (\d+), (\w+)\] /gm)].map(([, level, name]) => `${name} ${level}`);
    const levels = [12, 11, 10, 3, 2, 1];
    expect(shown).toEqual(["Intercept", "post"].flatMap((name) => levels.map((level) => `${name} ${level}`)));
    expect(text).toContain(
      "Random effects: 24\nb[subject, *, Intercept]: 12 effects, the 3 largest and the 3 smallest modes",
    );
  });

  it("keeps to a narrow width", () => {
    for (const line of mlTextReport(smallMlReport, { width: 40 }).split("\n"))
      expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe("the JSON document of maximum likelihood", () => {
  it("has the fields of the schema, null for what is not a number", () => {
    const document = mlJsonDocument(smallMlReport);
    expect(Object.keys(document)).toEqual([
      ...[
        "schema",
        "engine",
        "algorithm",
        "version",
        "seed",
        "options",
        "model",
        "family",
        "categories",
        "observations",
        "data",
        "groups",
        "method",
        "points",
        "reml",
        "penalized",
        "priors",
        "intervals",
        "level",
      ],
      ...[
        "parameters",
        "covariance",
        "notEstimable",
        "terms",
        "ratios",
        "randomEffects",
        "logLikelihood",
        "logPrior",
        "importanceSampling",
        "parameterCount",
        "aic",
        "bic",
      ],
      ...["convergence", "seconds", "notes", "warnings", "droppedRows"],
    ]);
    expect(document).toEqual({
      schema: 1,
      engine: "ml",
      algorithm: "aghq, 5 points",
      data: { name: "trial.csv", rows: 12, columns: 5, sha256: null },
      model: smallMlReport.model,
      family: "poisson",
      categories: null,
      observations: 295,
      groups: { subject: 59 },
      method: "aghq",
      points: 5,
      reml: false,
      penalized: false,
      priors: null,
      intervals: "wald",
      level: 0.95,
      parameters: [
        ...smallMlReport.parameters.slice(0, 3),
        { name: "sd[subject, post]", estimate: 0, standardError: null, lower: null, upper: null },
      ],
      version: "0.1.0",
      seed: 1,
      options: { method: "auto", seed: 1 },
      covariance: [
        [0.02, -0.01, null, null],
        [-0.01, 0.023, null, null],
        [null, null, 0.005, null],
        [null, null, null, null],
      ],
      notEstimable: [],
      terms: smallMlReport.terms,
      ratios: { kind: "rate ratio", parameters: smallMlReport.ratios?.rows },
      randomEffects: [
        {
          ...{ name: "b[subject, 1, Intercept]", factor: "subject", level: "1", coefficient: "Intercept" },
          ...{ mode: -0.6, sd: 0.25, mean: -0.612 },
        },
        {
          ...{ name: "b[subject, 2, Intercept]", factor: "subject", level: "2", coefficient: "Intercept" },
          ...{ mode: -0.5, sd: 0.25, mean: -0.512 },
        },
      ],
      logLikelihood: -924.48581,
      logPrior: null,
      importanceSampling: null,
      parameterCount: 7,
      aic: 1862.97162,
      bic: 1888.78049,
      convergence: { converged: true, gradientNorm: 6.8e-6, iterations: 22, evaluations: 59 },
      seconds: { read: 0.004, compile: 0.021, fit: 0.113, total: 0.25 },
      notes: smallMlReport.notes,
      warnings: smallMlReport.warnings,
      droppedRows: 3,
    });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("has null where a method has no likelihood and a link no ratios", () => {
    const { logLikelihood, aic, bic, parameterCount, ratios } = mlJsonDocument({
      ...smallMlReport,
      likelihood: null,
      ratios: null,
    });
    expect({ logLikelihood, aic, bic, parameterCount, ratios }).toEqual({
      logLikelihood: null,
      aic: null,
      bic: null,
      parameterCount: null,
      ratios: null,
    });
  });
});
