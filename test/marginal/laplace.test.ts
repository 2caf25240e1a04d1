import { describe, expect, it } from "vitest";
import { laplaceMarginal } from "../../src/marginal/laplace.js";
import { expectClose } from "../math/linalg/matrices.js";
import { groupedTable, type LambdaKind, randomParts } from "./designs.js";
import { differences, flattened, likelihoodCases, likelihoodProblem } from "./likelihoods.js";

const tolerance = 1e-6;
const rows = 60;
const kinds: readonly LambdaKind[] = ["regular", "zero", "singular"];

describe("the exact gradient of the Laplace marginal likelihood", () => {
  for (const [name, likelihood] of Object.entries(likelihoodCases))
    describe(name, () => {
      for (const [structure, { random }] of Object.entries(randomParts))
        it(structure, () => {
          for (const kind of kinds) {
            const { view, values } = likelihoodProblem(likelihood, random, groupedTable(3, rows), kind, 17);
            const marginal = laplaceMarginal(view);
            const gradients = view.values();
            expect(marginal.evaluate(values, gradients)).toBeGreaterThan(-Infinity);
            expectClose(
              flattened(gradients),
              differences((moved) => marginal.evaluate(moved, null), values),
              tolerance,
            );
          }
        });
    });
});
