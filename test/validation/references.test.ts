import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import type { NutsFitOptions } from "../../src/fit/nutsOptions.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { bounds, compareCase, estimatesOf } from "../../validation/compare.js";
import { compareMarginals } from "../../validation/compareMarginals.js";
import { dataFile, referenceFolder } from "../../validation/files.js";
import { readReference } from "../../validation/Reference.js";

/** Shorter runs than those of `npm run validate`, which may leave a little more between the chains. */
const runs: Readonly<Record<string, NutsFitOptions>> = {
  multicenter: {},
  cbpp: { draws: 2000 },
  rcbd_olre: {},
  sleepstudy: {},
};
const shortRunBounds = { ...bounds, rhat: 1.02 };

describe("posteriors by NUTS against Stan's", () => {
  for (const [name, options] of Object.entries(runs)) {
    const file = join(referenceFolder, "posteriors", `${name}.json`);
    it(name, async () => {
      const reference = await readReference(file);
      const table = await readTable(dataFile(reference.data));
      const result = await fit(reference.model.join("\n"), table, { ...options, seed: 1, workers: 0 });
      const comparison = compareCase(estimatesOf(result.summary()), reference, shortRunBounds);
      expect(comparison.parameters).toHaveLength(reference.parameters.length);
      expect(comparison.randomEffects).toHaveLength(reference.randomEffects.length);
      expect(comparison.failures).toEqual([]);
      expect(comparison.effectsBeyondZ).toBe(0);
    });
  }
});

describe("posteriors by inla against Stan's", () => {
  for (const name of ["multicenter", "cbpp", "rcbd_olre", "epilepsy"]) {
    const file = join(referenceFolder, "posteriors", `${name}.json`);
    it(`have its means, sds and quantiles: ${name}`, async () => {
      const reference = await readReference(file);
      const table = await readTable(dataFile(reference.data));
      const result = await fit(reference.model.join("\n"), table, { engine: "inla" });
      expect(result.posterior.record.approximation?.guard.isTrusted).toBe(true);
      const comparison = compareMarginals(result.summary(), reference);
      expect(comparison.parameters).toHaveLength(reference.parameters.length);
      expect(comparison.failures).toEqual([]);
    });
  }
});
