import type { TableInput } from "../data/toTable.js";
import type { LatentGaussian } from "../density/LatentGaussian.js";
import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { EngineError } from "../engine/EngineError.js";
import { inla } from "../engine/inla/inla.js";
import type { LinearCombination } from "../engine/inla/LinearCombination.js";
import { type InlaOptions, inlaSchema } from "../engine/inla/options.js";
import { laplace } from "../engine/laplace/laplace.js";
import { type LaplaceOptions, laplaceSchema } from "../engine/laplace/options.js";
import type { Given } from "../engine/OptionSchema.js";
import type { ModelAst } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Posterior } from "../posterior/Posterior.js";
import { hasJointDraws, withJointDraws } from "../posterior/quantities.js";
import type { inlaFitSchema, laplaceFitSchema } from "./approximationSchemas.js";
import { fitByNuts } from "./byNuts.js";
import { type Fit, fitted } from "./fitted.js";
import { foreseen, foreseenSteps } from "./foreseen.js";
import { inTableOrder } from "./inTableOrder.js";
import { combinedDraws, parseCombination } from "./linearCombination.js";
import type { ModelOptions } from "./modelOptions.js";
import type { FitOptions } from "./nutsOptions.js";
import { fitOptionProblems } from "./options.js";
import { type PreparedModel, prepareForPosterior } from "./prepare.js";
import { inThisThread } from "./thisThread.js";

/** How to approximate: see `laplaceFitSchema`. */
export interface LaplaceFitOptions extends Given<typeof laplaceFitSchema> {
  readonly engine: "laplace";
}

/** How to approximate: see `inlaFitSchema`. */
export interface InlaFitOptions extends Given<typeof inlaFitSchema> {
  readonly engine: "inla";
}

/** `fit` by the engine laplace. */
export async function fitByLaplace(
  model: ModelAst | string,
  data: TableInput,
  options: LaplaceFitOptions,
): Promise<Fit> {
  const complete = completeLaplaceOptions(options);
  return fitByApproximation(model, data, options, (view) => laplace(view, complete));
}

/** `fit` by the engine inla. */
export async function fitByInla(model: ModelAst | string, data: TableInput, options: InlaFitOptions): Promise<Fit> {
  const complete = completeInlaOptions(options);
  return fitByApproximation(model, data, options, (view) =>
    inla(view, complete, combinationsOf(options.lincomb ?? [], view)),
  );
}

/** Checks the options of `engine: "laplace"` and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeLaplaceOptions(options: LaplaceFitOptions): LaplaceOptions {
  refuseProblems(fitOptionProblems(options, "laplace"));
  return withDefaults(laplaceSchema, options);
}

/** Checks the options of `engine: "inla"` and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeInlaOptions(options: InlaFitOptions): InlaOptions {
  refuseProblems(fitOptionProblems(options, "inla"));
  return withDefaults(inlaSchema, options);
}

/** Throws OptionsError with everything that is wrong. */
function combinationsOf(texts: readonly string[], { quantities, parameterKinds }: LatentGaussian): LinearCombination[] {
  const parsed = texts.map((text) => parseCombination(text, quantities, parameterKinds));
  const problems = parsed.filter((one) => typeof one === "string");
  refuseProblems(problems.map((message) => ({ option: "lincomb", code: "not-allowed", message })));
  return parsed.filter((one) => typeof one !== "string");
}

async function fitByApproximation(
  model: ModelAst | string,
  data: TableInput,
  options: LaplaceFitOptions | InlaFitOptions,
  approximate: (view: LatentGaussian) => Steps<Posterior>,
): Promise<Fit> {
  const fit = await runSteps(approximated(model, data, options, approximate), inThisThread(options));
  const guard = fit.posterior.record.approximation?.guard;
  return options.escalate === true && guard?.isTrusted === false ? escalated(guard.verdict, model, data, options) : fit;
}

function* approximated(
  model: ModelAst | string,
  data: TableInput,
  options: LaplaceFitOptions | InlaFitOptions,
  approximate: (view: LatentGaussian) => Steps<Posterior>,
): Steps<Fit> {
  const start = performance.now();
  const prepared = prepareForPosterior(model, data, options);
  const { engine } = options;
  const latent = foreseen(engine, prepared, () => prepared.compiled.latentGaussian());
  if ("refusal" in latent)
    throw new EngineError(`${engine} cannot approximate this model: ${latent.refusal}; the engine nuts takes it`);
  const compiledAt = performance.now();
  yield;
  const posterior = yield* foreseenSteps(engine, prepared, approximate(latent.view));
  const seconds = { compile: (compiledAt - start) / 1000, sampling: (performance.now() - compiledAt) / 1000 };
  const problems = [...prepared.problems, ...improperEvidence(prepared)];
  return fitted({ ...prepared, problems }, inTable(posterior, prepared), seconds, options);
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
  verdict: string,
  model: ModelAst | string,
  data: TableInput,
  asked: LaplaceFitOptions | InlaFitOptions,
): Promise<Fit> {
  const { engine, seed, missing, level, families, priors, onProgress, onQuality, signal, workers, workerUrl } = asked;
  const given = Object.entries({
    seed,
    missing,
    level,
    families,
    priors,
    onProgress,
    onQuality,
    signal,
    workers,
    workerUrl,
  });
  const options: FitOptions = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const sampled = await fitByNuts(model, data, options);
  const hasCriteria = asked.engine === "inla" && asked.criteria === true;
  const reason = {
    code: "escalated",
    severity: "warning",
    message: `nuts ran in place of ${engine}, whose guard says: ${verdict}`,
    hint: hasCriteria ? "the criteria are of inla alone: leave escalate out to have them" : "nothing need be done",
  } as const;
  const prepared = { ...sampled, problems: [...sampled.problems, reason] };
  return asked.engine === "inla" && asked.lincomb !== undefined
    ? withCombinations(prepared, asked.lincomb, asked)
    : prepared;
}

/** A fit by draws with those of combinations, which can be read: the approximation before it had them. */
function withCombinations(sampled: Fit, texts: readonly string[], options: ModelOptions): Fit {
  const latent = sampled.compiled.latentGaussian();
  if ("refusal" in latent) return sampled;
  const linearCombinations = combinationsOf(texts, latent.view).map((one) => combinedDraws(one, sampled.posterior));
  return fitted(sampled, { ...sampled.posterior, linearCombinations }, sampled.seconds, options);
}
