import fc from "fast-check";
import { expect, it } from "vitest";
import { negativeLogLikelihood } from "../../../src/engine/ml/fitMarginal.js";
import { LinearCriterion } from "../../../src/engine/ml/lmm/criterion.js";
import { jointObjective } from "../../../src/engine/ml/lmm/jointObjective.js";
import { linearProducts } from "../../../src/engine/ml/lmm/products.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { randomTable, uniforms } from "../../density/models.js";
import { viewOf } from "./models.js";

/** Relative to 1 + |value|. */
const tolerance = 1e-8;
const differenceTolerance = 1e-5;

const means = ["1 + x1 + f + (1 + x2 | g)", "1 + x1 + (1 | g) + (1 | h)", "0 + f + (1 | g) + (0 + x1 | g) + (1 | k)"];

it("the likelihood of all parameters is Laplace's, which is exact, and has its gradient; REML's has that of its differences", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.constantFrom(...means),
      fc.boolean(),
      (seed, mean, isRestricted) => {
        const view = viewOf(`y ~ normal(mu, sigma)\nmu = ${mean}`, randomTable(seed, 50));
        const vector = parameterVector(view);
        const objective = jointObjective(new LinearCriterion(linearProducts(view), isRestricted), vector);
        const next = uniforms(seed);
        const position = vector.start.map((x) => x + 0.4 * next());
        const [gradient, expected, unused] = Array.from({ length: 3 }, () => new Float64Array(position.length));
        const value = objective(position, gradient);
        if (!isRestricted) {
          const laplace = negativeLogLikelihood(laplaceMarginal(view), vector)(position, expected);
          expect(Math.abs(value - laplace)).toBeLessThan(tolerance * (1 + Math.abs(value)));
          gradient.forEach((slope, i) => {
            expect(Math.abs(slope - expected[i])).toBeLessThan(tolerance * (1 + Math.abs(value)));
          });
        }
        gradient.forEach((slope, i) => {
          const at = (by: number) => {
            const moved = position.slice();
            moved[i] += by;
            return objective(moved, unused);
          };
          const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
          expect(Math.abs(slope - difference)).toBeLessThan(differenceTolerance * (1 + Math.abs(value)));
        });
      },
    ),
    { numRuns: 30, seed: 12 },
  );
});
