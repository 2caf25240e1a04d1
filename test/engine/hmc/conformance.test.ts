import { describe, expect, test } from "vitest";
import type { NutsOptions } from "../../../src/engine/hmc/options.js";
import { column, drawChain, effectiveSize, zScore } from "./statistics.js";
import { targets } from "./targets.js";

/** In Monte-Carlo errors, over a hundred checks. */
const MAX_Z = 4;
/** Below it the Monte-Carlo errors could not be trusted. */
const MIN_EFFECTIVE_SIZE = 200;
const DRAWS = 10_000;

const algorithms: readonly NutsOptions["algorithm"][] = ["nuts", "hmc"];
const metrics: readonly NutsOptions["metric"][] = ["diagonal", "dense"];

for (const algorithm of algorithms) {
  for (const metric of metrics) {
    describe(`${algorithm} with a ${metric} metric`, () => {
      for (const { name, density, means, sds, ...options } of targets) {
        test(`finds means and sds of: ${name}`, () => {
          const draws = drawChain(density, { algorithm, metric, draws: DRAWS, ...options, seed: 11 });
          means.forEach((expected, k) => {
            const values = column(draws, k);
            const squares = values.map((value) => (value - expected) ** 2);
            const spread = Math.sqrt(squares.reduce((sum, s) => sum + (s - sds[k] ** 2) ** 2, 0) / DRAWS);
            expect(Math.min(effectiveSize(values), effectiveSize(squares))).toBeGreaterThan(MIN_EFFECTIVE_SIZE);
            expect(Math.abs(zScore(values, expected, sds[k]))).toBeLessThan(MAX_Z);
            expect(Math.abs(zScore(squares, sds[k] ** 2, spread))).toBeLessThan(MAX_Z);
          });
        });
      }
    });
  }
}
