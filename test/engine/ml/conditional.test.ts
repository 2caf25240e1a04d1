import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../../src/engine/EngineError.js";
import { conditionalProblem } from "../../../src/engine/ml/conditional/conditionalProblem.js";
import { multinomial } from "../../../src/engine/ml/conditional/multinomial.js";
import type { Stratum, StratumLikelihood } from "../../../src/engine/ml/conditional/Stratum.js";
import { symmetricFunctions } from "../../../src/engine/ml/conditional/symmetricFunctions.js";
import { conditionalLikelihood } from "../../../src/engine/ml/conditional.js";
import type { Estimates } from "../../../src/engine/ml/Estimates.js";
import { lgamma } from "../../../src/math/special/lgamma.js";
import { runSync } from "../../../src/math/steps.js";
import { numericalGradient, uniforms } from "../../density/models.js";
import { reals } from "../../math/reals.js";
import { reference, viewOf, viewOnData } from "./models.js";

const ENUMERATION = 1e-11;
const DIFFERENCES = 1e-6;
/** Digits of the reference file. */
const REFERENCE = 1e-7;

const p = 2;
const stratumOf = (rows: number, kind: "logistic" | "multinomial") =>
  fc
    .record({
      X: fc.array(reals(-2, 2), { minLength: rows * p, maxLength: rows * p }),
      offset: fc.array(reals(-3, 3), { minLength: rows, maxLength: rows }),
      trials: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: rows, maxLength: rows }),
      shares: fc.array(reals(0, 0.999), { minLength: rows, maxLength: rows }),
    })
    .map(({ X, offset, trials, shares }): Stratum => {
      const y = Float64Array.from(shares, (share, i) => Math.floor(share * (trials[i] + 1)));
      return {
        rows,
        X: Float64Array.from(X),
        offset: Float64Array.from(offset),
        y,
        trials: kind === "logistic" ? Float64Array.from(trials) : null,
        total: y.reduce((sum, value) => sum + value, 0),
      };
    });
const strata = (kind: "logistic" | "multinomial") =>
  fc
    .integer({ min: 2, max: 5 })
    .chain((rows) => stratumOf(rows, kind))
    .filter(({ total, trials }) => total > 0 && total < (trials?.reduce((sum, n) => sum + n, 0) ?? Infinity));
const coefficients = fc.array(reals(-3, 3), { minLength: p, maxLength: p }).map((beta) => Float64Array.from(beta));

/** All ways to reach the total, row by row. */
function configurations(rows: number, total: number, most: (i: number) => number, from = 0): number[][] {
  if (from === rows) return total === 0 ? [[]] : [];
  return Array.from({ length: Math.min(total, most(from)) + 1 }, (_, value) =>
    configurations(rows, total - value, most, from + 1).map((rest) => [value, ...rest]),
  ).flat();
}

const logFactorial = (n: number) => lgamma(n + 1);

/** log of the unconditional probability, but for what the total fixes. */
function logWeight(stratum: Stratum, beta: Float64Array, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < stratum.rows; i++) {
    let eta = stratum.offset[i];
    for (let a = 0; a < p; a++) eta += stratum.X[i * p + a] * beta[a];
    sum += y[i] * eta - logFactorial(y[i]);
    if (stratum.trials !== null) sum += logFactorial(stratum.trials[i]) - logFactorial(stratum.trials[i] - y[i]);
  }
  return sum;
}

function enumerated(stratum: Stratum, beta: Float64Array): number {
  const most = (i: number) => stratum.trials?.[i] ?? Infinity;
  const all = configurations(stratum.rows, stratum.total, most).map((y) => logWeight(stratum, beta, y));
  const largest = Math.max(...all);
  return logWeight(stratum, beta, stratum.y) - largest - Math.log(all.reduce((s, x) => s + Math.exp(x - largest), 0));
}

const kinds: readonly (readonly ["logistic" | "multinomial", StratumLikelihood])[] = [
  ["logistic", symmetricFunctions],
  ["multinomial", multinomial],
];

