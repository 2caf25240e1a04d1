import type { Given } from "../engine/OptionSchema.js";
import { inlaFitSchema, laplaceFitSchema } from "./approximationSchemas.js";
import { type FitEngine, judgeForPosterior } from "./FitEngine.js";
import type { InlaFit, LaplaceFit, NutsFit } from "./fitted.js";
import type { PreparedModel } from "./prepare.js";

/** How to approximate: see `laplaceFitSchema`. */
export interface LaplaceFitOptions extends Given<typeof laplaceFitSchema> {
  readonly engine: "laplace";
}

/** How to approximate: see `inlaFitSchema`. */
export interface InlaFitOptions extends Given<typeof inlaFitSchema> {
  readonly engine: "inla";
}

/** A Gaussian approximation with importance weights. */
export const laplaceEngine: FitEngine<"laplace", typeof laplaceFitSchema, LaplaceFit | NutsFit> = {
  name: "laplace",
  sentence: "weighted draws about the mode, in a second or so; a guard says whether to trust them",
  options: laplaceFitSchema,
  judge: judgeForPosterior,
  refuses: (model) => refusal("laplace", model),
  run: async (model, options, context) => (await import("./runLaplace.js")).runLaplace(model, options, context),
};

/** Integrated nested Laplace approximations. */
export const inlaEngine: FitEngine<"inla", typeof inlaFitSchema, InlaFit | NutsFit> = {
  name: "inla",
  sentence:
    "marginals as densities, without the noise of draws, by integrated nested approximations; a guard says whether to trust them",
  options: inlaFitSchema,
  judge: judgeForPosterior,
  refuses: (model) => refusal("inla", model),
  run: async (model, options, context) => (await import("./runInla.js")).runInla(model, options, context),
};

/** Why a model has no approximation. */
function refusal(engine: string, prepared: PreparedModel): string | null {
  const latent = prepared.compiled.latentGaussian();
  return "refusal" in latent
    ? `${engine} cannot approximate this model: ${latent.refusal}; the engine nuts takes it`
    : null;
}
