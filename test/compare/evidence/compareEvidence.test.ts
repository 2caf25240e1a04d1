import { describe, expect, it } from "vitest";
import { evidenceWarnings } from "../../../src/compare/evidence/evidenceWarnings.js";
import { type CompareEvidenceOptions, compareEvidence, prepareModel } from "../../../src/index.js";
import { evidenceJsonDocument } from "../../../src/report/evidenceJsonDocument.js";
import { evidenceTextReport } from "../../../src/report/evidenceTextReport.js";

const y = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
const data = { y, x: y.map((_, i) => i % 2), g: y.map((_, i) => `g${i % 5}`) };
const gamma = (shape: number, rate: number) =>
  `y ~ poisson(mu)\nmu = 1\nprior beta[Intercept] ~ gamma(${shape}, ${rate})`;
const [a, b] = [gamma(2, 0.5), gamma(8, 4)];
const byDefault = "y ~ poisson(mu)\nlog(mu) = 1 + x";

/** log p(y) of Poisson counts under gamma(shape, rate), but for the factorials of the data; whole shapes. */
function exact(shape: number, rate: number): number {
  const logGamma = (n: number) => Array.from({ length: n - 1 }, (_, k) => Math.log(k + 1)).reduce((s, t) => s + t, 0);
  return shape * Math.log(rate) - logGamma(shape) + logGamma(shape + 39) - (shape + 39) * Math.log(rate + 10);
}

/** Separated, under a prior with a Cauchy tail, which no normal proposal covers. */
const separated = { y: [0, 0, 0, 0, 1, 1, 1, 1], x: [1, 2, 3, 4, 5, 6, 7, 8] };
const heavy = "y ~ bernoulli(p)\nlogit(p) = 1 + x\nprior beta ~ student_t(1, 0, 10)\nprior intercept ~ normal(0, 1)";

describe("two models by their marginal likelihoods", () => {
  it("have the Bayes factor of conjugate models by either engine, and its inverse the other way round", async () => {
    const known = exact(2, 0.5) - exact(8, 4);
    const options: CompareEvidenceOptions = { engines: ["inla", "laplace"], seed: "x" };
    const [forth, back] = [await compareEvidence(a, b, data, options), await compareEvidence(b, a, data, options)];
    const [inla, laplace] = forth.engines.map(({ bayesFactor }) => bayesFactor);
    expect(inla?.log).toBeCloseTo(known, 3);
    expect(inla?.byImportance).toBeCloseTo(known, 1);
    expect(laplace?.byImportance).toBeCloseTo(known, 1);
    expect(inla?.probabilities.A).toBeCloseTo(1 / (1 + Math.exp(-known)), 3);
    expect(back.engines.map(({ bayesFactor }) => bayesFactor?.log)).toEqual(
      forth.engines.map(({ bayesFactor }) => -(bayesFactor?.log ?? Number.NaN)),
    );
    const [first] = forth.engines[0].fits;
    expect(first.parameters[0]).toMatchObject({ name: "beta[Intercept]", mean: expect.closeTo(41 / 10.5, 3) });
    expect(forth.models.map(({ label, text }) => ({ label, text }))).toEqual([
      { label: "A", text: a },
      { label: "B", text: b },
    ]);
    expect(forth.warnings).toEqual([]);
  });

  it("take default priors where that is asked for, and tell them", async () => {
    const { models } = await compareEvidence(a, byDefault, data, { defaultPriors: true });
    expect(models[1].priors.map(({ name, origin }) => ({ name, origin }))).toEqual([
      { name: "intercept", origin: "default" },
      { name: "beta[x]", origin: "default" },
    ]);
  });

  it("have no Bayes factor by an engine whose guard does not trust it", async () => {
    const light = heavy.replace("student_t(1, 0, 10)", "normal(0, 1)");
    const { engines, warnings } = await compareEvidence(light, heavy, separated, { engines: ["laplace"] });
    expect(engines.map(({ bayesFactor }) => bayesFactor)).toEqual([null]);
    expect(warnings.map(({ code }) => code)).toContain("guard");
    expect(warnings[0].message).toMatch(/^laplace, B: do not trust: .*there is no Bayes factor by laplace$/);
  });
});

