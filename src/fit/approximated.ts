import type { LatentGaussian } from "../density/LatentGaussian.js";
import type { EngineContext } from "../engine/Engine.js";
import { EngineError } from "../engine/EngineError.js";
import type { Given } from "../engine/OptionSchema.js";
import { runSteps, type Steps } from "../math/steps.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import type { ApproximationRecord, Posterior } from "../posterior/Posterior.js";
import { hasJointDraws, withJointDraws } from "../posterior/quantities.js";
import type { inlaFitSchema, laplaceFitSchema } from "./approximationSchemas.js";
import { type Fit, fitted, type NutsFit } from "./fitted.js";
import { foreseen } from "./foreseen.js";
import { improperEvidence } from "./improperEvidence.js";
import { inTableOrder } from "./inTableOrder.js";
import type { PreparedModel } from "./prepare.js";

type GivenOptions = Given<typeof laplaceFitSchema> | Given<typeof inlaFitSchema>;

/** Whether options call for nuts in place of an approximation that its guard does not trust. */
export function mustEscalate(
  { escalate = false }: { readonly escalate?: boolean | undefined },
  { guard }: ApproximationRecord,
): boolean {
  return escalate && !guard.isTrusted;
}

/** A model's approximate posterior as a fit, with what it rests on. Throws EngineError for a model that has no approximation. */
export async function approximated(
  prepared: PreparedModel,
  options: GivenOptions,
  context: EngineContext<PreparedModel>,
  approximate: (view: LatentGaussian) => Steps<Posterior>,
): Promise<{ readonly fit: Fit; readonly approximation: ApproximationRecord }> {
  const latent = prepared.compiled.latentGaussian();
  if ("refusal" in latent) throw new EngineError(latent.refusal);
  const compiledAt = context.now();
  const posterior = await runSteps(approximate(latent.view), context);
  const { approximation } = posterior.record;
  if (approximation === undefined) throw new RangeError("an approximation must have a record");
  const seconds = { compile: (compiledAt - context.start) / 1000, sampling: (context.now() - compiledAt) / 1000 };
  const problems = [...prepared.problems, ...improperEvidence(prepared)];
  return { approximation, fit: fitted({ ...prepared, problems }, inTable(posterior, prepared), seconds, options) };
}

/** With the criteria by rows of the table; a defect in making joint draws is told as one of the engine. */
function inTable(posterior: Posterior, prepared: PreparedModel): Posterior {
  const { engine, parameters, randomEffects, linearCombinations, criteria, record } = posterior;
  const placed = {
    ...{ engine, parameters, randomEffects, record: { ...record, ...pluginsOf(prepared) } },
    ...(linearCombinations === undefined ? {} : { linearCombinations }),
    ...(criteria === undefined ? {} : { criteria: inTableOrder(criteria, prepared.design.rowIndex) }),
  };
  const draws = () => foreseen(engine, prepared, () => posterior.jointDraws ?? []);
  return hasJointDraws(posterior) ? withJointDraws(placed, draws) : placed;
}

/** A fit by nuts, which says why it ran and what it leaves out. */
export async function escalated(
  engine: string,
  verdict: string,
  model: PreparedModel,
  asked: GivenOptions,
  context: EngineContext<PreparedModel>,
): Promise<NutsFit> {
  const { seed, missing, level, families, priors, plugins, onProgress, onQuality, signal, workers, workerUrl } = asked;
  const ofModel = { missing, level, families, priors, plugins };
  const options = { ...ofModel, seed, onProgress, onQuality, signal, workers, workerUrl };
  const { nutsEngine } = await import("./nutsEngine.js");
  const sampled = await nutsEngine.run(model, options, { ...context, start: context.now() });
  const reason = {
    code: "escalated",
    severity: "warning",
    message: `nuts ran in place of ${engine}, whose guard says: ${verdict}`,
    hint:
      "criteria" in asked && asked.criteria
        ? "the criteria are of inla alone: leave escalate out to have them"
        : "nothing need be done",
  } as const;
  return { ...sampled, problems: [...sampled.problems, reason] };
}
