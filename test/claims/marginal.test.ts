import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Table } from "../../src/data/Table.js";
import { toTable } from "../../src/data/toTable.js";
import type { LatentFactor } from "../../src/density/LatentGaussian.js";
import type { Estimates } from "../../src/engine/ml/Estimates.js";
import { LinearCriterion } from "../../src/engine/ml/lmm/criterion.js";
import { linearProducts } from "../../src/engine/ml/lmm/products.js";
import { maximumLikelihood } from "../../src/engine/ml/ml.js";
import { aghqMarginal } from "../../src/marginal/likelihoods/aghq.js";
import { laplaceMarginal } from "../../src/marginal/likelihoods/laplace.js";
import { cholesky, logDeterminant, solveLower, solveLowerTransposed } from "../../src/math/linalg/cholesky.js";
import { adaptive } from "../../src/math/quadrature/adaptive.js";
import { trapezoidal } from "../../src/math/quadrature/composite.js";
import { integrate } from "../../src/math/quadrature/integrate.js";
import { type ProductRule, productRule } from "../../src/math/quadrature/productRule.js";
import { runSync } from "../../src/math/steps.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { dataFile, isThere } from "../../validation/files.js";
import {
  conditionalSds,
  covarianceOf,
  fitted,
  hessianOf,
  inEffects,
  isSingular,
  type JointModel,
  jointModel,
  minimumOf,
  shippedModel,
  shippedModels,
  valuesAt,
} from "./jointAtEstimates.js";
import { recipes, tableOf } from "./randomModels.js";

// The likelihoods that maximum likelihood climbs are integrals of the density that a sampler walks in, prior and Jacobian left out.

const runs = { seed: 3, numRuns: 12 };
const LOG_2_PI = Math.log(2 * Math.PI);

/** The joint density at a position, prior and Jacobian left out. */
function withoutPrior({ view, noncentred, effectsAt }: JointModel, position: Float64Array): number {
  const { logPrior, logJacobian } = view.read(position.subarray(0, effectsAt), view.values());
  return noncentred.logDensityGradient(position, new Float64Array(position.length)) - logPrior - logJacobian;
}

/** The effects at their mode, found in the density alone, and the precision there. */
function atMode({ noncentred, effectsAt }: JointModel, position: Float64Array) {
  const objective = inEffects(noncentred, position, effectsAt);
  const { position: u } = minimumOf(objective, position.length - effectsAt);
  const whole = position.slice();
  whole.set(u, effectsAt);
  const precision = hessianOf(objective, u);
  return { whole, precision, conditionalSds: conditionalSds(covarianceOf(precision)) };
}

/** Laplace's approximation to the integral over the effects: the slow twin. */
function slowLaplace(model: JointModel, position: Float64Array): number {
  const { whole, precision } = atMode(model, position);
  const n = position.length - model.effectsAt;
  expect(cholesky(precision, n)).toBe(true);
  return withoutPrior(model, whole) + 0.5 * (n * LOG_2_PI - logDeterminant(precision, n));
}

describe("the Laplace marginal of the joint density", () => {
  /** Log-likelihoods; distance from its maximum along each parameter, in standard errors. */
  const VALUE = 1e-7;
  const DISTANCE = 1e-3;

  function expectMaximum(model: JointModel, fit: Estimates): void {
    const position = model.positionOf(fit.parameters);
    const top = slowLaplace(model, position);
    expect(Math.abs(top - Number(fit.logLikelihood))).toBeLessThan(VALUE * (1 + Math.abs(top)));
    for (let k = 0; k < model.effectsAt; k++) {
      const { slope, curvature } = along((x) => slowLaplace(model, x), position, k, top);
      expect(curvature, `parameter ${k}`).toBeLessThan(0);
      expect(Math.abs(slope) / Math.sqrt(-curvature), `parameter ${k}`).toBeLessThan(DISTANCE);
    }
  }

  for (const structure of ["single", "nested", "crossed"] as const)
    it(`has its maximum at the estimates: ${structure}`, () => {
      fc.assert(
        fc.property(recipes(structure, 60), (recipe) => {
          const model = jointModel(recipe.text, tableOf(recipe));
          const fit = fitted(model);
          fc.pre(fit !== null && !isSingular(fit));
          if (fit !== null) expectMaximum(model, fit);
        }),
        runs,
      );
    });

  for (const name of shippedModels)
    it(`and so of models/${name}`, async () => {
      const model = await shippedModel(name);
      expectMaximum(model, runSync(maximumLikelihood(model.view, { method: "laplace" })));
    });
});

