import { type FitEngine, judgeForPosterior } from "./FitEngine.js";
import type { NutsFit } from "./fitted.js";
import { nutsConflicts } from "./nutsOptions.js";
import { nutsSchema } from "./nutsSchema.js";

/** Hamiltonian Monte Carlo. */
export const nutsEngine: FitEngine<"nuts", typeof nutsSchema, NutsFit> = {
  name: "nuts",
  sentence:
    "draws of the posterior by Hamiltonian Monte Carlo; exact but for the noise of the draws, which diagnostics measure",
  options: nutsSchema,
  conflicts: nutsConflicts,
  judge: judgeForPosterior,
  refuses({ compiled }) {
    const { parameters, randomEffects } = compiled.quantities;
    return parameters.length + randomEffects.length > 0
      ? null
      : "every parameter is held at a number, so that there is nothing to sample; the engines laplace and inla give the log marginal likelihood";
  },
  run: async (model, options, context) => (await import("./runNuts.js")).runNuts(model, options, context),
};
