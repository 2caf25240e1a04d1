import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hyperparameters } from "../../src/density/Hyperparameters.js";
import { resolvePriors } from "../../src/density/resolvePriors.js";
import { buildDesign } from "../../src/design/buildDesign.js";
import type { Design } from "../../src/design/Design.js";
import { families } from "../../src/family/families.js";
import { links } from "../../src/family/links.js";
import { parseModel } from "../../src/language/parser.js";
import { priors } from "../../src/prior/priors.js";
import { compiled, gradientError, logAbsDeterminant, position, randomTable, seeds } from "./models.js";

/** Covariates x1 and x2 of a random table from a far origin. */
function shifted(seed: number) {
  const table = randomTable(seed, 40);
  const columns = new Map(table.columns);
  for (const [name, origin] of [
    ["x1", 30],
    ["x2", -45],
  ] as const) {
    const column = columns.get(name);
    if (column?.kind !== "number") throw new RangeError(name);
    columns.set(name, { ...column, values: column.values.map((value) => value + origin) });
  }
  return { ...table, columns };
}

const texts = [
  "events ~ poisson(mu)\nlog(mu) = 1 + (1 + x1 | g)",
  "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (x1 + x2 | g) + (1 | h)\nprior cor ~ lkj(2)\nprior sd[g, Intercept] ~ exponential(0.1)",
  "y ~ normal(mu, sigma)\nmu = x2 + (0 + x1 | h) + (x2 | g)\nprior sd ~ gamma(2, 0.5)",
];

function priorsOf(text: string, design: Design) {
  const family = families.find(({ name }) => name === design.response.family);
  if (family === undefined) throw new RangeError(design.response.family);
  return resolvePriors(parseModel(text), design, family, priors, links).priors;
}

describe.each(texts)("hyperparameters whose intercept is far from the data: %s", (text) => {
  const table = shifted(3);
  const { design } = buildDesign(parseModel(text), table, families);
  if (design === null) throw new Error("a design");
  const recoded = priorsOf(text, design);
  const plain = {
    ...recoded,
    predictors: recoded.predictors.map((part) => ({
      ...part,
      terms: part.terms.map((term) => ({ ...term, recoding: null })),
    })),
  };
  const [inner, outer] = [hyperparameters(recoded), hyperparameters(plain)];
  /** The position of the plain hyperparameters that have the values of a recoded position. */
  const across = (at: Float64Array): Float64Array => {
    inner.read(at);
    inner.predictors.forEach(({ beta, terms }, k) => {
      outer.predictors[k].beta.set(beta);
      terms.forEach(({ sds, correlation }, t) => {
        outer.predictors[k].terms[t].sds.set(sds);
        outer.predictors[k].terms[t].correlation.set(correlation);
      });
    });
    outer.scalars.set(inner.scalars);
    const there = new Float64Array(outer.size);
    outer.write(there);
    return there;
  };

  it("are recoded", () => {
    expect(recoded.predictors[0].terms.filter(({ recoding }) => recoding !== null)).toHaveLength(1);
  });

  it("have the density of the plain ones, the Jacobian included", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const at = position(inner.size, seed);
        const there = across(at);
        const step = 1e-5;
        const columns = Array.from(at, (_, k) => {
          const moved = (by: number) => across(at.map((x, i) => (i === k ? x + by : x)));
          const [above, below] = [moved(step), moved(-step)];
          return above.map((x, i) => (x - below[i]) / (2 * step));
        });
        const [own, other] = [{ ...inner.read(at) }, { ...outer.read(there) }];
        expect(own.logPrior).toBeCloseTo(other.logPrior, 9);
        expect(own.logJacobian).toBeCloseTo(other.logJacobian + logAbsDeterminant(columns), 4);
      }),
      { numRuns: 20 },
    );
  });

  it("write the position that was read", () => {
    const at = position(inner.size, 8);
    inner.read(at);
    const back = new Float64Array(inner.size);
    inner.write(back);
    at.forEach((x, k) => {
      expect(back[k]).toBeCloseTo(x, 10);
    });
  });

  it.each(["noncentred", "centred"] as const)(
    "give a density, %s, the gradient that differences give",
    (parametrization) => {
      const density = compiled(text, table).model.logDensity(parametrization, "plain");
      const at = position(density.dimension, 5).map((x) => 0.3 * x);
      expect(gradientError(density, at)).toBeLessThan(1e-5);
    },
  );
});

describe("a term is not recoded", () => {
  it.each([
    "events ~ poisson(mu)\nlog(mu) = 1 + (1 + x1 || g)",
    "events ~ poisson(mu)\nlog(mu) = 1 + (0 + x1 | g)",
    "events ~ poisson(mu)\nlog(mu) = 1 + (1 + center(x1) | g)",
    "events ~ poisson(mu)\nlog(mu) = 1 + (1 + x1 | g)\nprior sd[g, x1] ~ uniform(0, 2)",
  ])("%s", (text) => {
    const { design } = buildDesign(parseModel(text), shifted(3), families);
    if (design === null) throw new Error("a design");
    for (const { recoding } of priorsOf(text, design).predictors[0].terms) expect(recoding).toBeNull();
  });
});