/** First and second derivative along a coordinate, the first with a Richardson step. */
function along(f: (x: Float64Array) => number, position: Float64Array, k: number, top: number, step = 1e-2) {
  const at = (by: number) => f(position.map((x, i) => (i === k ? x + by : x)));
  const [left, nearLeft, nearRight, right] = [at(-step), at(-step / 2), at(step / 2), at(step)];
  const slope = (4 * (nearRight - nearLeft)) / (3 * step) - (right - left) / (6 * step);
  return { slope, curvature: (left - 2 * top + right) / (step * step) };
}

/** The trapezoidal rule on a cube of so many units each way: all but exact where the step is below a conditional sd. */
function denseRule(half: number, points: number, dimensions: number): ProductRule {
  const rule = trapezoidal(points);
  const { nodes, logWeights, ...rest } = productRule({ ...rule, logWeights: rule.weights.map(Math.log) }, dimensions);
  return {
    ...rest,
    nodes: nodes.map((x) => half * x),
    logWeights: logWeights.map((weight) => weight + dimensions * Math.log(half)),
  };
}

/** Log of the integral of exp(f) over the rule's nodes. */
function logIntegral(
  { dimensions, count, nodes, logWeights }: ProductRule,
  f: (shift: Float64Array) => number,
): number {
  const logs = Float64Array.from(
    { length: count },
    (_, k) => logWeights[k] + f(nodes.subarray(k * dimensions, (k + 1) * dimensions)),
  );
  const most = logs.reduce((a, b) => Math.max(a, b));
  return most + Math.log(logs.reduce((sum, x) => sum + Math.exp(x - most), 0));
}

/** One level with the coordinates of its effects, and the levels nested in it. */
interface Block {
  readonly coordinates: readonly number[];
  readonly children: readonly Block[];
}

function blocksOf({ view: { factors }, effectsAt }: JointModel): Block[] {
  const starts = factors.map((_, f) =>
    factors.slice(0, f).reduce((at, { levels, effects }) => at + levels * effects, effectsAt),
  );
  const blocks = (f: number, within: (factor: LatentFactor, level: number) => boolean): Block[] =>
    Array.from({ length: factors[f].levels }, (_, j) => j)
      .filter((j) => within(factors[f], j))
      .map((j) => ({
        coordinates: Array.from({ length: factors[f].effects }, (_, e) => starts[f] + j * factors[f].effects + e),
        children: factors.flatMap(({ parent }, child) =>
          parent?.factor === f ? blocks(child, ({ parent: of }, k) => of?.levelIndex[k] === j) : [],
        ),
      }));
  return factors.flatMap(({ parent }, f) => (parent === null ? blocks(f, () => true) : []));
}

/**
 * Log of the integral over all effects by brute force: the density itself at a dense grid around the mode, level by level, since levels
 * beside one another are independent given those above.
 */
function bruteForce(model: JointModel, position: Float64Array): number {
  const { whole, conditionalSds: units } = atMode(model, position);
  const relative = ({ coordinates, children }: Block, at: Float64Array): number => {
    const here = withoutPrior(model, at);
    const sds = coordinates.map((k) => units[k - model.effectsAt]);
    const integral = logIntegral(denseRule(10, 61, coordinates.length), (shift) => {
      const moved = at.slice();
      coordinates.forEach((k, e) => {
        moved[k] += sds[e] * shift[e];
      });
      return children.reduce((total, child) => total + relative(child, moved), withoutPrior(model, moved) - here);
    });
    return integral + sds.reduce((total, sd) => total + Math.log(sd), 0);
  };
  return blocksOf(model).reduce((total, block) => total + relative(block, whole), withoutPrior(model, whole));
}

