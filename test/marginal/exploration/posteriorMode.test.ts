import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import { marginalPosterior, posteriorMode } from "../../../src/marginal/exploration/posteriorMode.js";
import { aghqMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { plainMarginal } from "../../../src/marginal/likelihoods/plain.js";
import { dot } from "../../../src/math/linalg/triangularFactor.js";
import { multiply } from "../../../src/math/optimize/definite.js";
import { runSync } from "../../../src/math/steps.js";
import { uniforms } from "../../density/models.js";
import { expectClose } from "../../math/linalg/matrices.js";
import { groupedTable, randomParts, viewOf } from "../designs.js";

const rows = 60;
const model = (random: string) =>
  viewOf(`events ~ poisson(mu)\nlog(mu) = 1 + x1 + ${random}\nprior sd ~ lognormal(-1, 0.5)`, groupedTable(3, rows))
    .view;

/** Value of the objective at a position. */
function valueAt(objective: ReturnType<typeof marginalPosterior>, position: Float64Array): number {
  return objective(position, new Float64Array(position.length));
}

describe("the gradient of the marginal posterior", () => {
  for (const [structure, { random }] of Object.entries(randomParts))
    it(`is that of finite differences: ${structure}`, () => {
      const objective = marginalPosterior(laplaceMarginal(model(random)));
      const next = uniforms(5);
      const { sizes } = model(random);
      const position = Float64Array.from({ length: sizes.beta + sizes.theta + sizes.dispersion }, () => 0.5 * next());
      const gradient = new Float64Array(position.length);
      objective(position, gradient);
      const differences = [...position.keys()].map((i) => {
        const moved = (by: number) =>
          valueAt(
            objective,
            position.map((x, k) => (k === i ? x + by : x)),
          );
        const slope = (h: number) => (moved(h) - moved(-h)) / (2 * h);
        return (4 * slope(5e-4) - slope(1e-3)) / 3;
      });
      expectClose([...gradient], differences, 1e-6);
    });
});

describe("the mode of the marginal posterior", () => {
  for (const [structure, { random }] of Object.entries(randomParts))
    it(`has no gradient, and nothing near it is higher: ${structure}`, () => {
      const marginal = laplaceMarginal(model(random));
      const mode = runSync(posteriorMode(marginal));
      expect(mode).toMatchObject({ converged: true, isDefinite: true });
      expect(mode.gradientNorm).toBeLessThan(1e-3);
      const objective = marginalPosterior(marginal);
      expect(valueAt(objective, mode.position)).toBeCloseTo(-mode.logDensity, 9);
      const next = uniforms(7);
      for (let trial = 0; trial < 20; trial++) {
        const moved = mode.position.map((x) => x + 0.1 * next());
        expect(-valueAt(objective, moved)).toBeLessThan(mode.logDensity);
      }
    });

  it("is found from any start, and the covariance is the inverse of the precision", () => {
    const marginal = aghqMarginal(model("(1 + x1 | g)"), 5);
    const mode = runSync(posteriorMode(marginal));
    const start = mode.position.map((x, i) => x + (i % 2 === 0 ? 1 : -1));
    const again = runSync(posteriorMode(marginal, { start }));
    expectClose([...again.position], [...mode.position], 1e-4);
    const n = mode.position.length;
    const column = mode.covariance.filter((_, k) => k % n === 0);
    expectClose(
      [...multiply(mode.precision, column)],
      [...column.keys()].map((i) => (i === 0 ? 1 : 0)),
      1e-9,
    );
  });

  it("of a normal response is that of a ridge regression", () => {
    const x = Float64Array.from([-1.3, 0.2, 0.7, 1.9, 2.4]);
    const y = Float64Array.from([0.3, -0.4, 1.2, 0.9, 2.2]);
    const { view } = viewOf("y ~ normal(mu, 0.5)\nmu = 0 + x\nprior beta ~ normal(0, 2)", toTable({ x, y }));
    const { position, precision } = runSync(posteriorMode(plainMarginal(view)));
    const values = view.values();
    const betaAt = (u: number) => {
      view.read(Float64Array.of(u), values);
      return values.beta[0];
    };
    const unit = betaAt(1) - betaAt(0);
    const information = dot(x, x) / 0.25 + 1 / 4;
    expect(betaAt(position[0])).toBeCloseTo(dot(x, y) / 0.25 / information, 10);
    expect(precision[0] / unit ** 2 / information).toBeCloseTo(1, 8);
  });

  it("says so where it cannot start", () => {
    const y = Float64Array.from([1, 2, 0]);
    const { view } = viewOf("y ~ poisson(mu)\nmu = 0 + x", toTable({ x: y.map((value) => value - 5), y }));
    expect(runSync(posteriorMode(plainMarginal(view)))).toMatchObject({ converged: false, isDefinite: false });
  });
});
