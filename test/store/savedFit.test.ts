import { beforeAll, describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { fitReport } from "../../src/fit/fitReport.js";
import { fromFormula } from "../../src/fit/fromFormula.js";
import { mlReport } from "../../src/fit/mlReport.js";
import type { Fit, MlFit } from "../../src/index.js";
import { quantitiesOf } from "../../src/posterior/quantities.js";
import { ResultError } from "../../src/posterior/ResultError.js";
import { fitFromJSON, fitToJSON } from "../../src/store/savedFit.js";

const text = "y ~ poisson(mu)\nlog(mu) = 1 + scale(x) + (1 + x | g)";
const data = {
  y: Array.from({ length: 60 }, (_, i) => (i === 7 ? null : (i * 7) % 5)),
  x: Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  g: Array.from({ length: 60 }, (_, i) => `g ${i % 6}`),
  unread: Array.from({ length: 60 }, (_, i) => `word ${i}`),
};
const sampling = { engine: "nuts", workers: 0, chains: 2, draws: 60, warmup: 60 } as const;
const formula = fromFormula("y ~ poly(x, 2) + (1 | g)", "poisson");

/** Fits of every engine and kind. */
const fits: Record<string, () => Promise<Fit | MlFit>> = {
  nuts: () => fit(text, data, sampling),
  "nuts, with moments of effects": () => fit(text, data, { ...sampling, randomEffects: "summary", level: 0.8 }),
  "nuts, from a formula": () => fit(formula, data, sampling),
  laplace: () => fit(text, data, { engine: "laplace", seed: "a word" }),
  inla: () => fit(text, data, { engine: "inla", criteria: true, lincomb: ["beta[scale(x)] + b[g, g 1, x]"] }),
  "inla, with a coefficient held": () => fit(`${text}\nprior beta[scale(x)] ~ constant(0.1)`, data, { engine: "inla" }),
  ml: () => fit(text, data, { engine: "ml", level: 0.9 }),
  "ml, penalised": () => fit(`${text}\nprior sd ~ exponential(2)`, data, { engine: "ml", penalized: true }),
  "ml, with a dependent column": () => fit("y ~ poisson(mu)\nlog(mu) = 1 + x + I(2 * x)", data, { engine: "ml" }),
  "ml, separated": () =>
    fit("z ~ bernoulli(p)\nlogit(p) = 1 + x", { z: [0, 0, 1, 1, 0, 1], x: [0, 0, 0, 0, 0, 1] }, { engine: "ml" }),
};

/** All that can be asked of a fit. */
const answers = (result: Fit | MlFit) => {
  const { compiled, ...facts } = result;
  const asked = "ml" in result ? [mlReport(result)] : ofPosterior(result);
  const plain = Object.entries(facts).filter(([, value]) => typeof value !== "function");
  return { asked, plain: Object.fromEntries(plain), priors: compiled.priors, quantities: compiled.quantities };
};
const ofPosterior = (result: Fit) => [
  fitReport(result),
  result.hasNormalEffects(),
  quantitiesOf(result.posterior)
    .filter(({ marginal }) => marginal.kind !== "moments")
    .map(({ name }) => result.draws(name)),
];

describe.each(Object.keys(fits))("a saved fit of %s", (name) => {
  let made: Fit | MlFit;
  beforeAll(async () => {
    made = (await fits[name]?.()) ?? expect.fail();
  });

  it.each(["value", "text"])("is the same again from its %s, whatever it is asked", async (way) => {
    const saved = fitToJSON(made);
    const again = await fitFromJSON(way === "value" ? saved : JSON.stringify(saved));
    expect(Object.keys(again).sort()).toEqual(Object.keys(made).sort());
    expect(answers(again)).toEqual(answers(made));
    expect(JSON.stringify(fitToJSON(again))).toBe(JSON.stringify(saved));
    const at = new Float64Array(made.compiled.logDensity("noncentred").dimension).fill(0.1);
    const [own, others] = [made, again].map(({ compiled }) =>
      compiled.logDensity("noncentred").logDensityGradient(at, at.slice()),
    );
    expect(others).toBe(own);
  });
});

describe("what is refused", () => {
  const refused = async (value: unknown, options = {}) => {
    const error: unknown = await fitFromJSON(value, options).catch((caught: unknown) => caught);
    if (!(error instanceof ResultError)) throw error;
    return [error.code, error.message];
  };
  const saved = async () => JSON.parse(JSON.stringify(fitToJSON((await fits.ml?.()) ?? expect.fail())));

  it("is what is no saved fit, or of a later version", async () => {
    expect((await refused(3))[0]).toBe("not-a-saved-fit");
    expect((await refused("{"))[1]).toMatch(/^the saved fit is not JSON: /);
    const later = { ...(await saved()), version: 2, program: "9.0.0" };
    expect((await refused(later))[1]).toMatch(
      /saved, by marginalia 9\.0\.0, in version 2 of its format, and this program/,
    );
    expect(() => Reflect.apply(fitToJSON, undefined, [{}])).toThrow(
      "fitToJSON: fit is an empty object; it must be a fit",
    );
  });

  it("is a field that is missing or of another type, at its place", async () => {
    const whole = await saved();
    for (const field of ["engine", "ast", "table", "problems", "priors", "design", "seconds", "result"]) {
      const { [field]: _, ...without } = whole.fit;
      expect(await refused({ ...whole, fit: without })).toEqual(["damaged", expect.stringContaining(`at ${field}`)]);
    }
  });

  it("is a model that is not what it was: other data, other priors, a family of one's own that is not given", async () => {
    const whole = await saved();
    const [[, y]] = whole.fit.table.columns;
    y.values.$float64[0] += 1;
    expect(await refused(whole)).toEqual(["other-model", expect.stringContaining("its data are coded otherwise")]);
    const other = await saved();
    other.fit.priors[0].distribution = "normal(0, 1)";
    expect(await refused(other)).toEqual(["other-model", expect.stringContaining("its priors are other ones")]);
    const named = await saved();
    const renamed = JSON.parse(JSON.stringify(named).replaceAll("poisson", "mine"));
    expect(await refused(renamed)).toEqual([
      "other-model",
      expect.stringMatching(/unknown family "mine"[\s\S]*give the families and priors of your own/),
    ]);
  });
});
