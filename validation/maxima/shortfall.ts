import { startWithoutEffects } from "../../dist/engine/ml/fitMarginal.js";
import { parameterVector } from "../../dist/engine/ml/parameterVector.js";
import { EngineError, fit, ModelError, prepareModel } from "../../dist/index.js";
import { aghqMarginal } from "../../dist/marginal/likelihoods/aghq.js";
import { laplaceMarginal } from "../../dist/marginal/likelihoods/laplace.js";
import { runSync } from "../../src/math/steps.js";
import type { GroupedData } from "./simulate.js";
import { bestLinear, bestMarginal } from "./tenStarts.js";

/** How the likelihood is had; a number of points is of quadrature. */
export interface MaximumMethod {
  readonly method: "lmm" | "laplace" | "aghq" | "em";
  readonly reml?: boolean;
  readonly points?: number;
}

/**
 * How far below the best of ten starts a maximum stands, and what the engine said of it; null where it refuses the data, or says that there
 * is no maximum.
 */
export interface Shortfall {
  readonly seed: string;
  readonly logLikelihood: number;
  readonly best: number;
  readonly converged: boolean;
  readonly notes: readonly string[];
  readonly evaluations: number;
}

export async function shortfallOf(
  { seed, model, columns }: GroupedData,
  how: MaximumMethod,
): Promise<Shortfall | null> {
  const { method, reml = false, points } = how;
  try {
    const { ml } = await fit(model, columns, {
      engine: "ml",
      method,
      reml,
      ...(points === undefined ? {} : { points }),
    });
    const notes = ml.notes.map(({ code }) => code);
    if (notes.includes("infinite-sd")) return null;
    return {
      seed,
      logLikelihood: ml.logLikelihood ?? NaN,
      best: bestOf(model, columns, how, seed),
      converged: ml.convergence.converged,
      notes,
      evaluations: ml.convergence.evaluations,
    };
  } catch (error) {
    if (error instanceof ModelError || error instanceof EngineError) return null;
    throw error;
  }
}

function bestOf(
  model: string,
  columns: GroupedData["columns"],
  { method, reml = false, points = 1 }: MaximumMethod,
  seed: string,
): number {
  const latent = runSync(prepareModel(model, columns).compiled.standardisedLatentGaussian());
  if ("refusal" in latent) throw new Error(latent.refusal);
  const { view } = latent;
  if (method === "lmm") return bestLinear(view, reml, seed);
  const marginal = method === "laplace" ? laplaceMarginal(view) : aghqMarginal(view, points);
  return bestMarginal(marginal, runSync(startWithoutEffects(view, parameterVector(view))), seed);
}