describe("rows that only one of two models uses", () => {
  const gaps = {
    ...data,
    z: data.x.map((x, i) => (i < 3 ? Number.NaN : x + (i % 3))),
    w: [Number.NaN, ...data.x.slice(1)],
  };
  const models = ["w", "z"].map((name) => `y ~ poisson(mu)\nlog(mu) = 1 + ${name}`);
  const options: CompareEvidenceOptions = { engines: ["inla", "laplace"], defaultPriors: true };

  it("are left out if asked, in both fits", async () => {
    const [first, second] = models;
    await expect(compareEvidence(first, second, gaps, options)).rejects.toThrow("the models use different rows");
    const comparison = await compareEvidence(first, second, gaps, { ...options, commonRows: true });
    const kept = Object.fromEntries(Object.entries(gaps).map(([name, cells]) => [name, cells.slice(3)]));
    const byHand = await compareEvidence(first, second, kept, options);
    expect(comparison.observations).toBe(7);
    expect(comparison.engines.map(({ bayesFactor }) => bayesFactor)).toEqual(
      byHand.engines.map(({ bayesFactor }) => bayesFactor),
    );
    expect(comparison.notes.map(({ message }) => message)).toEqual([
      "compared on the 7 rows that both models use; by itself A uses 9, B 7",
    ]);
    expect(byHand.notes).toEqual([]);
    const report = { ...comparison, seconds: { read: 0, total: 0 } };
    expect(evidenceTextReport(report, { width: 100 })).toContain("  compared on the 7 rows that both models use");
    expect(evidenceJsonDocument(report).notes).toEqual(comparison.notes);
  });

  it("are asked for by true or false", async () => {
    const wrong: object = { commonRows: "yes" };
    await expect(compareEvidence(models[0], models[1], gaps, wrong)).rejects.toThrow(
      'commonRows is "yes"; allowed: true or false',
    );
  });
});

describe("a comparison by marginal likelihoods refuses, with the reason", () => {
  const refusal = (modelA: string, modelB: string, options: CompareEvidenceOptions = {}) =>
    compareEvidence(modelA, modelB, data, options).then(
      () => "",
      (error) => `${error.name}: ${error.message}`,
    );

  it("priors, before anything is fitted", async () => {
    const unfit = "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)\nlog(sigma) = 1 + (1 | g)";
    expect(await refusal(unfit, unfit)).toMatch(
      /^ComparisonError: .* these are defaults: intercept, .* of A; intercept, .* of B; .*--default-priors/,
    );
    expect(await refusal(unfit, unfit, { defaultPriors: true })).toMatch(
      /^EngineError: model A: inla cannot approximate/,
    );
    const flat = `${byDefault}\nprior beta ~ flat()`;
    expect(await refusal(a, flat, { defaultPriors: true })).toMatch(/needs proper priors.*: beta\[x\] of B; state/);
  });

  it("models of different responses, and of counts against other numbers", async () => {
    expect(await refusal(a, a.replace("y ~", "x ~"))).toMatch(/^ComparisonError: the models have different responses/);
    const normal = "y ~ normal(mu, 1)\nmu = 1\nprior beta[Intercept] ~ normal(0, 5)";
    expect(await refusal(normal, a)).toMatch(/^ComparisonError: .*a probability does not compare with a density/);
  });

  it("options, all at once", async () => {
    expect(await refusal(a, b, { engines: ["ml", "inla"] })).toMatch(
      /^OptionsError: engines is \["ml","inla"\]; allowed: "ml", .* or "inla", "laplace" or both/,
    );
    expect(await refusal(a, b, { engines: [] })).toMatch(/engines is \[\]/);
    expect(await refusal(a, b, { seed: Number.NaN })).toMatch(/seed is NaN/);
  });
});

describe("ways of integration that disagree", () => {
  it("are told of where their log Bayes factors differ by more than 0.1", async () => {
    const { engines } = await compareEvidence(a, b, data);
    const model = prepareModel(a, data);
    const warned = (byImportance: number, byIntegration: number | null) => {
      const bayesFactor = { log: 1, ratio: Math.E, probabilities: { A: 0.7, B: 0.3 }, byImportance, byIntegration };
      return evidenceWarnings([model, model], [{ ...engines[0], bayesFactor }]);
    };
    expect(warned(1, 1.2)).toMatchObject([
      {
        code: "evidence-disagreement",
        message: expect.stringContaining("1.000 by importance weights of inla, 1.200 by integration of inla"),
      },
    ]);
    expect(warned(1, 1.09)).toEqual([]);
    expect(warned(1, null)).toEqual([]);
  });
});