for (const [kind, likelihood] of kinds)
  describe(`the conditional likelihood of a ${kind} stratum`, () => {
    it("is that of enumeration", () => {
      fc.assert(
        fc.property(strata(kind), coefficients, (stratum, beta) => {
          const expected = enumerated(stratum, beta);
          const value = likelihood(stratum, beta, null, null);
          expect(Math.abs(value - expected)).toBeLessThan(ENUMERATION * (1 + Math.abs(expected)));
        }),
        { seed: 3, numRuns: 300 },
      );
    });

    it("has the derivatives of its value", () => {
      fc.assert(
        fc.property(strata(kind), coefficients, (stratum, beta) => {
          const gradient = new Float64Array(p);
          const hessian = new Float64Array(p * p);
          likelihood(stratum, beta, gradient, hessian);
          const expected = numericalGradient((at) => likelihood(stratum, at, null, null), beta);
          for (let a = 0; a < p; a++) {
            expect(Math.abs(gradient[a] - expected[a])).toBeLessThan(DIFFERENCES * (1 + Math.abs(expected[a])));
            const slope = (at: Float64Array) => {
              const moved = new Float64Array(p);
              likelihood(stratum, at, moved, null);
              return moved[a];
            };
            const row = numericalGradient(slope, beta);
            for (let b = 0; b <= a; b++)
              expect(Math.abs(hessian[a * p + b] - row[b])).toBeLessThan(DIFFERENCES * (1 + Math.abs(row[b])));
          }
        }),
        { seed: 4, numRuns: 100 },
      );
    });

    it("does not see a shift of the stratum, however large", () => {
      fc.assert(
        fc.property(strata(kind), coefficients, reals(-700, 700), (stratum, beta, shift) => {
          const shifted = { ...stratum, offset: stratum.offset.map((value) => value + shift) };
          const value = likelihood(stratum, beta, null, null);
          expect(likelihood(shifted, beta, null, null)).toBeCloseTo(value, 9);
        }),
        { seed: 5, numRuns: 200 },
      );
    });
  });

describe("the recursion", () => {
  it("neither overflows nor loses digits in a stratum of 3000 rows, of which half are successes", () => {
    // Equal rows: every configuration is equally likely.
    const rows = 3000;
    const y = Float64Array.from({ length: rows }, (_, i) => i % 2);
    const trials = new Float64Array(rows).fill(1);
    const stratum = { rows, X: new Float64Array(rows), offset: new Float64Array(rows), y, trials, total: rows / 2 };
    const expected = 2 * logFactorial(rows / 2) - logFactorial(rows);
    const value = symmetricFunctions(stratum, new Float64Array(1), null, null);
    expect(Math.abs(value / expected - 1)).toBeLessThan(1e-12);
  });

  it("stays exact where predictors are hundreds apart", () => {
    const offset = Float64Array.of(-800, 0, 1, 800);
    const stratum = { rows: 4, X: new Float64Array(4), offset, y: Float64Array.of(0, 1, 0, 1), trials: null, total: 2 };
    const value = symmetricFunctions(stratum, new Float64Array(1), null, null);
    expect(value).toBeCloseTo(-Math.log(1 + Math.E), 12);
  });
});

const reality = JSON.parse(readFileSync(reference("ml_more"), "utf8"));

