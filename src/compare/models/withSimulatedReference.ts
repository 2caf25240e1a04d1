import { withDefaults } from "../../engine/checkOptions.js";
import { inThisThread } from "../../fit/thisThread.js";
import { runSteps } from "../../math/steps.js";
import type { SimulatedReference } from "../../summary/SimulatedReference.js";
import { bootstrapReference } from "./bootstrapReference.js";
import type { Comparison } from "./Comparison.js";
import { withTest } from "./checkReference.js";
import type { ComparisonOfFits } from "./comparisonSteps.js";
import { exactReference } from "./exactReference.js";
import { type CompareOptions, compareSchema } from "./options.js";
import { simulationWarnings } from "./simulationWarnings.js";

const BY_BOOTSTRAP = 1000;
const BY_EXACT = 10_000;

/** A comparison whose test is referred to a distribution by simulation. Throws ComparisonError where the models are not nested, and what the simulation throws. */
export async function withSimulatedReference(
  { comparison, fits: [a, b] }: ComparisonOfFits,
  options: CompareOptions,
): Promise<Comparison> {
  const { test } = comparison;
  const relation = withTest(comparison.relation);
  if (test === null) throw new RangeError("models of which one is nested in the other have a test");
  const { reference, replicates, seed = 1, workers, signal, onProgress } = withDefaults(compareSchema, options);
  const pair = relation.smaller === "A" ? ([a, b] as const) : ([b, a] as const);
  const larger = relation.smaller === "A" ? "B" : "A";
  const watch = {
    signal,
    onProgress: onProgress && ((progress: Parameters<typeof onProgress>[0]) => onProgress(progress, larger)),
  };
  const simulated: SimulatedReference =
    reference === "exact"
      ? await runSteps(
          exactReference(test.statistic, pair, relation, { replicates: replicates ?? BY_EXACT, seed }),
          inThisThread(watch),
        )
      : await bootstrapReference(test.statistic, pair, {
          ...watch,
          replicates: replicates ?? BY_BOOTSTRAP,
          seed,
          workers,
        });
  return {
    ...comparison,
    test: { ...test, simulated },
    warnings: [...comparison.warnings, ...simulationWarnings(simulated)],
  };
}
