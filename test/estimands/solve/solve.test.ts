import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { rootsOnGrid } from "../../../src/estimands/solve/rootsOnGrid.js";
import { fit, type SolveOptions, solve } from "../../../src/index.js";
import { median, overNormal } from "../../predict/population/bruteForce.js";
import { draws, trial } from "../../predict/population/trial.js";

const { budworm, x, lines }: Fixture = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../validation/fixtures/solve/doseP.fixture.json"), "utf8"),
);
interface Fixture {
  readonly budworm: {
    readonly dose: readonly number[];
    readonly dead: readonly number[];
    readonly sex: readonly string[];
    readonly found: readonly {
      readonly sex: string;
      readonly target: number;
      readonly dose: number;
      readonly se: number;
    }[];
  };
  readonly x: readonly number[];
  readonly lines: readonly {
    readonly y: readonly number[];
    readonly target: number;
    readonly estimate: number;
    readonly A: number;
    readonly roots: readonly [number, number];
    readonly real: boolean;
  }[];
}

/** The root of a function that rises or falls between two ends, by bisection; NaN where it has none. */
function bisected(f: (x: number) => number, ends: readonly [number, number]): number {
  let [low, high] = ends;
  const sign = Math.sign(f(high));
  if (Math.sign(f(low)) === sign) return Number.NaN;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

describe("maximum likelihood", () => {
  it("has the effective doses and standard errors of MASS::dose.p", async () => {
    const { dose, dead, sex, found } = budworm;
    const data = { dose, dead, sex, size: dose.map(() => 20) };
    const ml = await fit("dead ~ binomial(size, p)\nlogit(p) = 1 + sex + dose", data, { engine: "ml" });
    for (const expected of found) {
      const { rows } = await solve(ml, { for: "dose", target: expected.target, by: ["sex"] });
      const row = rows.find(({ levels }) => levels.sex === expected.sex);
      expect(row?.estimate).toBeCloseTo(expected.dose, 6);
      expect(row?.sd).toBeCloseTo(expected.se, 6);
      expect(row?.direction).toBe("rising");
    }
    const { differences } = await solve(ml, { for: "dose", target: 0.5, by: ["sex"] });
    const [f, m] = ["F", "M"].map((each) => found.find((one) => one.sex === each && one.target === 0.5)?.dose ?? 0);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ of: { sex: "M" }, less: { sex: "F" } });
    expect(differences[0].estimate).toBeCloseTo(m - f, 6);
    // The difference is minus the quotient of two coefficients.
    const at = (name: string) => ml.ml.parameters.findIndex((one) => one.name === name);
    const [s, d] = [at("beta[sex.M]"), at("beta[dose]")];
    const V = (j: number, k: number) => ml.ml.covariance?.[j * ml.ml.parameters.length + k] ?? Number.NaN;
    const [bs, bd] = [s, d].map((place) => ml.ml.parameters[place].estimate);
    const variance = V(s, s) / bd ** 2 - (2 * bs * V(s, d)) / bd ** 3 + (bs ** 2 * V(d, d)) / bd ** 4;
    expect(differences[0].sd).toBeCloseTo(Math.sqrt(variance), 6);
  });

  it.each(lines)(
    "has Fieller's set of a line: A = $A, real ends $real",
    async ({ y, target, estimate, A, roots, real }) => {
      const ml = await fit("y ~ normal(mu, sigma)\nmu = 1 + x", { x, y }, { engine: "ml" });
      const { rows } = await solve(ml, { for: "x", target });
      expect(rows[0].estimate).toBeCloseTo(estimate, 8);
      const infinite = Number.POSITIVE_INFINITY;
      const whole = [[-infinite, infinite]];
      const outside = [
        [-infinite, roots[0]],
        [roots[1], infinite],
      ];
      const expected = A > 0 ? [roots] : real ? outside : whole;
      expect(rows[0].set).toHaveLength(expected.length);
      rows[0].set?.forEach((piece, k) => {
        piece.forEach((end, side) => {
          if (Number.isFinite(expected[k][side])) expect(end).toBeCloseTo(expected[k][side], 5);
          else expect(end).toBe(expected[k][side]);
        });
      });
    },
  );

  it("ends a set at a range that was given", async () => {
    const ml = await fit("y ~ normal(mu, sigma)\nmu = 1 + x", { x, y: lines[1].y }, { engine: "ml" });
    const { rows } = await solve(ml, { for: "x", target: lines[1].target, range: [0, 12] });
    expect(rows[0].set).toEqual([[0, 12]]);
  });

  it("ends a set where the model has values no longer: log(x) of positive x", async () => {
    const ml = await fit("y ~ normal(mu, sigma)\nmu = 1 + log(x)", { x, y: lines[1].y }, { engine: "ml" });
    const { rows } = await solve(ml, { for: "x", target: 3.3 });
    expect(rows[0].set).toEqual([[0, Number.POSITIVE_INFINITY]]);
  });
});

