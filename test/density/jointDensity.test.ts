import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toTable } from "../../src/data/toTable.js";
import type { LogDensity } from "../../src/density/LogDensity.js";
import { families } from "../../src/family/families.js";
import {
  compiled,
  formulas,
  modelText,
  numericalGradient,
  position,
  randomTable,
  responseCases,
  seeds,
} from "./models.js";

const runs = { seed: 20261121, numRuns: 8 };
/** Relative to 1 + |gradient|; central differences with one Richardson step leave about 1e-10 of the value. */
const differenceTolerance = 2e-6;

const valueAt = (density: LogDensity) => (at: Float64Array) =>
  density.logDensityGradient(at, new Float64Array(density.dimension));

/** Effects so small that a mean under the identity link stays in its range. */
function smallEffects(at: Float64Array, { dimension, quantities }: LogDensity): void {
  for (let k = dimension - quantities.randomEffects.length; k < dimension; k++) at[k] *= 0.01;
}

const parameterModels = [
  "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 | g)\nlog(sigma) = 1 + x2",
  "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x1 | g)\nlog(sigma) = 1 + x1 + (1 | h)",
  "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x1 + offset(log(e)) + (1 | g)\nlog(phi) = 1 + f\nprior phi.beta[f.b] ~ normal(0, 1)",
  "y ~ scaled_normal(mu, scale, share)\nmu = 1 + x1 + (1 | g)\nprior share ~ beta(2, 2)",
  "y ~ scaled_normal(mu, scale, share)\nmu = 1 + x1 + (1 | g)\nlogit(share) = 1 + x2 + (1 | h)\nprior share.beta[Intercept] ~ normal(0, 1)",
  "y ~ scaled_normal(mu, scale, share)\nmu = 1 + x1 + (1 | g)\nlog(scale) = 1 + x1\nlogit(share) = 1 + x2\nprior scale.beta[Intercept] ~ normal(0, 1)\nprior share.beta[Intercept] ~ normal(0, 1)",
];

describe("the gradient of the joint density", () => {
  const texts = [
    ...responseCases.flatMap((response) => formulas.flatMap((formula) => modelText(response, formula) ?? [])),
    ...parameterModels,
  ];
  it("is asked of every family under every link of its mean", () => {
    const all = families.flatMap(({ name, slots }) =>
      slots.flatMap((slot) => (slot.kind === "mean" ? slot.links.map((link) => `${name} ${link}`) : [])),
    );
    const covered = responseCases.map(({ response, link }) => `${/~ (\w+)/.exec(response)?.[1]} ${link}`);
    expect(all.filter((pair) => !covered.includes(pair))).toEqual([]);
  });

  for (const parametrization of ["centred", "noncentred"] as const)
    for (const backend of ["auto", "plain"] as const)
      it(`equals finite differences: ${parametrization}, ${backend}, every family, link and structure`, () => {
        let checked = 0;
        for (const [t, text] of texts.entries())
          fc.assert(
            fc.property(seeds, (seed) => {
              const density = compiled(text, randomTable(seed, 23)).model.logDensity(parametrization, backend);
              const at = position(density.dimension, seed);
              if (parametrization === "centred") smallEffects(at, density);
              const gradient = new Float64Array(density.dimension);
              expect(Number.isFinite(density.logDensityGradient(at, gradient)), text).toBe(true);
              const numerical = numericalGradient(valueAt(density), at);
              gradient.forEach((g, k) => {
                const error = Math.abs(g - numerical[k]) / (1 + Math.abs(g));
                expect(error, `${text}\ncomponent ${k}`).toBeLessThan(differenceTolerance);
                checked++;
              });
            }),
            { seed: 20261121 + t, numRuns: 1 },
          );
        expect(checked).toBeGreaterThan(500);
      });

  it("is the same from the kernels and from the plain twin", () => {
    for (const [t, text] of texts.entries()) {
      const { model } = compiled(text, randomTable(300 + t, 41));
      if (!model.hasKernel) continue;
      const [fast, plain] = [model.logDensity("noncentred"), model.logDensity("noncentred", "plain")];
      const at = position(fast.dimension, t);
      const [a, b] = [new Float64Array(fast.dimension), new Float64Array(fast.dimension)];
      const [x, y] = [fast.logDensityGradient(at, a), plain.logDensityGradient(at, b)];
      expect(Math.abs(x - y) / (1 + Math.abs(y))).toBeLessThan(1e-12);
      a.forEach((g, k) => {
        expect(Math.abs(g - b[k]) / (1 + Math.abs(g))).toBeLessThan(1e-11);
      });
    }
  });
});

