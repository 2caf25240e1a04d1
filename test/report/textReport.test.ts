import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ApproximationRecord } from "../../src/posterior/Posterior.js";
import { textReport } from "../../src/report/textReport.js";
import { manyEffects, row, smallReport } from "./fitReport.js";

describe("the text report", () => {
  it("fits 40 columns", () => {
    expect(textReport(smallReport, { width: 40 })).toBe(`count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post |
  subject)

engine        nuts (NUTS, noncentred
              parametrization)
observations  295 (3 rows dropped:
              missing values)
groups        subject (59 levels)

Priors
  intercept ~ normal(1.97, 2.5)
  beta ~ normal(0, 1)

Population parameters
                            mean     sd
beta[Intercept]             1.23   0.10
beta[post:trt.progabide]  -0.500  0.100
sd[subject, Intercept]     1.000  0.100

Random effects
                           mean    sd
b[subject, 1, Intercept]  -0.60  0.10
b[subject, 2, Intercept]  -0.50  0.10

Diagnostics
  2 chains x 1000 draws, 1 divergence, 0
  hits of the tree depth limit, E-BFMI
  at least 0.91, R-hat at most 1.035,
  bulk ESS at least 87, tail ESS at
  least 1500, 12000 gradients in warm-up
  and 14000 after it

1 warning
- 1 of 2000 transitions (under 0.1%)
  diverged
    raise the target acceptance (now
    0.8)

time: read 0.00 s, compile 0.02 s,
  warm-up 0.40 s, sampling 0.61 s, total
  1.05 s (warm-up and sampling of the
  slowest chain)
`);
  });

  it("fits 60 columns", () => {
    expect(textReport(smallReport, { width: 60 })).toBe(`count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post | subject)

engine        nuts (NUTS, noncentred parametrization)
observations  295 (3 rows dropped: missing values)
groups        subject (59 levels)

Priors
  intercept ~ normal(1.97, 2.5)
  beta ~ normal(0, 1)

Population parameters
                            mean     sd      q5     q95
beta[Intercept]             1.23   0.10    1.07    1.40
beta[post:trt.progabide]  -0.500  0.100  -0.660  -0.330
sd[subject, Intercept]     1.000  0.100   0.840   1.170

Random effects
                           mean    sd     q5    q95   rhat
b[subject, 1, Intercept]  -0.60  0.10  -0.76  -0.43  1.001
b[subject, 2, Intercept]  -0.50  0.10  -0.66  -0.33  1.001

Diagnostics
  2 chains x 1000 draws, 1 divergence, 0 hits of the tree
  depth limit, E-BFMI at least 0.91, R-hat at most 1.035,
  bulk ESS at least 87, tail ESS at least 1500, 12000
  gradients in warm-up and 14000 after it

1 warning
- 1 of 2000 transitions (under 0.1%) diverged
    raise the target acceptance (now 0.8)

time: read 0.00 s, compile 0.02 s, warm-up 0.40 s, sampling
  0.61 s, total 1.05 s (warm-up and sampling of the slowest
  chain)
`);
  });

  it("fits 80 columns", () => {
    expect(textReport(smallReport, { width: 80 })).toBe(`count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post | subject)

engine        nuts (NUTS, noncentred parametrization)
observations  295 (3 rows dropped: missing values)
groups        subject (59 levels)

Priors
  intercept ~ normal(1.97, 2.5)
  beta ~ normal(0, 1)

Population parameters
                            mean     sd  median      q5     q95   rhat  essBulk
beta[Intercept]             1.23   0.10    1.22    1.07    1.40  1.001     1600
beta[post:trt.progabide]  -0.500  0.100  -0.510  -0.660  -0.330  1.001     1600
sd[subject, Intercept]     1.000  0.100   0.990   0.840   1.170  1.035       87

Random effects
                           mean    sd  median     q5    q95   rhat  essBulk
b[subject, 1, Intercept]  -0.60  0.10   -0.61  -0.76  -0.43  1.001     1600
b[subject, 2, Intercept]  -0.50  0.10   -0.51  -0.66  -0.33  1.001     1600

Diagnostics
  2 chains x 1000 draws, 1 divergence, 0 hits of the tree depth limit, E-BFMI at
  least 0.91, R-hat at most 1.035, bulk ESS at least 87, tail ESS at least 1500,
  12000 gradients in warm-up and 14000 after it

1 warning
- 1 of 2000 transitions (under 0.1%) diverged
    raise the target acceptance (now 0.8)

time: read 0.00 s, compile 0.02 s, warm-up 0.40 s, sampling 0.61 s, total 1.05 s
  (warm-up and sampling of the slowest chain)
`);
  });

  it("fits 120 columns", () => {
    expect(textReport(smallReport, { width: 120 })).toBe(`count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post | subject)

engine        nuts (NUTS, noncentred parametrization)
observations  295 (3 rows dropped: missing values)
groups        subject (59 levels)

Priors
  intercept ~ normal(1.97, 2.5)
  beta ~ normal(0, 1)

Population parameters
                            mean     sd  median      q5     q95    mcse   rhat  essBulk  essTail
beta[Intercept]             1.23   0.10    1.22    1.07    1.40   0.012  1.001     1600     1500
beta[post:trt.progabide]  -0.500  0.100  -0.510  -0.660  -0.330  0.0025  1.001     1600     1500
sd[subject, Intercept]     1.000  0.100   0.990   0.840   1.170  0.0025  1.035       87     1500

Random effects
                           mean    sd  median     q5    q95   mcse   rhat  essBulk  essTail
b[subject, 1, Intercept]  -0.60  0.10   -0.61  -0.76  -0.43  0.010  1.001     1600     1500
b[subject, 2, Intercept]  -0.50  0.10   -0.51  -0.66  -0.33  0.010  1.001     1600     1500

Diagnostics
  2 chains x 1000 draws, 1 divergence, 0 hits of the tree depth limit, E-BFMI at least 0.91, R-hat at most 1.035, bulk
  ESS at least 87, tail ESS at least 1500, 12000 gradients in warm-up and 14000 after it

1 warning
- 1 of 2000 transitions (under 0.1%) diverged
    raise the target acceptance (now 0.8)

time: read 0.00 s, compile 0.02 s, warm-up 0.40 s, sampling 0.61 s, total 1.05 s (warm-up and sampling of the slowest
  chain)
`);
  });

  it("shows the extremes of many random effects and says where the others are", () => {
    const summary = { level: 0.9, parameters: smallReport.summary.parameters.slice(0, 1), randomEffects: manyEffects };
    expect(textReport({ ...smallReport, priors: [], warnings: [], summary })).toBe(`count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post | subject)

engine        nuts (NUTS, noncentred parametrization)
observations  295 (3 rows dropped: missing values)
groups        subject (59 levels)

Population parameters
                 mean    sd  median    q5   q95   mcse   rhat  essBulk  essTail
beta[Intercept]  1.23  0.10    1.22  1.07  1.40  0.012  1.001     1600     1500

Random effects: 24
b[subject, *, Intercept]: 12 effects, the 3 largest and the 3 smallest means
                            mean    sd  median     q5    q95   rhat  essBulk
b[subject, 12, Intercept]   0.50  0.10    0.49   0.34   0.67  1.001     1600
b[subject, 11, Intercept]   0.40  0.10    0.39   0.24   0.57  1.001     1600
b[subject, 10, Intercept]   0.30  0.10    0.29   0.14   0.47  1.001     1600
b[subject, 3, Intercept]   -0.40  0.10   -0.41  -0.56  -0.23  1.001     1600
b[subject, 2, Intercept]   -0.50  0.10   -0.51  -0.66  -0.33  1.001     1600
b[subject, 1, Intercept]   -0.60  0.10   -0.61  -0.76  -0.43  1.001     1600
b[subject, *, post]: 12 effects, the 3 largest and the 3 smallest means
                      mean    sd  median    q5   q95   mcse   rhat  essBulk
b[subject, 12, post]  1.50  0.10    1.49  1.34  1.67  0.010  1.001     1600
b[subject, 11, post]  1.40  0.10    1.39  1.24  1.57  0.010  1.001     1600
b[subject, 10, post]  1.30  0.10    1.29  1.14  1.47  0.010  1.001     1600
b[subject, 3, post]   0.60  0.10    0.59  0.44  0.77  0.010  1.001     1600
b[subject, 2, post]   0.50  0.10    0.49  0.34  0.67  0.010  1.001     1600
b[subject, 1, post]   0.40  0.10    0.39  0.24  0.57  0.010  1.001     1600
all 24: --json, or --out DIR for their draws

Diagnostics
  2 chains x 1000 draws, 1 divergence, 0 hits of the tree depth limit, E-BFMI at
  least 0.91, R-hat at most 1.001, bulk ESS at least 1600, tail ESS at least
  1500, 12000 gradients in warm-up and 14000 after it

time: read 0.00 s, compile 0.02 s, warm-up 0.40 s, sampling 0.61 s, total 1.05 s
  (warm-up and sampling of the slowest chain)
`);
  });

  it("has no columns for what an approximation does not have, and three digits of its sd", () => {
    const sigma = {
      name: "sigma",
      mean: 1.23456,
      sd: 0.0123,
      median: 1.23,
      q5: 1.21,
      q95: 1.26,
      lower: 1.21,
      upper: 1.26,
    };
    const report = { ...smallReport, engine: "laplace", droppedRows: 0, groups: [], priors: [], warnings: [] };
    const summary = { level: 0.9, parameters: [sigma], randomEffects: [] };
    const approximation: ApproximationRecord = {
      integration: "aghq",
      points: 9,
      logMarginalLikelihood: -651.30023,
      logMarginalLikelihoods: { importance: -651.30023, integration: null },
      guard: {
        paretoK: 0.1,
        effectiveSampleSize: 734.2,
        draws: 1000,
        isTrusted: true,
        verdict: "good: the weights say so",
        advice: "",
      },
    };
    expect(textReport({ ...report, sampling: null, approximation, summary })).toBe(`count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 + post | subject)

engine        laplace
observations  295

Population parameters
         mean      sd  median      q5     q95
sigma  1.2346  0.0123  1.2300  1.2100  1.2600

Diagnostics
  guard                    good: the weights say so
  effective draws          734 of 1000 weighted draws
  log marginal likelihood  -651.300

time: read 0.00 s, compile 0.02 s, fit 0.61 s, total 1.05 s
`);
    const by = (integration: "aghq" | "laplace", hasNormalEffects: boolean) => {
      const { randomEffects } = smallReport.summary;
      const made = { ...approximation, integration };
      return textReport({
        ...report,
        approximation: made,
        hasNormalEffects,
        summary: { level: 0.9, parameters: [sigma], randomEffects },
      });
    };
    expect(by("aghq", false)).toMatch(/effects by +adaptive quadrature, 9 points\n/);
    expect(by("laplace", false)).toMatch(/effects by +Laplace's approximation\n/);
    expect(by("laplace", true)).toMatch(/effects by +Laplace's approximation, exact for a normal\s+response\n/);
  });

  it("names the algorithm that ran, which may have no trees", () => {
    const { sampling } = smallReport;
    if (sampling === null) throw new Error("no sampling");
    const by = (algorithm: string) =>
      textReport({ ...smallReport, sampling: { ...sampling, algorithm } }, { width: 200 });
    expect(by("nuts")).toMatch(/^engine +nuts \(NUTS, noncentred parametrization\)$/m);
    expect(by("nuts")).toContain("tree depth");
    expect(by("hmc")).toMatch(/^engine +nuts \(HMC, noncentred parametrization\)$/m);
    expect(by("hmc")).not.toContain("tree depth");
  });

  it("tells of chains that were ended early, and of what could not be computed", () => {
    const sampling = {
      parametrization: "noncentred",
      algorithm: "nuts",
      draws: [12, 9],
      diagnostics: {
        transitions: 21,
        divergences: 0,
        maxTreeDepthHits: 1,
        ebfmi: [NaN, NaN],
        gradientEvaluations: { warmup: 0, sampling: 0 },
      },
    };
    const broken = row("sigma", { mean: NaN, mcse: NaN, rhat: NaN, essBulk: NaN, essTail: NaN });
    const summary = { level: 0.9, parameters: [broken], randomEffects: [] };
    const text = textReport({ ...smallReport, sampling, summary, partial: true }, { width: 200 });
    expect(text).toContain("2 chains of 12, 9 draws (ended early), 0 divergences, 1 hit of the tree depth limit, ");
    expect(text).toMatch(/^sigma +NaN +0.100 .* NaN +NaN +NaN +NaN$/m);
  });

  it("is marked by the caller's style and by nothing else", () => {
    const style = {
      bold: (text: string) => `<b>${text}</b>`,
      dim: (text: string) => `<i>${text}</i>`,
      warn: (text: string) => `<w>${text}</w>`,
    };
    const marked = textReport(smallReport, { style });
    expect(marked).toContain("<b>Population parameters</b>\n<i> ");
    expect(marked).toContain("<w>1 warning</w>\n<w>- 1 of 2000");
    expect(marked.replace(/<\/?[biw]>/g, "")).toBe(textReport(smallReport));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the test
    expect(textReport(smallReport)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("never exceeds its width, whatever the names", () => {
    const name = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 130 }), fc.array(name, { maxLength: 6 }), name, (width, names, level) => {
        const parameters = names.map((each) => row(each));
        const randomEffects = manyEffects.map((effect, i) => ({ ...effect, name: `b[g, ${level}${i}, x]` }));
        const report = {
          ...smallReport,
          groups: [{ name: level, levels: 3 }],
          summary: { level: 0.9, parameters, randomEffects },
        };
        for (const line of textReport(report, { width }).split("\n")) expect(line.length).toBeLessThanOrEqual(width);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});