function estimate({ parameters }: Estimates, name: string) {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${parameters.map((parameter) => parameter.name)}`);
  return found;
}

const codes = ({ notes }: Estimates) => notes.map(({ code }) => code);

describe("conditional likelihood", () => {
  it("is survival::clogit's on toenail", async () => {
    const text = "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)";
    const fit = runSync(conditionalLikelihood(await viewOnData(text, "toenail")));
    const { coef, se, logLik } = reality.toenail_clogit;
    expect(fit.convergence.converged).toBe(true);
    expect(Math.abs(Number(fit.logLikelihood) - logLik)).toBeLessThan(REFERENCE);
    const pairs = [
      ["beta[time]", "time"],
      ["beta[treatment.terbinafine:time]", "time:treatmentterbinafine"],
    ];
    expect(fit.parameters.map(({ name }) => name)).toEqual(pairs.map(([ours]) => ours));
    for (const [ours, theirs] of pairs) {
      expect(Math.abs(estimate(fit, ours).estimate - coef[theirs])).toBeLessThan(REFERENCE);
      expect(Math.abs(estimate(fit, ours).standardError - se[theirs])).toBeLessThan(REFERENCE);
    }
    expect(codes(fit)).toEqual(["conditioned-out", "uninformative-strata"]);
    expect(fit.notes[0].message).toContain("beta[Intercept], beta[treatment.terbinafine] cannot be estimated");
  });

  it("gives a matched pair the odds ratio of its discordant pairs", () => {
    // 5 pairs for, 2 against, 3 concordant: log(5 / 2), variance 1/5 + 1/2.
    const pairs = [...Array(5).fill([0, 1]), ...Array(2).fill([1, 0]), [0, 0], [1, 1], [1, 1]].flat();
    const table = {
      y: pairs,
      x: pairs.map((_, i) => i % 2),
      g: pairs.map((_, i) => `pair${Math.floor(i / 2)}`),
    };
    const fit = runSync(conditionalLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", table)));
    expect(estimate(fit, "beta[x]").estimate).toBeCloseTo(Math.log(2.5), 9);
    expect(estimate(fit, "beta[x]").standardError).toBeCloseTo(Math.sqrt(0.7), 9);
    expect(fit.notes[1].message).toContain(
      "3 of 10 groups of g say nothing once their total is given: 1 all 0, 2 all 1",
    );
  });

  it("is for Poisson counts the fit with a fixed effect for each group", () => {
    const next = uniforms(8);
    const rows = 40;
    const g = Array.from({ length: rows }, (_, i) => `g${i % 8}`);
    const x = Array.from({ length: rows }, next);
    const y = x.map((value, i) => (i % 8 === 7 ? 0 : Math.floor((next() + 1) * 2 * Math.exp(value))));
    const view = viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", { x, y, g });
    const fit = runSync(conditionalLikelihood(view));
    const beta = estimate(fit, "beta[x]").estimate;
    // The score of beta with each group's own intercept at its maximum, log(total / sum exp(x beta)).
    let score = 0;
    for (let level = 0; level < 8; level++) {
      const members = [...g.keys()].filter((i) => i % 8 === level);
      const total = members.reduce((sum, i) => sum + y[i], 0);
      const scale = total / members.reduce((sum, i) => sum + Math.exp(x[i] * beta), 0);
      for (const i of members) score += x[i] * (y[i] - scale * Math.exp(x[i] * beta));
    }
    expect(Math.abs(score)).toBeLessThan(1e-6);
    expect(fit.notes[1].message).toContain("with total 0");
  });

  it("does not tell binomial rows from their trials, but for the constant", () => {
    const table = {
      s: [1, 2, 0, 3, 1, 2],
      n: [3, 4, 2, 3, 5, 2],
      x: [0, 1, 2, 1, 3, 0.5],
      g: ["a", "a", "a", "b", "b", "b"],
    };
    const single = table.n.flatMap((n, i) => Array.from({ length: n }, (_, k) => ({ y: k < table.s[i] ? 1 : 0, i })));
    const rows = {
      y: single.map(({ y }) => y),
      x: single.map(({ i }) => table.x[i]),
      g: single.map(({ i }) => table.g[i]),
    };
    const together = runSync(conditionalLikelihood(viewOf("s ~ binomial(n, p)\nlogit(p) = 1 + x + (1 | g)", table)));
    const apart = runSync(conditionalLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", rows)));
    const choose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    const constant = table.n.reduce((sum, n, i) => sum + choose(n, table.s[i]), 0);
    expect(Number(together.logLikelihood) - Number(apart.logLikelihood)).toBeCloseTo(constant, 9);
    expect(estimate(together, "beta[x]").estimate).toBeCloseTo(estimate(apart, "beta[x]").estimate, 8);
    expect(estimate(together, "beta[x]").standardError).toBeCloseTo(estimate(apart, "beta[x]").standardError, 8);
  });

  it("names coefficients that only groups without information carry, and combinations within groups", () => {
    const table = {
      y: [0, 1, 1, 0, 1, 0, 0, 0, 0],
      x: [0, 1, 2, 5, 4, 3, 1, 2, 4],
      z: [1, 2, 3, 7, 6, 5, 1, 2, 4],
      silent: [0, 0, 0, 0, 0, 0, 1, 2, 4],
      g: ["a", "a", "a", "b", "b", "b", "c", "c", "c"],
    };
    const fit = runSync(
      conditionalLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + x + z + silent + (1 | g)", table)),
    );
    expect(fit.parameters.map(({ name }) => name)).toEqual(["beta[x]"]);
    expect(fit.notes[0].message).toContain("beta[Intercept], beta[silent] cannot");
    expect(fit.notes[1].message).toContain("beta[z] left out");
  });

  for (const fixed of ["1 + x", "1 + x + w", "1 + w + x"])
    it(`says that separated groups have no finite estimate, and of which coefficient: ${fixed}`, () => {
      // In each group the row with x = 1 is a success; w only goes along with successes.
      const next = uniforms(4);
      const i = [...Array(60).keys()];
      const g = i.map((row) => `g${Math.floor(row / 6)}`);
      const w = i.map(next);
      const x = i.map((row) => (row % 6 === 0 ? 1 : 0));
      const y = i.map((row) => (x[row] === 1 || next() + 0.5 * w[row] > 0.2 ? 1 : 0));
      const fit = runSync(
        conditionalLikelihood(viewOf(`y ~ bernoulli(p)\nlogit(p) = ${fixed} + (1 | g)`, { y, x, w, g })),
      );
      expect(fit.notes.find(({ code }) => code === "separation")?.message).toContain("without end in beta[x]:");
      expect(fit.convergence.converged).toBe(false);
      expect(estimate(fit, "beta[x]").standardError).toBeNaN();
      if (!fixed.includes("w")) return;
      // What is left is the fit to the rows that are not decided.
      const rest = i.filter((row) => x[row] === 0);
      const pick = <T>(column: readonly T[]) => rest.map((row) => column[row]);
      const without = { y: pick(y), w: pick(w), g: pick(g) };
      const finite = runSync(conditionalLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + w + (1 | g)", without)));
      expect(codes(finite)).not.toContain("separation");
      expect(estimate(fit, "beta[w]").estimate).toBeCloseTo(estimate(finite, "beta[w]").estimate, 4);
      expect(estimate(fit, "beta[w]").standardError).toBeCloseTo(estimate(finite, "beta[w]").standardError, 4);
      expect(fit.logLikelihood).toBeCloseTo(Number(finite.logLikelihood), 4);
    });

  const table = {
    y: [0, 1, 1, 0, 1, 0],
    x: [0, 1, 2, 5, 4, 3],
    g: ["a", "a", "a", "b", "b", "b"],
    h: ["u", "v", "u", "v", "u", "v"],
    id: ["1", "2", "3", "4", "5", "6"],
  };
  const refusals = [
    ["another link", "y ~ bernoulli(p)\nprobit(p) = 1 + x + (1 | g)", "logit link"],
    ["another family", "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)", "logit link"],
    ["crossed factors", "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g) + (1 | h)", "the model has g, h"],
    ["no factor", "y ~ bernoulli(p)\nlogit(p) = 1 + x", "the model has none"],
    ["slopes", "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 + x | g)", "write (1 | g)"],
    ["a slope without intercept", "y ~ bernoulli(p)\nlogit(p) = 1 + x + (0 + x | g)", "write (1 | g)"],
    ["groups of one row", "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | id)", "no group of id has information"],
    ["nothing within groups", "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)", "leaves no coefficient"],
  ];
  for (const [what, text, message] of refusals)
    it(`refuses ${what}, with the way out`, () => {
      const fit = () => runSync(conditionalLikelihood(viewOf(text, table)));
      expect(fit).toThrow(EngineError);
      expect(fit).toThrow(message);
      expect(fit).toThrow("aghq or laplace");
    });

  it("sets up strata whose columns are centred", () => {
    const view = viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", table);
    if (view.conditional === null) throw new Error("a Poisson model has a conditional likelihood");
    const { strata } = conditionalProblem(view, view.conditional);
    for (const { X } of strata) expect(X.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 12);
  });
});