describe("the joint density", () => {
  it("is centred = noncentred less the Jacobian J log |Lambda|", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { model, design } = compiled(
          "y ~ normal(mu, sigma)\nmu = 1 + x2 + (1 + x1 | g) + (1 | h)",
          randomTable(seed, 30),
        );
        const [centred, noncentred] = [model.logDensity("centred"), model.logDensity("noncentred")];
        const u = position(noncentred.dimension, seed);
        const draw = new Float64Array(
          noncentred.quantities.parameters.length + noncentred.quantities.randomEffects.length,
        );
        noncentred.constrain(u, draw);
        const effects = draw.subarray(noncentred.quantities.parameters.length);
        const b = u.slice();
        b.set(effects, u.length - effects.length);
        const named = (name: string) => draw[noncentred.quantities.parameters.indexOf(name)];
        const [g, h] = design.predictors[0].factors.map((factor) => factor.levels.length);
        const logLambda =
          g *
            (Math.log(named("sd[g, Intercept]")) +
              Math.log(named("sd[g, x1]")) +
              0.5 * Math.log(1 - named("cor[g, Intercept, x1]") ** 2)) +
          h * Math.log(named("sd[h, Intercept]"));
        expect(valueAt(noncentred)(u)).toBeCloseTo(valueAt(centred)(b) + logLambda, 9);
      }),
      runs,
    );
  });

  it("does not depend on the order of rows or the names of levels", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const table = randomTable(seed, 30);
        const order = Array.from({ length: 30 }, (_, i) => (i * 7 + seed) % 30);
        const pick = (name: string): number[] => {
          const column = table.columns.get(name);
          if (column?.kind !== "number") throw new Error(name);
          return order.map((i) => column.values[i]);
        };
        const text = "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 + x1 | g) + (1 | h)";
        const shuffled = {
          name: "shuffled",
          rows: 30,
          columns: new Map(
            ["x1", "g", "h", "events"].map((name) => {
              const values = Float64Array.from(pick(name), (x) => (name === "g" ? 100 + 2 * x : x));
              return [name, { kind: "number" as const, values }];
            }),
          ),
        };
        const [a, b] = [compiled(text, table), compiled(text, shuffled)].map(({ model }) =>
          model.logDensity("noncentred"),
        );
        const at = position(a.dimension, seed);
        const [x, y] = [valueAt(a)(at), valueAt(b)(at)];
        expect(Math.abs(x - y)).toBeLessThan(1e-9 * (1 + Math.abs(x)));
      }),
      runs,
    );
  });

  it("differs between binomial rows and their Bernoulli rows by the log binomial coefficients", () => {
    const columns = { size: [3, 5, 2, 4], successes: [1, 5, 0, 2], x: [0.1, -0.4, 0.8, 0.3], g: [1, 1, 2, 3] };
    const expanded = columns.size.flatMap((size, i) =>
      Array.from({ length: size }, (_, k) => ({
        y: k < columns.successes[i] ? 1 : 0,
        x: columns.x[i],
        g: columns.g[i],
      })),
    );
    const priorLines =
      "\nprior beta ~ uniform(-4, 4)\nprior beta[Intercept] ~ uniform(-4, 4)\nprior sd ~ exponential(1)";
    const table = (input: Parameters<typeof toTable>[0]) => toTable(input);
    const binomial = compiled(`successes ~ binomial(size, p)\nlogit(p) = 1 + x + (1 | g)${priorLines}`, table(columns));
    const bernoulli = compiled(`y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)${priorLines}`, table(expanded));
    const [a, b] = [binomial, bernoulli].map(({ model }) => model.logDensity("noncentred"));
    const at = position(a.dimension, 3);
    expect(valueAt(a)(at) - valueAt(b)(at)).toBeCloseTo(Math.log(3) + Math.log(6), 11);
  });

  it("takes a shifted offset for a shifted raw intercept, but for the prior", () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -2, max: 2, noNaN: true }), (seed, shift) => {
        const flat = "\nprior beta[Intercept] ~ flat()";
        const text = (offset: string) => `events ~ poisson(mu)\nlog(mu) = 1 + x1 + offset(${offset}) + (1 | g)${flat}`;
        const table = randomTable(seed, 25);
        const [a, b] = [compiled(text("x2"), table), compiled(text(`x2 + ${shift}`), table)];
        const [plain, shifted] = [a.model.logDensity("noncentred"), b.model.logDensity("noncentred")];
        const at = position(plain.dimension, seed);
        const k = a.design.predictors[0].interceptColumn;
        const intercept = (density: LogDensity) => {
          const draw = new Float64Array(density.quantities.parameters.length + density.quantities.randomEffects.length);
          density.constrain(at, draw);
          return draw[k];
        };
        const moved = at.slice();
        moved[k] += intercept(shifted) + shift - intercept(plain);
        const [x, y] = [valueAt(plain)(moved), valueAt(shifted)(at)];
        expect(Math.abs(x - y)).toBeLessThan(1e-10 * (1 + Math.abs(x)));
      }),
      runs,
    );
  });

  it("is -Infinity where it cannot be computed, and throws only on misuse", () => {
    const { model } = compiled("events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)", randomTable(5, 20));
    const density = model.logDensity("noncentred");
    const gradient = new Float64Array(density.dimension);
    for (const extreme of [1e300, Number.NaN, Number.POSITIVE_INFINITY])
      expect(density.logDensityGradient(new Float64Array(density.dimension).fill(extreme), gradient)).toBe(-Infinity);
    expect(() => density.logDensityGradient(new Float64Array(1), gradient)).toThrow(RangeError);
  });
});
