import { describe, expect, it, test } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { aghqMarginal, treeMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { generalLaplace, laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import type { MarginalLikelihood } from "../../../src/marginal/likelihoods/MarginalLikelihood.js";
import { numericalGradient, uniforms } from "../../density/models.js";
import { groupedTable, viewOf } from "../designs.js";

const responses = [
  "y ~ normal(mu, sigma)\nmu",
  "events ~ negative_binomial(mu, phi)\nlog(mu)",
  "binary ~ bernoulli(p)\nprobit(p)",
  "successes ~ binomial(size, p)\nlogit(p)",
];
const randomParts = [
  "(1 | g)",
  "(1 + x1 | g)",
  "(1 + x1 | g) + (0 + x2 | g)",
  "(1 | g) + (1 | k)",
  "(1 + x1 | m) + (1 + x2 | g)",
  "(1 | k) + (1 | m) + (1 + x1 | g)",
];

/** Parameters at random; Lambda's diagonal positive unless told to vanish. */
function randomValues(view: LatentGaussian, seed: number, singular = false): LatentValues {
  const next = uniforms(seed);
  const values = view.values();
  values.beta.forEach((_, k) => {
    values.beta[k] = 0.5 * next();
  });
  values.dispersion.fill(0.9);
  values.Lambda.forEach((Lambda, f) => {
    const q = view.factors[f].effects;
    for (let r = 0; r < q; r++)
      for (let c = 0; c <= r; c++)
        Lambda[r * q + c] = r === c ? (singular && r === q - 1 ? 0 : 0.8 + 0.3 * next()) : 0.3 * next();
  });
  return values;
}

const flat = ({ beta, Lambda, dispersion }: LatentValues) =>
  Float64Array.from([...beta, ...Lambda.flatMap((L) => [...L]), ...dispersion]);

function filled(view: LatentGaussian, position: Float64Array): LatentValues {
  const values = view.values();
  let at = 0;
  for (const part of [values.beta, ...values.Lambda, values.dispersion]) {
    part.set(position.subarray(at, at + part.length));
    at += part.length;
  }
  return values;
}

/** Which entries of a flat position are parameters: all but the upper triangles. */
function isParameter(view: LatentGaussian): boolean[] {
  const marks = view.values();
  marks.beta.fill(1);
  marks.dispersion.fill(1);
  marks.Lambda.forEach((L, f) => {
    const q = view.factors[f].effects;
    L.forEach((_, k) => {
      L[k] = k % q <= Math.floor(k / q) ? 1 : 0;
    });
  });
  return [...flat(marks)].map((mark) => mark === 1);
}

describe("the likelihood by adaptive Gauss-Hermite quadrature", () => {
  for (const random of randomParts)
    it(`has the gradient of finite differences: ${random}`, () => {
      responses.forEach((response, k) => {
        const { view } = viewOf(`${response} = 1 + x1 + ${random}`, groupedTable(40 + k, 40));
        for (const points of [1, 4])
          for (const singular of [false, true]) {
            const marginal = aghqMarginal(view, points);
            const values = randomValues(view, 7 + k, singular);
            const gradients = view.values();
            const value = marginal.evaluate(values, gradients);
            expect(Number.isFinite(value)).toBe(true);
            const numerical = numericalGradient((at) => marginal.evaluate(filled(view, at), null), flat(values), 1e-3);
            const marks = isParameter(view);
            flat(gradients).forEach((derivative, at) => {
              if (!marks[at]) expect(derivative).toBe(0);
              else
                expect(Math.abs(derivative - numerical[at]), `${response} ${points} points, entry ${at}`).toBeLessThan(
                  1e-6 * (1 + Math.abs(derivative)),
                );
            });
          }
      });
    });

  it("is Laplace's approximation with one point", () => {
    for (const random of randomParts) {
      const { view } = viewOf(`events ~ poisson(mu)\nlog(mu) = 1 + x1 + ${random}`, groupedTable(3, 50));
      const values = randomValues(view, 5);
      const [a, b] = [view.values(), view.values()];
      const laplace = laplaceMarginal(view).evaluate(values, a);
      expect(aghqMarginal(view, 1).evaluate(values, b)).toBeCloseTo(laplace, 9);
      flat(b).forEach((derivative, k) => {
        expect(Math.abs(derivative - flat(a)[k])).toBeLessThan(1e-8 * (1 + Math.abs(derivative)));
      });
    }
  });

  it("is the integral over every effect of a group, by brute force", () => {
    for (const random of ["(1 | g) + (1 | k)", "(1 | k) + (1 | m) + (1 | g)", "(1 | m) + (1 + x1 | g)"]) {
      const { view } = viewOf(`binary ~ bernoulli(p)\nlogit(p) = 1 + x1 + ${random}`, groupedTable(9, 24));
      const values = randomValues(view, 2);
      expect(aghqMarginal(view, 25).evaluate(values, null), random).toBeCloseTo(bruteForce(view, values), 7);
    }
  });

  it("is exact for a normal response whatever the number of points", () => {
    for (const random of randomParts) {
      const { view } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, groupedTable(8, 40));
      const values = randomValues(view, 3);
      const exact = aghqMarginal(view, 1).evaluate(values, null);
      for (const points of [2, 5]) expect(aghqMarginal(view, points).evaluate(values, null)).toBeCloseTo(exact, 9);
    }
  });

  it("has conditional means between the mode and the skew side, and covariances of the curvature", () => {
    const { view } = viewOf("binary ~ bernoulli(p)\nlogit(p) = 1 + (1 | k)", groupedTable(6, 40));
    const values = randomValues(view, 4);
    values.Lambda[0][0] = 3;
    const marginal = aghqMarginal(view, 31);
    marginal.evaluate(values, null);
    const { modes, means, sds } = marginal.effects();
    modes[0].forEach((mode, j) => {
      const [mean, total] = levelMoments(view, values, j);
      expect(total).toBeGreaterThan(0);
      expect(means?.[0][j]).toBeCloseTo(mean, 6);
      expect(Math.abs(mode - mean)).toBeLessThan(2 * sds[0][j]);
    });
  });
});

/** Equally spaced points with the trapezoidal rule, which is exact to rounding for such integrands. */
const spacing = 0.4;
const grid = Float64Array.from({ length: 41 }, (_, k) => -8 + spacing * k);
const normal = (u: number) => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI);

