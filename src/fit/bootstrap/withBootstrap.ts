import { withDefaults } from "../../engine/checkOptions.js";
import type { EngineContext } from "../../engine/Engine.js";
import { mlSchema } from "../../engine/ml/options.js";
import type { Given } from "../../engine/OptionSchema.js";
import type { MlFit } from "../MlFit.js";
import type { mlFitSchema } from "../mlFitSchema.js";
import type { PreparedModel } from "../PreparedModel.js";
import { recordOf, withBootstrapIntervals } from "./recordOf.js";
import type { Refit } from "./responseWork.js";
import { simulatedRefits } from "./simulatedRefits.js";

/** Fewer fits of simulated responses make no interval. */
const FEWEST = 20;

/**
 * A fit with the intervals of the parametric bootstrap that its options ask for. What is done when the signal is aborted is kept where it is enough, marked as partial; else its reason is
 * thrown.
 */
export async function withBootstrap(
  fit: MlFit,
  options: Given<typeof mlFitSchema>,
  { signal, openExecutor, now }: EngineContext<PreparedModel>,
): Promise<MlFit> {
  const { replicates, bootstrapType, level, seed } = withDefaults(mlSchema, options);
  const start = now();
  const refits = new Map<number, Refit>();
  try {
    await simulatedRefits(
      fit,
      {
        ...{ seed, replicates, workers: options.workers, statistic: null, signal },
        // A listener of the search counts evaluations: here fits.
        onProgress: (progress) =>
          options.onProgress?.({ ...progress, evaluations: progress.done, logLikelihood: Number.NaN }),
        onRefit: (refit, replicate) => refits.set(replicate, refit),
      },
      openExecutor,
    );
  } catch (error) {
    if (!signal?.aborted || refits.size < FEWEST) throw error;
  }
  const record = recordOf(fit, inOrder(refits), bootstrapType, replicates);
  const seconds = { ...fit.seconds, fit: fit.seconds.fit + (now() - start) / 1000 };
  return { ...fit, ml: withBootstrapIntervals(fit, record, level), seconds };
}

function inOrder(refits: ReadonlyMap<number, Refit>): Refit[] {
  return [...refits].sort(([a], [b]) => a - b).map(([, refit]) => refit);
}