describe("a posterior has a solution a draw", () => {
  const inverse = (eta: number) => 1 / (1 + Math.exp(-eta));
  it.each(["laplace", "inla", "nuts"] as const)(
    "as found by brute force, marginal means with random slopes: %s",
    async (engine) => {
      const model = "yes ~ bernoulli(p)\nlogit(p) = 1 + x + arm + (1 + x | g)";
      const found = await fit(model, trial, {
        engine,
        seed: 2,
        ...(engine === "nuts" ? { draws: 50 } : { draws: 200 }),
      });
      const { rows, differences } = await solve(found, {
        for: "x",
        target: 0.45,
        by: ["arm"],
        effects: "marginal",
        range: "-4,4",
      });
      const [b0, bx, drug] = ["Intercept", "x", "arm.drug"].map((name) => draws(found, `beta[${name}]`));
      const [s0, sx, cor] = ["sd[g, Intercept]", "sd[g, x]", "cor[g, Intercept, x]"].map((name) => draws(found, name));
      const roots = [0, 1].map((isDrug) =>
        b0.map((_, s) =>
          bisected(
            (at) => {
              const variance = s0[s] ** 2 + 2 * cor[s] * s0[s] * sx[s] * at + (sx[s] * at) ** 2;
              return overNormal(inverse, b0[s] + bx[s] * at + drug[s] * isDrug, variance) - 0.45;
            },
            [-4, 4],
          ),
        ),
      );
      rows.forEach((row, k) => {
        const there = roots[k].filter((root) => !Number.isNaN(root));
        expect(row.draws?.total).toBe(b0.length);
        // Marginal means with random slopes need not be monotone: the first solution of several counts, and bisection finds none of two.
        const { above = 0, below = 0, several = 0 } = row.draws ?? {};
        if (several === 0) {
          expect(b0.length - above - below).toBe(there.length);
          expect(Math.abs(row.estimate - median(there))).toBeLessThan(1e-6);
        } else expect(Math.abs(row.estimate - median(there))).toBeLessThan(0.1);
      });
      if (rows.every((row) => row.draws?.several === 0)) {
        const both = roots[1].map((root, s) => root - roots[0][s]).filter((value) => !Number.isNaN(value));
        expect(Math.abs(differences[0].estimate - median(both))).toBeLessThan(1e-6);
      }
    },
  );

  it("through log(x) and a wide range", async () => {
    const data = { ...trial, dose: trial.x.map((value) => Math.exp(2 * value)) };
    const found = await fit("count ~ poisson(mu)\nlog(mu) = 1 + log(dose) + (1 | g)", data, { engine: "laplace" });
    const { rows } = await solve(found, { for: "dose", target: 2, effects: "marginal" });
    const [b0, b, sd] = ["beta[Intercept]", "beta[log(dose)]", "sd[g, Intercept]"].map((name) => draws(found, name));
    const roots = b0.map((at, s) => Math.exp((Math.log(2) - at - sd[s] ** 2 / 2) / b[s]));
    const [least, most] = [Math.min(...data.dose), Math.max(...data.dose)];
    const there = roots.filter((root) => root >= least && root <= most);
    expect(rows[0].estimate / median(there)).toBeCloseTo(1, 6);
    expect((rows[0].draws?.above ?? 0) + (rows[0].draws?.below ?? 0)).toBe(roots.length - there.length);
  });

  it("of which a parabola has two: the smaller counts, and they are told", async () => {
    const y = trial.x.map((value, i) => value * value + 0.1 * trial.y[i]);
    const found = await fit("z ~ normal(mu, sigma)\nmu = 1 + poly(x, 2)", { x: trial.x, z: y }, { engine: "laplace" });
    const { rows } = await solve(found, { for: "x", target: 1 });
    expect(rows[0].estimate).toBeCloseTo(-1, 0);
    expect(rows[0].draws?.several).toBe(rows[0].draws?.total);
    expect(rows[0].direction).toBe("falling");
  });
});

