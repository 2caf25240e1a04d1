import { describe, expect, it } from "vitest";
import { evidenceJsonDocument } from "../../src/report/evidenceJsonDocument.js";
import { type EvidenceReport, evidenceTextReport } from "../../src/report/evidenceTextReport.js";
import { evidenceVerdict, formatFactor } from "../../src/report/evidenceVerdict.js";
import { evidenceReportOf } from "./evidenceReport.js";

const distrusted: EvidenceReport = {
  ...evidenceReportOf(2),
  engines: evidenceReportOf(2).engines.map((engine) => ({ ...engine, bayesFactor: null })),
};

describe("the text report of two models by their marginal likelihoods", () => {
  it("tells all there is to tell, in order", () => {
    expect(`\n${evidenceTextReport(evidenceReportOf(2))}`).toBe(`
A
  count ~ poisson(mu)
  log(mu) = 1 + post + (1 | subject)

B
  count ~ poisson(mu)
  log(mu) = 1 + (1 | subject)

engine        inla
observations  295 (3 rows dropped: missing values)
groups        subject (59 levels)

Parameters by inla
                       A    sd A      B    sd B
beta[Intercept]    1.071  0.1412  1.071  0.1412
beta[post]       -0.3061  0.1502

Log marginal likelihood by inla
                    A         B  A - B
importance   -942.900  -944.900  2.000
integration  -942.890  -944.890  2.000

Bayes factor of A against B
  inla  7.39, its log 2.000
        probability of A 0.881, of B 0.119 at even prior odds

Verdict
  The data favour A: the Bayes factor of A against B is 7.39 by inla, positive
  evidence on the scale of Kass and Raftery (1995), and at even prior odds its
  probability is 0.881. It hangs on the priors of both models, which stand
  below: by other priors it is another.

Priors of A
  intercept ~ normal(0, 5)
  beta[post] ~ normal(0, 1)

Priors of B
  intercept ~ normal(0, 5)

Notes
  guard of inla, A: good: Pareto k 0.10
  guard of inla, B: good: Pareto k 0.10

time: read 0.01 s, total 1.20 s
`);
  });

  it("keeps to the width", () => {
    for (const width of [40, 80, 120]) {
      const lines = evidenceTextReport(evidenceReportOf(-2000), { width }).split("\n");
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }
  });

  it("shows no factor where a guard does not trust its approximation", () => {
    const text = evidenceTextReport(distrusted);
    expect(text).toMatch(/^importance +-942\.900 +-944\.900 +-$/m);
    expect(text).toMatch(/^ {2}inla +none: a guard does not trust its approximation$/m);
    expect(text).toMatch(/^ {2}No engine has a Bayes factor to rely on/m);
  });
});

describe("the verdict on a Bayes factor", () => {
  it.each([
    [0.9, "The data hardly tell A from B: the Bayes factor of A against B is 2.46 by inla, not worth more than a bare"],
    [1.1, "The data favour A: the Bayes factor of A against B is 3 by inla, positive evidence"],
    [-3.1, "The data favour B: the Bayes factor of B against A is 22.2 by inla, strong evidence"],
    [-5.1, "The data favour B: the Bayes factor of B against A is 164 by inla, very strong evidence"],
  ])("whose log is %f is by the scale of Kass and Raftery", (log, words) => {
    expect(evidenceVerdict(evidenceReportOf(log))).toContain(words);
  });

  it("says that it hangs on the priors, the more where they are defaults", () => {
    const report = evidenceReportOf(2);
    const [a, b] = report.models;
    const defaults = [
      a,
      { ...b, priors: b.priors.map((prior) => ({ ...prior, origin: "default" as const })) },
    ] as const;
    expect(evidenceVerdict(report)).toMatch(/hangs on the priors of both models.*another\.$/);
    expect(evidenceVerdict({ ...report, models: defaults })).toMatch(/defaults, which follow the scale of the data/);
  });

  it("writes factors that no number holds by their logs", () => {
    expect([0, 20, -20, 812.34, -812.34].map(formatFactor)).toEqual(["1", "4.9e+8", "2.1e-9", "e^812.3", "e^-812.3"]);
  });
});

describe("the JSON document of two models by their marginal likelihoods", () => {
  it("has the numbers as they are, and null where there is none", () => {
    const report = evidenceReportOf(2000);
    const document = JSON.parse(JSON.stringify(evidenceJsonDocument(report)));
    expect(document).toMatchObject({
      schema: 1,
      engines: ["inla"],
      groups: { subject: 59 },
      models: [{ label: "A", priors: ["intercept ~ normal(0, 5)", "beta[post] ~ normal(0, 1)"] }, { label: "B" }],
      evidence: [
        {
          engine: "inla",
          fits: [{ label: "A", logMarginalLikelihood: 1055.1, guard: { trusted: true } }, { label: "B" }],
          bayesFactor: { log: 2000, ratio: null, byIntegration: 2000, probabilities: { A: 1, B: 0 } },
        },
      ],
      verdict: evidenceVerdict(report),
      trusted: true,
    });
    expect(evidenceJsonDocument(distrusted)).toMatchObject({ evidence: [{ bayesFactor: null }], trusted: false });
  });
});
