import { describe, expect, it } from "vitest";
import { agreementJsonDocument } from "../../src/report/agreementJsonDocument.js";
import { agreementTextReport } from "../../src/report/agreementTextReport.js";
import { agreementVerdict, outsideVerdict } from "../../src/report/agreementVerdict.js";
import type { Cause, EngineComparison } from "../../src/summary/Agreement.js";
import { smallAgreementReport } from "./agreementReport.js";

const [ml, laplace] = smallAgreementReport.agreements;
const [fit] = smallAgreementReport.outside;

describe("the text report of several engines", () => {
  it("tells all there is to tell, the verdict first", () => {
    expect(`\n${agreementTextReport(smallAgreementReport)}`).toBe(`
outcome ~ bernoulli(p)
logit(p) = 1 + x + (1 | id)

observations  1908
groups        id (294 levels)

Verdict
  Believe nuts: the largest R-hat of its parameters is 1.002.
  ml:laplace is off: sd[id, Intercept] by +1.21 posterior sds. Laplace's
  approximation of the likelihood is biased where clusters are small and tell
  little: 7 rows of binary responses in a typical level of id. The exact
  log-likelihood at its estimates is 3.53 below its maximum.
  No disagreement with nuts: ml within 0.75 of its sds for every parameter.
  ml:lmm did not serve the model, for what is said under Engines.
  ml:pql had not ended when the comparison was stopped.

lme4.csv, read as tidy
  Same model by another method: its estimates are those of ml:laplace, not of
  ml. It says nothing of sd[id, Intercept]. 1 estimate of it could not be
  matched to the model.
         read from  estimate  from ml (se)  se ratio  from nuts (sd)  P(below)
beta[x]          x   -0.3100          0.00     1.000           -0.04    <0.001
  not in the model: xx (did you mean "beta[x]"?)
  parameters of the model: beta[x], sd[id, Intercept]

Estimates, with sd or standard error and 95% interval
                     nuts       ml  ml:laplace
beta[x]            -0.304  -0.3100     -0.3100
 sd                 0.150   0.1600      0.1600
 2.5%              -0.600  -0.6200     -0.6200
 97.5%             -0.010        0           0
sd[id, Intercept]    4.10    4.570       4.570
 sd                  0.39   0.7200      0.7200
 2.5%                3.40    3.360       3.360
 97.5%               4.93    6.220       6.220

Difference from nuts in its sds (in Monte Carlo standard errors)
                               ml      ml:laplace
beta[x]             -0.04 (-2.00)   -0.04 (-2.00)
sd[id, Intercept]  -0.26 (-10.40)  +1.21 (+48.40)

Wasserstein-1 distance from nuts's marginal in its sds
                     ml  ml:laplace
beta[x]            0.06        0.06
sd[id, Intercept]  0.27        1.26

Width of the 95% interval over nuts's
                     ml  ml:laplace
beta[x]            1.05        1.05
sd[id, Intercept]  0.97        1.87

Random effects: distance from nuts in its sds of them
    typical  worst                   of
ml     0.21   0.40  b[id, 1, Intercept]

Log-likelihoods, all constants included
            maximum, by its method  exact, at its estimates
nuts                                              -625.4344
ml                       -625.3975                -625.3975
ml:laplace               -627.8089                -628.9252

Engines
  nuts        4 chains, 4000 draws, 2.10 s
  ml          aghq, 25 points, 0.16 s
  ml:laplace  laplace, 0.16 s
  ml:lmm      does not serve: a linear mixed model needs a normal response with
              one sigma
  ml:pql      stopped before it had ended

1 warning
- ml:laplace: a fit is singular
    look at it

time: read 0.02 s, total 4.83 s
`);
  });

  it.each([24, 40, 60, 100])("keeps to %i columns as far as names and numbers allow", (width) => {
    const lines = agreementTextReport(smallAgreementReport, { width }).split("\n");
    const longest = Math.max(...lines.map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(Math.max(width, 40));
  });
});

describe("the verdict on engines", () => {
  const because = (cause: Cause, others: Partial<EngineComparison> = {}) =>
    agreementVerdict({ ...smallAgreementReport, agreements: [{ ...laplace, cause }], ...others }).join("\n");

  it("gives each cause its own reason", () => {
    expect(because("boundary")).toMatch(/nearly flat in a variance/);
    expect(because("prior-conflict")).toMatch(/Prior and likelihood are in conflict, about what the warnings name/);
    expect(because("prior")).toMatch(
      /draws the posterior mode from the maximum .* though the likelihood does not contradict it/,
    );
    expect(because("skewness")).toMatch(/The likelihood is skewed/);
    expect(because("approximation")).toMatch(/7 rows of binary responses in a typical level of id/);
    expect(because("approximation-or-shape")).toMatch(
      /Laplace's approximation in place of the likelihood, and .* no exact maximum is among the engines/,
    );
    expect(because("restricted")).toMatch(/another likelihood/);
    expect(because("unknown")).toMatch(/Why cannot be told; run longer chains, and look/);
    expect(because("unknown", { reference: "ml" })).toMatch(/Why cannot be told; look/);
  });

  it("says by how much the exact likelihood is lower at the estimates of one that is off", () => {
    expect(because("approximation")).toMatch(/The exact log-likelihood at its estimates is 3\.53 below its maximum/);
    expect(because("approximation", { logLikelihoods: [] })).not.toMatch(/exact log-likelihood/);
  });

  it("measures in standard errors where the reference is a maximum", () => {
    const comparison = { ...smallAgreementReport, agreements: [laplace], reference: "ml" };
    expect(agreementVerdict(comparison).join()).toMatch(/sd\[id, Intercept\] by \+1\.21 standard errors of ml\./);
    expect(agreementTextReport(comparison)).toMatch(/^Difference from ml in its standard errors/m);
  });

  it("names a difference in spread as one", () => {
    const spread = { ...laplace.off[0], difference: 0.02, distance: 0.3, widthRatio: 1.4 };
    const agreements = [{ ...laplace, off: [spread] }];
    expect(agreementVerdict({ ...smallAgreementReport, agreements })[1]).toMatch(
      /^ml:laplace is off: sd\[id, Intercept\] in spread, its interval 1\.4 times as wide\./,
    );
    const skewed = [{ ...laplace, off: [{ ...spread, widthRatio: 0.98 }] }];
    expect(agreementVerdict({ ...smallAgreementReport, agreements: skewed })[1]).toMatch(
      /^ml:laplace is off: sd\[id, Intercept\] in shape, its marginal 0\.30 posterior sds away\./,
    );
  });

  it("says of one that agrees what keeps it from being trusted, and of noise that it is", () => {
    const [nuts, column] = smallAgreementReport.engines;
    const engines = [nuts, { ...column, trust: { isTrusted: false, reason: "its guard says no" } }];
    const noisy = { ...ml, parameters: ml.parameters.map((row) => ({ ...row, difference: 1 })) };
    const said = (agreements: EngineComparison["agreements"]) =>
      agreementVerdict({ ...smallAgreementReport, engines, agreements });
    expect(said([ml])).toContain("ml agrees, though its own check does not trust it.");
    expect(said([ml])[1]).toMatch(/within 0\.75 of its sds for every parameter/);
    expect(said([noisy])[1]).toMatch(/within 0\.75 of its sds or its Monte Carlo noise for every parameter/);
  });

  it("believes none where the best cannot be trusted", () => {
    const [nuts, ...others] = smallAgreementReport.engines;
    const engines = [{ ...nuts, trust: { isTrusted: false, reason: "its chains have not converged" } }, ...others];
    const [first] = agreementVerdict({ ...smallAgreementReport, engines, agreements: [ml] });
    expect(first).toBe("Believe none of them as it is. nuts is the best there is, but its chains have not converged.");
  });
});

describe("the verdict on a fit made elsewhere", () => {
  it("tells what it is, how far below our maximum, and what it leaves out", () => {
    expect(outsideVerdict(fit)).toMatch(
      /^Same model by another method: its estimates are those of ml:laplace, not of ml\./,
    );
    expect(outsideVerdict(fit)).toMatch(
      /It says nothing of sd\[id, Intercept\]\. 1 estimate of it could not be matched/,
    );
    const whole = { ...fit, absent: [], unmatched: [], judgement: { kind: "same-optimum" } as const };
    expect(outsideVerdict({ ...whole, shortfall: 2e-6 })).toBe(
      "Same model, same optimum: it stands at the maximum of ml. Our log-likelihood at its estimates is within 0.01 of our maximum.",
    );
    expect(outsideVerdict({ ...whole, shortfall: 3.2, judgement: { kind: "different" } })).toMatch(
      /3\.20 below our maximum/,
    );
  });
});

describe("the JSON document of several engines", () => {
  it("is plain data, differences in Monte Carlo standard errors among them", () => {
    const document = JSON.parse(JSON.stringify(agreementJsonDocument(smallAgreementReport)));
    expect(document).toMatchObject({ schema: 1, reference: "nuts", groups: { id: 294 } });
    expect(document.agreements[0].parameters[0]).toMatchObject({ difference: -0.04, differenceInMcse: -2 });
    expect(document.engines[0].randomEffects[0].lower).toBeNull();
    expect(document.outside[0].verdict).toBe(outsideVerdict(fit));
    expect(document.verdict).toEqual(agreementVerdict(smallAgreementReport));
  });
});