describe("what cannot be solved", () => {
  const model = "count ~ poisson(mu)\nlog(mu) = 1 + x + arm + (1 | g)";
  const made = fit(model, trial, { engine: "ml" });
  const message = async (options: SolveOptions) => {
    try {
      await solve(await made, options);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    return "nothing is wrong";
  };
  it("is told", async () => {
    const known = { for: "x", target: 2, effects: "marginal" } as const;
    expect(await message({})).toMatch(/for names the variable whose value is sought.*\n?.*target is the value/s);
    expect(await message({ ...known, for: "z" })).toContain('for names "z", which is no variable of the model');
    expect(await message({ ...known, for: "arm" })).toContain("for names arm, a factor; it must be a number, as x");
    expect(await message({ for: "x", target: 2 })).toContain("effects says what is made of the random effects");
    expect(await message({ ...known, by: ["x"] })).toContain("by names x, which is solved for");
    expect(await message({ ...known, at: ["x=1"] })).toContain("at gives x, which is solved for");
    expect(await message({ ...known, range: [2, 1] })).toContain("range is [2,1]; allowed: two finite numbers");
    expect(await message({ ...known, target: -1 })).toContain("target is -1, and means of count lie above 0");
    expect(await message({ ...known, target: 1e6 })).toMatch(
      /^the mean does not take the value 1000000 where x goes from -[\d.]+ to [\d.]+: it goes from 0\.\d+ to [\d.]+\n {2}give another target, or a range that goes further$/,
    );
    const other = { ...known, seed: 1 };
    expect(await message(other)).toContain('unknown option "seed"');
  });

  it("in some cells is told of these", async () => {
    const { rows } = await solve(await made, { for: "x", target: 1.5, by: ["arm"], range: [0, 1], effects: "zero" });
    const outside = rows.filter(({ direction }) => direction === null);
    expect(outside).toHaveLength(1);
    for (const { estimate, reached } of outside) {
      expect(estimate).toBeNaN();
      expect(reached[0]).toBeLessThan(reached[1]);
    }
  });
});

it("roots on a grid are those of smooth functions, and of steps", () => {
  const of = (f: (x: number) => number) => rootsOnGrid(Array.from({ length: 101 }, (_, k) => f(k / 100)));
  expect(of((at) => Math.exp(at) - 1.7).first / 100).toBeCloseTo(Math.log(1.7), 9);
  expect(of((at) => 0.25 - at)).toEqual({ first: expect.closeTo(25, 9), count: 1, isRising: false });
  expect(of((at) => (at > 0.505 ? 1 : -1)).first).toBeGreaterThanOrEqual(50);
  expect(of((at) => (at > 0.505 ? 1 : -1)).first).toBeLessThanOrEqual(51);
  expect(of(() => 1)).toMatchObject({ first: Number.NaN, count: 0 });
  expect(of((at) => (at - 0.2) * (at - 0.7))).toMatchObject({ count: 2, isRising: false });
  expect(of((at) => at)).toMatchObject({ first: 0, count: 1, isRising: true });
});