describe("quadrature over the joint density", () => {
  const AGREEMENT = 1e-6;
  const small = {
    "one effect": ["binary ~ bernoulli(p)\nlogit(p) = 1 + x1 + (1 | k)", 61],
    "two correlated effects": ["events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 + x1 | g)", 31],
    "two nested factors": ["binary ~ bernoulli(p)\nprobit(p) = 1 + x1 + (1 | g) + (1 | k)", 41],
  } as const;

  for (const [name, [model, points]] of Object.entries(small))
    it(`converges to brute force: ${name}`, { timeout: 60_000 }, () => {
      const text = [
        model,
        "prior beta[Intercept] ~ normal(0.3, 0.1)",
        "prior beta ~ normal(0, 0.5)",
        "prior sd ~ normal(1, 0.2)",
      ];
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
          const recipe = { text: text.join("\n"), rows: 30, seed };
          const joint = jointModel(recipe.text, tableOf(recipe));
          const fit = fitted(joint);
          // Larger effects of binary responses need more points than there are here.
          fc.pre(fit !== null && !isSingular(fit) && fit.parameters.every(({ estimate }) => Math.abs(estimate) < 3));
          if (fit === null) return;
          const position = joint.positionOf(fit.parameters);
          const expected = bruteForce(joint, position);
          const values = valuesAt(joint.view, position, joint.effectsAt);
          const found = (k: number) => aghqMarginal(joint.view, k).evaluate(values, null);
          expect(Math.abs(found(points) - expected)).toBeLessThan(AGREEMENT);
          // And it does so on the way from Laplace's approximation, which it is with one point.
          expect(Math.abs(found(1) - laplaceMarginal(joint.view).evaluate(values, null))).toBeLessThan(1e-9);
          expect(Math.abs(found(1) - expected)).toBeGreaterThan(AGREEMENT);
        }),
        { seed: 20261124, numRuns: 3 },
      );
    });

  it("of one effect is what the adaptive rule of the quadrature room finds, level by level", () => {
    const recipe = {
      text: `${small["one effect"][0]}\nprior beta[Intercept] ~ normal(0, 0.3)\nprior sd ~ normal(2, 0.2)`,
      rows: 40,
      seed: 5,
    };
    const joint = jointModel(recipe.text, tableOf(recipe));
    const { parameters } = runSync(maximumLikelihood(joint.view, { method: "laplace" }));
    const { whole } = atMode(joint, joint.positionOf(parameters));
    const here = withoutPrior(joint, whole);
    let total = here;
    for (const { coordinates } of blocksOf(joint)) {
      const ratio = (x: number) => {
        const moved = whole.slice();
        moved[coordinates[0]] = x;
        return Math.exp(withoutPrior(joint, moved) - here);
      };
      total += Math.log(integrate(ratio, -9, 9, adaptive()).value);
    }
    const values = valuesAt(joint.view, whole, joint.effectsAt);
    expect(Math.abs(aghqMarginal(joint.view, 61).evaluate(values, null) - total)).toBeLessThan(1e-7);
  });

  it.skipIf(!isThere("tvsfp.csv"))(
    "in classes and schools, 21 points, is brute force on three schools of tvsfp",
    async () => {
      const text =
        "thksbin ~ bernoulli(p)\nlogit(p) = 1 + thkspre + cc + tv + (1 | school) + (1 | class)\nprior beta[Intercept] ~ normal(0, 5)";
      const all = await readTable(dataFile("tvsfp.csv"));
      const fit = runSync(maximumLikelihood(jointModel(text, all).view, { method: "laplace" }));
      const joint = jointModel(text.replace(" + cc + tv", ""), firstSchools(all, 3));
      const kept = fit.parameters.filter(({ name }) => name !== "beta[cc]" && name !== "beta[tv]");
      const position = joint.positionOf(kept);
      const found = aghqMarginal(joint.view, 21).evaluate(valuesAt(joint.view, position, joint.effectsAt), null);
      expect(Math.abs(found - bruteForce(joint, position))).toBeLessThan(1e-8);
    },
  );
});

function firstSchools(table: Table, count: number): Table {
  const school = table.columns.get("school");
  if (school?.kind !== "number") throw new Error("no schools");
  const kept = [...new Set(school.values)].slice(0, count);
  const rows = [...school.values.keys()].filter((i) => kept.includes(school.values[i]));
  const columns = [...table.columns].flatMap(([name, column]) =>
    column.kind === "number" ? [[name, rows.map((i) => column.values[i])] as const] : [],
  );
  return toTable(Object.fromEntries(columns));
}