/** Integrals over integrals, from the coarsest factor to the finest, for all levels of a factor at once. */
function bruteForce(view: LatentGaussian, values: LatentValues): number {
  const table = view.rowTable();
  const b = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  const chain = [...view.factors.keys()].sort((f, g) => view.factors[f].levels - view.factors[g].levels);
  /** Per level of the factor at a depth, or per row beyond the last, given the effects of those before. */
  const integrals = (depth: number): Float64Array => {
    if (depth === chain.length) {
      view.evaluateRows(values, b, 0, table);
      return table.value.map(Math.exp);
    }
    const { levels, effects: q } = view.factors[chain[depth]];
    const finer = chain[depth + 1];
    const parent = finer === undefined ? view.factors[chain[depth]].levelIndex : view.factors[finer].parent?.levelIndex;
    if (parent === undefined) throw new Error("no chain");
    const Lambda = values.Lambda[chain[depth]];
    const total = new Float64Array(levels);
    for (let point = 0; point < grid.length ** q; point++) {
      const u = Array.from({ length: q }, (_, e) => grid[Math.floor(point / grid.length ** e) % grid.length]);
      b[chain[depth]].forEach((_, k) => {
        b[chain[depth]][k] = u.reduce((sum, x, c) => sum + Lambda[(k % q) * q + c] * x, 0);
      });
      const product = new Float64Array(levels).fill(u.reduce((weight, x) => weight * normal(x) * spacing, 1));
      const nested = integrals(depth + 1);
      parent.forEach((of, c) => {
        product[of] *= nested[c];
      });
      for (let j = 0; j < levels; j++) total[j] += product[j];
    }
    return total;
  };
  return integrals(0).reduce((sum, integral) => sum + Math.log(integral), 0);
}

/** Mean of b of one level by brute force, and the integral. */
function levelMoments(view: LatentGaussian, values: LatentValues, level: number): [number, number] {
  const b = view.factors.map(({ levels }) => new Float64Array(levels));
  const table = view.rowTable();
  let [sum, total] = [0, 0];
  for (let u = -10; u <= 10; u += 0.05) {
    b[0][level] = values.Lambda[0][0] * u;
    view.evaluateRows(values, b, 0, table);
    let log = 0;
    view.factors[0].levelIndex.forEach((of, i) => {
      if (of === level) log += table.value[i];
    });
    const weight = normal(u) * Math.exp(log);
    sum += weight * b[0][level];
    total += weight;
  }
  return [sum / total, total];
}

test("an evaluation in advance is the next one, of nested factors too, to the last bit, and is not taken for another", () => {
  const { view } = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g) + (1 | k)", groupedTable(5, 5000));
  const [here, there] = [0.3, 0.4].map((sd) => {
    const values = view.values();
    for (const Lambda of values.Lambda) Lambda[0] = sd;
    return values;
  });
  for (const make of [() => treeMarginal(view, 3), () => generalLaplace(view)]) {
    const evaluated = (marginal: MarginalLikelihood, values: LatentValues, isAhead: boolean) => {
      const gradients = view.values();
      const ahead = marginal.inAdvance?.(values, { gradients: true });
      if (isAhead) expect([...(ahead ?? [])].length).toBeGreaterThan(3);
      return { value: marginal.evaluate(values, gradients), gradients };
    };
    expect(evaluated(make(), here, true)).toEqual(evaluated(make(), here, false));
    const marginal = make();
    expect([...(marginal.inAdvance?.(here, { gradients: true }) ?? [])].length).toBeGreaterThan(3);
    expect(evaluated(marginal, there, false).value).toBeCloseTo(evaluated(make(), there, false).value, 8);
  }
});
