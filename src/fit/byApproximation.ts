import type { LatentGaussian } from "../density/LatentGaussian.js";
import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import type { EngineContext } from "../engine/Engine.js";
import { EngineError } from "../engine/EngineError.js";
import { inla } from "../engine/inla/inla.js";
import type { LinearCombination } from "../engine/inla/LinearCombination.js";
import { inlaSchema } from "../engine/inla/options.js";
import { laplace } from "../engine/laplace/laplace.js";
import { laplaceSchema } from "../engine/laplace/options.js";
import type { Given } from "../engine/OptionSchema.js";
import type { Problem } from "../language/ModelError.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { ApproximationRecord, Posterior } from "../posterior/Posterior.js";
import { hasJointDraws, withJointDraws } from "../posterior/quantities.js";
import { inlaFitSchema, laplaceFitSchema } from "./approximationSchemas.js";
import { nutsEngine } from "./byNuts.js";
import { type FitEngine, judgeForPosterior } from "./FitEngine.js";
import { type Fit, fitted, type InlaFit, type LaplaceFit, type NutsFit } from "./fitted.js";
import { foreseen } from "./foreseen.js";
import { inTableOrder } from "./inTableOrder.js";
import { combinedDraws, parseCombination } from "./linearCombination.js";
import type { ModelOptions } from "./modelOptions.js";
import type { PreparedModel } from "./prepare.js";

/** How to approximate: see `laplaceFitSchema`. */
export interface LaplaceFitOptions extends Given<typeof laplaceFitSchema> {
  readonly engine: "laplace";
}

/** How to approximate: see `inlaFitSchema`. */
export interface InlaFitOptions extends Given<typeof inlaFitSchema> {
  readonly engine: "inla";
}

type LaplaceGiven = Given<typeof laplaceFitSchema>;
type InlaGiven = Given<typeof inlaFitSchema>;

/** A Gaussian approximation with importance weights. */
export const laplaceEngine: FitEngine<"laplace", typeof laplaceFitSchema, LaplaceFit | NutsFit> = {
  name: "laplace",
  sentence: "weighted draws about the mode, in a second or so; a guard says whether to trust them",
  options: laplaceFitSchema,
  judge: judgeForPosterior,
  refuses: (model) => refusal("laplace", model),
  async run(model, options, context) {
    const complete = withDefaults(laplaceSchema, options);
    const found = await approximated(model, options, context, (view) => laplace(view, complete));
    const { fit, approximation } = found;
    return mustEscalate(options, approximation)
      ? escalated("laplace", approximation.guard.verdict, model, options, context)
      : { ...fit, engine: "laplace", approximation };
  },
};

/** Integrated nested Laplace approximations. */
export const inlaEngine: FitEngine<"inla", typeof inlaFitSchema, InlaFit | NutsFit> = {
  name: "inla",
  sentence:
    "marginals as densities, without the noise of draws, by integrated nested approximations; a guard says whether to trust them",
  options: inlaFitSchema,
  judge: judgeForPosterior,
  refuses: (model) => refusal("inla", model),
  async run(model, options, context) {
    const complete = withDefaults(inlaSchema, options);
    const { lincomb = [] } = options;
    const found = await approximated(model, options, context, (view) =>
      inla(view, complete, combinationsOf(lincomb, view)),
    );
    const { fit, approximation } = found;
    const { criteria = null, linearCombinations = [] } = fit.posterior;
    if (!mustEscalate(options, approximation))
      return { ...fit, engine: "inla", approximation, criteria, linearCombinations };
    const sampled = await escalated("inla", approximation.guard.verdict, model, options, context);
    return options.lincomb === undefined ? sampled : withCombinations(sampled, lincomb, options);
  },
};

/** Throws OptionsError with everything that is wrong. */
function combinationsOf(texts: readonly string[], { quantities, parameterKinds }: LatentGaussian): LinearCombination[] {
  const parsed = texts.map((text) => parseCombination(text, quantities, parameterKinds));
  const problems = parsed.filter((one) => typeof one === "string");
  refuseProblems(problems.map((message) => ({ option: "lincomb", code: "not-allowed", message })));
  return parsed.filter((one) => typeof one !== "string");
}

/** Why a model has no approximation. */
function refusal(engine: string, prepared: PreparedModel): string | null {
  const latent = prepared.compiled.latentGaussian();
  return "refusal" in latent
    ? `${engine} cannot approximate this model: ${latent.refusal}; the engine nuts takes it`
    : null;
}

function mustEscalate(
  { escalate = false }: { readonly escalate?: boolean | undefined },
  { guard }: ApproximationRecord,
): boolean {
  return escalate && !guard.isTrusted;
}

async function approximated(
  prepared: PreparedModel,
  options: LaplaceGiven | InlaGiven,
  context: EngineContext,
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

/** What keeps the log marginal likelihood from being held against another model's. */
export function improperEvidence({ compiled }: PreparedModel): Problem[] {
  const improper = compiled.priors.filter(({ proper }) => !proper).map(({ name }) => name);
  if (improper.length === 0) return [];
  return [
    {
      code: "improper-evidence",
      severity: "warning",
      message: `the log marginal likelihood has an arbitrary constant in it, for priors are improper: ${improper.join(", ")}`,
      hint: "hold it against that of no other model, or state proper priors",
    },
  ];
}

/** With the criteria by rows of the table; a defect in making joint draws is told as one of the engine. */
function inTable(posterior: Posterior, prepared: PreparedModel): Posterior {
  const { engine, parameters, randomEffects, linearCombinations, criteria, record } = posterior;
  const placed = {
    ...{ engine, parameters, randomEffects, record },
    ...(linearCombinations === undefined ? {} : { linearCombinations }),
    ...(criteria === undefined ? {} : { criteria: inTableOrder(criteria, prepared.design.rowIndex) }),
  };
  const draws = () => foreseen(engine, prepared, () => posterior.jointDraws ?? []);
  return hasJointDraws(posterior) ? withJointDraws(placed, draws) : placed;
}

/** A fit by nuts, which says why it ran and what it leaves out. */
async function escalated(
  engine: string,
  verdict: string,
  model: PreparedModel,
  asked: LaplaceGiven | InlaGiven,
  context: EngineContext,
): Promise<NutsFit> {
  const { seed, missing, level, families, priors, onProgress, onQuality, signal, workers, workerUrl } = asked;
  const options = { seed, missing, level, families, priors, onProgress, onQuality, signal, workers, workerUrl };
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

/** A fit by draws with those of combinations, which can be read: the approximation before it had them. */
function withCombinations(sampled: NutsFit, texts: readonly string[], options: ModelOptions): NutsFit {
  const latent = sampled.compiled.latentGaussian();
  if ("refusal" in latent) return sampled;
  const linearCombinations = combinationsOf(texts, latent.view).map((one) => combinedDraws(one, sampled.posterior));
  const posterior = { ...sampled.posterior, linearCombinations };
  return { ...fitted(sampled, posterior, sampled.seconds, options), engine: "nuts" };
}