describe("the restricted likelihood", () => {
  const text = [
    "y ~ normal(mu, sigma)",
    "mu = 1 + x + (1 | g)",
    "prior beta[Intercept] ~ normal(0, 5)",
    "prior beta ~ normal(0, 5)",
  ].join("\n");
  const table = toTable({
    y: [2.1, 3.4, 1.7, 4.2, 5.6, 6.9, 5.1, 7.4],
    x: [0.3, 1.2, -0.4, 0.9, 0.1, 1.5, -0.8, 1.1],
    g: [1, 1, 1, 1, 2, 2, 2, 2],
  });
  const model = jointModel(text, table);
  const fit = runSync(maximumLikelihood(model.view, { reml: true }));

  /** The density integrated over effects and coefficients at once, these flat on their own scale, along the axes of its precision. */
  function integrated(position: Float64Array): number {
    const coefficients = [0, 1];
    const free = [...position.keys()].filter((k) => coefficients.includes(k) || k >= model.effectsAt);
    const objective = (x: Float64Array) => -withoutPrior(model, placed(position, free, x));
    const { center, L } = gaussianShape(
      objective,
      Float64Array.from(free, (k) => position[k]),
    );
    const n = free.length;
    const integral = logIntegral(denseRule(6, 13, n), (z) => {
      const shift = z.slice();
      solveLowerTransposed(L, n, shift);
      return -objective(center.map((x, i) => x + shift[i]));
    });
    const scales = coefficients.map((k) => {
      const at = (x: number) =>
        valuesAt(
          model.view,
          position.map((old, i) => (i === k ? x : old)),
          model.effectsAt,
        ).beta[k];
      return at(1) - at(0);
    });
    return integral - 0.5 * logDeterminant(L, n) + scales.reduce((total, scale) => total + Math.log(scale), 0);
  }

  it("is the density with effects and flat coefficients integrated out, and its maximum is there", () => {
    const position = model.positionOf(fit.parameters);
    const top = integrated(position);
    expect(Math.abs(top - Number(fit.logLikelihood))).toBeLessThan(1e-6);
    // theta and sigma: all that is left.
    for (let k = 2; k < model.effectsAt; k++) {
      const { slope, curvature } = along(integrated, position, k, top);
      expect(curvature).toBeLessThan(0);
      expect(Math.abs(slope) / Math.sqrt(-curvature)).toBeLessThan(1e-3);
    }
  });

  it("is so away from the maximum, too", () => {
    const position = model.positionOf(fit.parameters);
    position[2] += 0.7;
    position[3] -= 0.4;
    const { Lambda, dispersion } = valuesAt(model.view, position, model.effectsAt);
    const criterion = new LinearCriterion(linearProducts(model.view), true);
    const relative = Lambda.map((matrix) => matrix.map((x) => x / dispersion[0]));
    expect(Math.abs(integrated(position) + criterion.evaluate(relative, null, dispersion[0]).value)).toBeLessThan(1e-6);
  });
});

function placed(position: Float64Array, free: readonly number[], x: Float64Array): Float64Array {
  const whole = position.slice();
  free.forEach((k, i) => {
    whole[k] = x[i];
  });
  return whole;
}

/** Centre and Cholesky factor of the precision of a quadratic, by differences that are exact for one. */
function gaussianShape(f: (x: Float64Array) => number, start: Float64Array) {
  const n = start.length;
  const moved = (...steps: readonly (readonly [number, number])[]) => {
    const x = start.slice();
    for (const [i, by] of steps) x[i] += by;
    return f(x);
  };
  const L = Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return (moved([i, 1], [j, 1]) - moved([i, 1], [j, -1]) - moved([i, -1], [j, 1]) + moved([i, -1], [j, -1])) / 4;
  });
  expect(cholesky(L, n)).toBe(true);
  const step = start.map((_, i) => (moved([i, -1]) - moved([i, 1])) / 2);
  solveLower(L, n, step);
  solveLowerTransposed(L, n, step);
  return { center: start.map((x, i) => x + step[i]), L };
}
