import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { Estimates } from "../../engine/ml/Estimates.js";
import { quadrature } from "../../engine/ml/points.js";
import { isUntrustedMl, type MlFit } from "../../fit/MlFit.js";
import { laplaceMarginal } from "../../marginal/likelihoods/laplace.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../../marginal/likelihoods/plain.js";
import type { EngineColumn, EngineEstimate } from "../../summary/Agreement.js";
import type { Measured } from "./agreement.js";
import { normalAtoms } from "./atoms.js";
import { likelihoodAt } from "./likelihoodAt.js";

/** A fit by maximum likelihood, with what only that has. */
export interface MlMeasured extends Measured {
  readonly ml: Estimates;
  /** The likelihood that was maximised at other parameters; null for a method without one. */
  readonly logLikelihoodAt: ReturnType<typeof likelihoodAt> | null;
}

export function measureMl(engine: string, fit: MlFit): MlMeasured {
  const { ml, compiled, seconds } = fit;
  const latent = compiled.latentGaussian();
  const marginal = "refusal" in latent ? null : marginalOf(ml, latent.view);
  return {
    ml,
    logLikelihoodAt: marginal === null ? null : likelihoodAt(marginal),
    conflicts: [],
    marginals: ml.parameters.map(({ estimate, standardError }) =>
      standardError > 0 ? normalAtoms(estimate, standardError) : null,
    ),
    column: {
      engine,
      kind: "likelihood",
      method: methodOf(ml),
      approximation: approximationOf(ml),
      parameters: ml.parameters.map(({ name, estimate, standardError, lower, upper }) => ({
        name,
        estimate,
        sd: standardError,
        mcse: 0,
        lower,
        upper,
      })),
      randomEffects: modesOf(fit),
      logLikelihood: approximationOf(ml) === "conditional" || ml.reml ? null : ml.logLikelihood,
      logMarginalLikelihood: null,
      paretoK: null,
      trust: isUntrustedMl(fit)
        ? { isTrusted: false, reason: "its search has not found a maximum that is one" }
        : { isTrusted: true, reason: "its search has converged" },
      warnings: ml.notes.filter(({ advice }) => advice !== ""),
      seconds: seconds.compile + seconds.fit,
    },
  };
}

function methodOf({ method, points, reml }: Estimates): string {
  return [reml ? "reml" : method, points === null ? "" : `${points} point${points === 1 ? "" : "s"}`]
    .filter((part) => part !== "")
    .join(", ");
}

/** Laplace's approximation is exact for a normal response and without random effects, which a note says. */
function approximationOf({ method, notes }: Estimates): EngineColumn["approximation"] {
  if (method === "pql" || method === "conditional") return method;
  return method === "laplace" && !notes.some(({ code }) => code === "exact") ? "laplace" : "none";
}

/** The likelihood by the method of a fit; null where it has none of all parameters. */
function marginalOf({ method, points, reml }: Estimates, view: LatentGaussian): MarginalLikelihood | null {
  if (method === "pql" || method === "conditional" || reml) return null;
  if (view.structure === "none") return plainMarginal(view);
  return points === null ? laplaceMarginal(view) : quadrature(view, points);
}

function modesOf({ compiled, ml }: MlFit): EngineEstimate[] {
  if (ml.effects === null) return [];
  const [modes, sds] = [ml.effects.modes, ml.effects.sds].map((parts) => parts.flatMap((part) => [...part]));
  return compiled.quantities.randomEffects.map(({ name }, k) => ({
    name,
    estimate: modes[k],
    sd: sds[k],
    mcse: 0,
    lower: Number.NaN,
    upper: Number.NaN,
  }));
}
