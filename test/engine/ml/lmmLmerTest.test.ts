import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { fit as fitModel } from "../../../src/index.js";
import { runSync } from "../../../src/math/steps.js";
import { viewOf } from "./models.js";

/** Relative; both searches stop within it. */
const tolerance = 1e-4;
const likelihoodTolerance = 1e-7;

interface Fitted {
  readonly response: string;
  readonly mean: string;
  readonly REML: boolean;
  readonly data: Readonly<Record<string, readonly (number | string)[]>>;
  readonly logLikelihood: number;
  readonly beta: number | readonly number[];
  readonly standardErrors: number | readonly number[];
  readonly degreesOfFreedom: number | readonly number[];
  readonly tests: readonly {
    readonly term: string;
    readonly F: number;
    readonly numerator: number;
    readonly denominator: number;
    readonly p: number;
  }[];
  readonly covariance: readonly {
    readonly group: string;
    readonly effects: string | readonly string[];
    readonly value: number;
  }[];
  readonly sigmaError: number;
  readonly effects: {
    readonly group: readonly string[];
    readonly effect: readonly string[];
    readonly level: readonly string[];
    readonly mode: readonly number[];
    readonly sd: readonly number[];
  };
}

const file = resolve(import.meta.dirname, "../../../validation/fixtures/lmm/lmerTest.fixture.json");
const fits: Readonly<Record<string, Fitted>> = JSON.parse(readFileSync(file, "utf8")).fits;

const vector = (x: number | readonly number[]) => [x].flat();
const ourEffect = (name: string) => (name === "(Intercept)" ? "Intercept" : name);

/** lme4 numbers the terms of one group: Subject.1. */
function covarianceName({ group, effects }: Fitted["covariance"][number]): string {
  if (group === "Residual") return "sigma";
  const names = [effects].flat().map(ourEffect);
  return `${names.length === 1 ? "sd" : "cor"}[${[group.replace(/\.\d+$/, ""), ...names].join(", ")}]`;
}

function expectNear(actual: number | undefined, expected: number, what: string): void {
  expect(Math.abs((actual ?? NaN) - expected), what).toBeLessThan(tolerance * Math.max(Math.abs(expected), 1e-2));
}

describe("lmerTest", () => {
  for (const [name, expected] of Object.entries(fits))
    describe(name, () => {
      const text = `${expected.response} ~ normal(mu, sigma)\nmu = ${expected.mean}`;
      const view = viewOf(text, expected.data);
      const fit = runSync(linearMixedModel(view, { reml: expected.REML }));

      it("has our log-likelihood and coefficients, their standard errors and degrees of freedom", () => {
        expect(Math.abs((fit.logLikelihood ?? NaN) - expected.logLikelihood)).toBeLessThan(likelihoodTolerance);
        const [errors, degrees] = [expected.standardErrors, expected.degreesOfFreedom].map(vector);
        vector(expected.beta).forEach((beta, k) => {
          const { name: parameter, estimate, standardError, degreesOfFreedom } = fit.parameters[k];
          expectNear(estimate / errors[k], beta / errors[k], parameter);
          expectNear(standardError, errors[k], parameter);
          expectNear(degreesOfFreedom, degrees[k], parameter);
        });
      });

      it("has our F tests of the terms, type III", async () => {
        const result = await fitModel(text, expected.data, { engine: "ml", method: "lmm", reml: expected.REML });
        const { terms } = result.ml;
        expect(terms?.map((term) => term.name)).toEqual(expected.tests.map(({ term }) => term));
        expected.tests.forEach(({ term, F, numerator, denominator, p }, k) => {
          const test = terms?.[k];
          expect(test).toMatchObject({ test: "F", degreesOfFreedom: numerator });
          expectNear(test?.statistic, F, term);
          expectNear(test?.denominatorDegreesOfFreedom ?? NaN, denominator, term);
          expectNear(test?.pValue, p, term);
        });
      });

      it("has our variances, and sigma's standard error", () => {
        for (const part of expected.covariance) {
          const found = fit.parameters.find((parameter) => parameter.name === covarianceName(part));
          expectNear(found?.estimate, part.value, covarianceName(part));
        }
        expect(fit.parameters.length).toBe(vector(expected.beta).length + expected.covariance.length);
        expectNear(fit.parameters[fit.parameters.length - 1].standardError, expected.sigmaError, "sigma");
      });

      it("has our conditional modes and sds", () => {
        const { group, effect, level, mode, sd } = expected.effects;
        const names = view.quantities.randomEffects;
        const [modes, sds] = [fit.effects?.modes, fit.effects?.sds].map((parts) => parts?.flatMap((part) => [...part]));
        expect(names.length).toBe(mode.length);
        mode.forEach((value, k) => {
          const at = names.findIndex(
            (candidate) =>
              candidate.factor === group[k] &&
              candidate.level === level[k] &&
              candidate.coefficient === ourEffect(effect[k]),
          );
          expectNear((modes?.[at] ?? NaN) / sd[k], value / sd[k], `${group[k]} ${level[k]}`);
          expectNear(sds?.[at], sd[k], `${group[k]} ${level[k]}`);
        });
      });
    });

  it("tests the treatment of the block design by F = t^2 = 3.64 on 7 degrees of freedom", () => {
    const { response, mean, data } = fits["rcbd, their difference, REML"];
    const view = viewOf(`${response} ~ normal(mu, sigma)\nmu = ${mean}`, data);
    const [, treatment] = runSync(linearMixedModel(view, { reml: true })).parameters;
    expect((treatment.estimate / treatment.standardError) ** 2).toBeCloseTo(3.64, 2);
    expectNear(treatment.degreesOfFreedom, 7, treatment.name);
  });
});
