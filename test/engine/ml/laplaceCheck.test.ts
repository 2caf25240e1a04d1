import { describe, expect, it } from "vitest";
import { laplaceCheck } from "../../../src/engine/ml/laplaceCheck.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { defaultMlOptions, type MlOptions, mlOptionProblems } from "../../../src/engine/ml/options.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { largestReliableK } from "../../../src/math/psis.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { runSync } from "../../../src/math/steps.js";
import { randomTable } from "../../density/models.js";
import { viewOf } from "./models.js";

const binary = "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | person) + (1 | item)";
const counts = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | person) + (1 | item)";

/** Persons of whom each meets an item with this probability; effects with sds of 1.5. */
function responses(persons: number, items: number, share: number, isCount: boolean) {
  const stream = createStream("responses", 0);
  const effects = (n: number) => Array.from({ length: n }, () => 1.5 * stream.normal());
  const [abilities, easiness] = [effects(persons), effects(items)];
  const rows = abilities.flatMap((ability, person) =>
    easiness.flatMap((ease, item) => {
      if (stream.uniform() > share) return [];
      const logit = ability + ease;
      return [
        {
          person,
          item,
          y: isCount ? Math.round(5 * Math.exp(logit / 3)) : stream.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0,
        },
      ];
    }),
  );
  return viewOf(isCount ? counts : binary, rows);
}

function checkAt(view: ReturnType<typeof viewOf>, sd: number, draws: number) {
  const values = view.values();
  for (const Lambda of values.Lambda) Lambda[0] = sd;
  const laplace = laplaceMarginal(view).evaluate(values, null);
  const options = { ...defaultMlOptions, importanceDraws: draws };
  const { importance, notes } = runSync(laplaceCheck(view, values, laplace, "they cross", options));
  return { laplace, importance, note: notes[0] };
}

describe("the check of Laplace's approximation", () => {
  it("warns where it is off, and says by how much", () => {
    const { laplace, importance, note } = checkAt(responses(40, 10, 1, false), 1.5, 200);
    const { logLikelihood = NaN, standardError = NaN, paretoK = NaN } = importance ?? {};
    expect(logLikelihood - laplace).toBeGreaterThan(0.1 + 5 * standardError);
    expect(note.message).toBe(
      "the likelihood is Laplace's approximation: they cross; by importance sampling (200 draws, Pareto k " +
        `${paretoK.toFixed(2)}) it is ${(logLikelihood - laplace).toFixed(3)} +- ${standardError.toFixed(3)} too low`,
    );
    expect(note.advice).toMatch(/^for AIC and tests between models take the log-likelihood of importance sampling/);
  });

  it("has no advice where it is near enough", () => {
    const { laplace, importance, note } = checkAt(responses(40, 10, 1, true), 0.5, 100);
    expect(Math.abs((importance?.logLikelihood ?? NaN) - laplace)).toBeLessThan(0.1);
    expect(note).toMatchObject({ code: "laplace", advice: "" });
  });

  it("says where the weights are not to be believed", () => {
    const { importance, note } = checkAt(responses(150, 150, 0.015, false), 5, 40);
    expect(importance?.paretoK).toBeGreaterThan(largestReliableK(40));
    expect(note.message).toMatch(/cannot say how good it is: .* too heavy a tail \(Pareto k \d\.\d\d, where 0\.38 is/);
    expect(note.advice).toMatch(/^take more importanceDraws, or compare with an engine that samples/);
  });

  it("gives general advice where it is turned off", () => {
    const { importance, note } = checkAt(responses(10, 5, 1, false), 1, 0);
    expect(importance).toBeUndefined();
    expect(note).toMatchObject({ message: "the likelihood is Laplace's approximation: they cross" });
    expect(note.advice).toContain("least accurate for binary responses");
  });
});

describe("maximum likelihood by Laplace's approximation", () => {
  const crossed = responses(12, 6, 1, false);

  it("is checked where factors cross, by the seed", () => {
    const [result, again, other] = [1, 1, 2].map((seed) =>
      runSync(maximumLikelihood(crossed, { seed, importanceDraws: 50 })),
    );
    expect(result.importance?.draws).toBe(50);
    expect(Math.abs((result.importance?.logLikelihood ?? NaN) - (result.logLikelihood ?? NaN))).toBeLessThan(1);
    expect(again.importance).toEqual(result.importance);
    expect(other.importance?.logLikelihood).not.toBe(result.importance?.logLikelihood);
    expect(other.logLikelihood).toBe(result.logLikelihood);
  });

  it("is not checked where it is exact, or quadrature could take its place, or no draws are asked for", () => {
    const table = randomTable(21, 60);
    const single = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", table);
    const normal = viewOf("y ~ normal(mu, sigma)\nmu = 1 + (1 | g) + (1 | h)", table);
    for (const view of [single, normal])
      expect(runSync(maximumLikelihood(view, { method: "laplace" }))).not.toHaveProperty("importance");
    expect(runSync(maximumLikelihood(crossed, { importanceDraws: 0 }))).not.toHaveProperty("importance");
  });

  it("takes an even number of draws that is worth its while, and no draws for another method", () => {
    const messages = (options: MlOptions) => mlOptionProblems(options).map(({ message }) => message);
    for (const importanceDraws of [-2, 10, 41, 2e6, NaN])
      expect(messages({ ...defaultMlOptions, importanceDraws })).toEqual([
        `importanceDraws is ${importanceDraws}; allowed: an even number from 40 to 1000000, or 0 for no check`,
      ]);
    for (const importanceDraws of [0, 40, 1e6])
      expect(mlOptionProblems({ ...defaultMlOptions, importanceDraws })).toEqual([]);
    expect(messages({ ...defaultMlOptions, method: "aghq", importanceDraws: 400 })).toEqual([
      'importanceDraws is 400, but the method is "aghq"; only laplace has a check by them',
    ]);
    expect(messages({ ...defaultMlOptions, seed: Infinity })).toEqual([
      "seed is Infinity; allowed: a finite number or a text",
    ]);
  });
});
