import { describe, expect, it } from "vitest";
import type { TestReport } from "../../src/report/CompareReport.js";
import { compareJsonDocument } from "../../src/report/compareJsonDocument.js";
import { compareTextReport, parameterNames } from "../../src/report/compareTextReport.js";
import { referenceLines, verdict } from "../../src/report/verdict.js";
import { smallCompareReport, smallTest as test } from "./compareReport.js";

const bounds = (least: number, most: number): TestReport => ({
  ...test,
  pValue: most,
  anticonservative: {
    reference: [
      { degreesOfFreedom: 0, weight: 0.5 },
      { degreesOfFreedom: 1, weight: 0.5 },
    ],
    pValue: least,
  },
});

describe("the text report of a comparison", () => {
  it("tells all there is to tell, in order", () => {
    expect(`\n${compareTextReport(smallCompareReport)}`).toBe(`
A
  count ~ poisson(mu)
  log(mu) = 1 + post + (1 + post || subject)

B
  count ~ poisson(mu)
  log(mu) = 1 + (1 | subject)

A             ml (aghq, 5 points)
B             ml (aghq, 5 points)
observations  295 (3 rows dropped: missing values)
groups        subject (59 levels)

Parameters
                              A     se A       B     se B
beta[Intercept]           1.071   0.1406   1.071   0.1406
beta[post]              -0.3061   0.1508
sd[subject, Intercept]   0.7078  0.07134  0.7078  0.07134
sd[subject, post]             0        -

Fit
                        A          B
log-likelihood  -924.4858  -927.9858
parameters              4          2
AIC             1856.9716  1859.9716
BIC             1871.7196  1867.3456

Likelihood-ratio test
  statistic  7.0000, the difference of the deviances
  held       2 parameters
  p          0.0192
  reference  50:50 mixture of chi-square with 1 and 2 degrees of freedom: one
             parameter at the end of its range

Verdict
  A is to be preferred: B lacks the fixed effect of post and the random effects
  of post over subject, and fits worse than chance alone would make it (p =
  0.0192). AIC prefers A by 3.00, BIC prefers B by 4.37.

Notes
  likelihood of A and B by quadrature with 5 points
  A: maximum likelihood: priors are ignored, the one that the model states among
    them

2 warnings
- the fit of B is singular
    compare again
- A: singular fit: sd[subject, post] = 0.
    take the term out of the model

time: read 0.00 s, total 0.25 s
`);
  });

  it("drops the standard errors where the width is short, and keeps to it", () => {
    const lines = compareTextReport(smallCompareReport, { width: 36 }).split("\n");
    expect(lines.filter((line) => line.length > 36)).toEqual([]);
    expect(lines.some((line) => /\bse A\b/.test(line))).toBe(false);
  });
});

describe("the names of the parameters", () => {
  it("keep the order of both", () => {
    const fit = (...names: string[]) => ({
      parameters: names.map((name) => ({ name, estimate: 0, standardError: 1, lower: 0, upper: 0 })),
    });
    expect(parameterNames([fit("a", "b", "sd"), fit("a", "c", "sd", "phi")])).toEqual(["a", "c", "b", "sd", "phi"]);
    expect(parameterNames([fit("sd"), fit("a", "sd")])).toEqual(["a", "sd"]);
  });
});

describe("the verdict", () => {
  const sentence = (report: Partial<typeof smallCompareReport>) => verdict({ ...smallCompareReport, ...report });

  it("says which model to take, and why", () => {
    const held = "the fixed effect of post and the random effects of post over subject";
    const criteria = "AIC prefers A by 3.00, BIC prefers B by 4.37.";
    expect(sentence({})).toBe(
      `A is to be preferred: B lacks ${held}, and fits worse than chance alone would make it (p = 0.0192). ${criteria}`,
    );
    expect(sentence({ test: { ...test, pValue: 0.4 } })).toBe(
      `B will do: it lacks ${held}, and fits no worse than chance alone would make it (p = 0.4000), which proves no absence. ${criteria}`,
    );
    expect(sentence({ test: { ...test, pValue: 1e-20 }, isTrusted: false })).toMatch(
      /^Do not rely on this before the warnings are dealt with\. A is .*\(p <1e-15\)/,
    );
  });

  it("leaves it open where the bounds do", () => {
    expect(sentence({ test: bounds(0.03, 0.08) })).toMatch(/^Undecided: .*p between 0.0300 and 0.0800/);
    expect(sentence({ test: bounds(0.01, 0.04) })).toMatch(/^A is to be preferred/);
    expect(sentence({ test: bounds(0.06, 0.08) })).toMatch(/^B will do/);
  });

  it("tells why there is no test", () => {
    expect(sentence({ relation: { kind: "equivalent" }, test: null })).toBe(
      "A and B are the same model, whatever their coding: there is nothing to test.",
    );
    const differences = { A: ["the fixed effect of x", "random effects over g"], B: ["the link probit"] };
    expect(sentence({ relation: { kind: "not-nested", differences }, test: null })).toBe(
      "Neither model is found to be a special case of the other, so that there is no likelihood-ratio test: A has the fixed effect of x and " +
        "random effects over g; B has the link probit. AIC prefers A by 3.00, BIC prefers B by 4.37.",
    );
    const warnings = [{ code: "different-measures", message: "", advice: "" }];
    expect(sentence({ relation: { kind: "not-nested", differences }, test: null, warnings })).not.toMatch(/AIC/);
  });
});

describe("the reference distribution in words", () => {
  it("is a chi-square, a mixture, or its bounds", () => {
    expect(referenceLines({ ...test, reference: [{ degreesOfFreedom: 1, weight: 1 }] })).toEqual([
      "chi-square with 1 degree of freedom",
    ]);
    expect(referenceLines(test)).toEqual([
      "50:50 mixture of chi-square with 1 and 2 degrees of freedom: one parameter at the end of its range",
    ]);
    expect(referenceLines(bounds(0.1, 0.2))).toEqual([
      "several parameters at the end of their range: the weights of the mixture have no simple form",
      "conservative: 50:50 mixture of chi-square with 1 and 2 degrees of freedom",
      "anti-conservative: 50:50 mixture of a point mass at 0 and chi-square with 1 degree of freedom",
    ]);
  });
});

describe("the JSON document of a comparison", () => {
  it("holds both fits, the table and the test, with null for what there is not", () => {
    const document = JSON.parse(JSON.stringify(compareJsonDocument(smallCompareReport)));
    expect(document).toMatchObject({
      schema: 1,
      engines: ["ml"],
      observations: 295,
      droppedRows: 3,
      groups: { subject: 59 },
      fits: [
        { label: "A", method: "aghq", points: 5, logLikelihood: -924.48581, parameterCount: 4 },
        { label: "B", parameterCount: 2 },
      ],
      relation: smallCompareReport.relation,
      test,
      trusted: true,
      verdict: verdict(smallCompareReport),
      warnings: smallCompareReport.warnings,
    });
    expect(document.parameters[1].fits[1]).toBeNull();
    expect(document.parameters[3]).toEqual({
      name: "sd[subject, post]",
      fits: [{ estimate: 0, standardError: null, lower: null, upper: null }, null],
    });
  });
});
