import type { TableInput } from "../data/toTable.js";
import type { CompiledModel } from "../density/CompiledModel.js";
import { compileDensity } from "../density/compileDensity.js";
import type { Interval, LatentGaussian } from "../density/LatentGaussian.js";
import type { Design } from "../design/Design.js";
import { predictorPrefix } from "../design/predictorName.js";
import { separationLimit, withoutDependent } from "../design/restrictDesign.js";
import { withDefaults } from "../engine/checkOptions.js";
import type { EngineContext } from "../engine/Engine.js";
import { EngineError } from "../engine/EngineError.js";
import type { Estimates, TermHypothesis } from "../engine/ml/Estimates.js";
import { informationCriteria } from "../engine/ml/inference.js";
import { maximumLikelihood } from "../engine/ml/ml.js";
import { type MlOptions, mlSchema } from "../engine/ml/options.js";
import type { MlProgress } from "../engine/ml/progress.js";
import type { Given } from "../engine/OptionSchema.js";
import type { ModelAst } from "../language/ast.js";
import { ModelError, type Problem } from "../language/ModelError.js";
import { runSteps, type Steps } from "../math/steps.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import { dispersionCheck } from "./dispersion.js";
import { foreseenSteps } from "./foreseen.js";
import { judgeForMl } from "./judgeForMl.js";
import type { MlFit } from "./MlFit.js";
import type { mlFitSchema } from "./mlFitSchema.js";
import type { ModelOptions } from "./modelOptions.js";
import { asFitOfModel, type NotEstimable, notEstimable, testable } from "./notEstimable.js";
import { originNotes } from "./originNotes.js";
import { type PreparedModel, prepareSteps, vocabulary } from "./prepare.js";

type MlGiven = Given<typeof mlFitSchema>;

const nothingLeft =
  "every row is fitted without error in the limit, so that nothing is left to estimate: take --penalized or an engine with priors, such as nuts, or take a term out of the formula";

/** Maximises the likelihood as a fit of the engine ml. */
export function runMl(model: PreparedModel, options: MlGiven, context: EngineContext<PreparedModel>): Promise<MlFit> {
  return runSteps(fittedByMl(model, options, context), { ...context, onProgress: undefined });
}

function* fittedByMl(model: PreparedModel, options: MlGiven, { start }: EngineContext<PreparedModel>): Steps<MlFit> {
  const ready = yield* readyForMl(model, options, start);
  yield;
  return yield* maximise(ready, withDefaults(mlSchema, options), options.onProgress);
}

/** A model met with its data, as maximum likelihood sees it. */
export interface PreparedForMl {
  readonly prepared: PreparedModel;
  readonly view: LatentGaussian;
  /** What the view is of: the design, or its limit where the responses are separated. */
  readonly fitted: Design;
  /** Coefficients of the model as written that are not estimated. */
  readonly notEstimable: readonly NotEstimable[];
  /** Wall time that it took. */
  readonly seconds: number;
}

/** Throws ModelError or DataError, and EngineError for a model that is beyond maximum likelihood. */
export function* prepareForMl(
  model: ModelAst | string,
  data: TableInput,
  options: MlModelOptions,
): Steps<PreparedForMl> {
  const start = performance.now();
  const full = yield* prepareSteps(model, data, options, (problem) => judgeForMl(problem, options));
  return yield* readyForMl(full, options, start);
}

/** The options that say what maximum likelihood makes of a model. */
type MlModelOptions = ModelOptions & Given<Pick<typeof mlSchema, "method" | "penalized">>;

/** `start`: when the model began to be prepared. */
function* readyForMl(full: PreparedModel, options: MlModelOptions, start: number): Steps<PreparedForMl> {
  const prepared = options.penalized ? full : withoutDependentColumns(full, options);
  const isSeparated = !options.penalized && full.design.separation !== null;
  if (isSeparated && full.design.separation?.freeRows.length === 0) throw completelySeparated(full);
  // Conditioning on totals has separations of its own.
  const isLimit = isSeparated && options.method !== "conditional";
  const fitted = isLimit ? separationLimit(full.design) : prepared.design;
  const compiled = isLimit ? recompiled(full, fitted, options) : prepared.compiled;
  const latent = yield* foreseenSteps("ml", prepared, viewForMl(compiled, options));
  if ("refusal" in latent)
    throw new EngineError(`maximum likelihood cannot fit this model: ${latent.refusal}; the engine nuts takes it`);
  const missing = options.penalized ? [] : notEstimable(full.design, isLimit);
  const seconds = (performance.now() - start) / 1000;
  return { prepared, view: latent.view, fitted, notEstimable: missing, seconds };
}

/**
 * The coordinates in which the likelihood is climbed: those of the standardised design, but of the model's own parameters where they
 * are called for - by conditioning, which drops columns, and by a prior that ends short of the parameter's range.
 */
function* viewForMl(
  compiled: CompiledModel,
  { method, penalized }: Given<Pick<typeof mlSchema, "method" | "penalized">>,
) {
  if (method === "conditional") return compiled.latentGaussian();
  const latent = yield* compiled.standardisedLatentGaussian();
  const isBounded = penalized && "view" in latent && hasShortSupports(latent.view);
  return isBounded ? compiled.latentGaussian() : latent;
}

function hasShortSupports({ supports: { beta, sds, dispersion } }: LatentGaussian): boolean {
  const isShort = (lower: number) => (support: Interval) => support.lower > lower || support.upper < Infinity;
  return beta.some(isShort(-Infinity)) || [...sds.flat(), ...dispersion].some(isShort(0));
}

function completelySeparated({ ast, problems }: PreparedModel): ModelError {
  const judged = problems.map(
    (problem): Problem =>
      problem.code === "separation" ? { ...problem, severity: "error", hint: nothingLeft } : problem,
  );
  return new ModelError(judged, ast.source);
}

/** Columns that depend on others have coefficients that no likelihood tells. */
function withoutDependentColumns(prepared: PreparedModel, options: ModelOptions): PreparedModel {
  const design = withoutDependent(prepared.design);
  return design === prepared.design
    ? prepared
    : { ...prepared, design, compiled: recompiled(prepared, design, options) };
}

/** The same model, which has compiled before, on a part of its design; priors have no part in it. */
export function recompiled(
  { ast }: Pick<PreparedModel, "ast">,
  design: Design,
  options: ModelOptions,
): PreparedModel["compiled"] {
  const { families, priors } = vocabulary(options);
  const { model } = compileDensity({ ...ast, priors: [] }, design, families, priors);
  if (model === null) throw new RangeError("a part of a model that compiles must compile");
  return model;
}

/** Throws EngineError where the method cannot serve the model, or the likelihood has no maximum, EngineDefect for what no method foresees. */
export function* maximise(
  ready: PreparedForMl,
  options: MlOptions,
  onProgress?: (progress: MlProgress) => void,
): Steps<MlFit> {
  const { prepared, view, fitted, notEstimable, seconds } = ready;
  const start = performance.now();
  const { design } = prepared;
  // A coefficient without an estimate is no parameter that a hypothesis can be about.
  const missing = new Set(notEstimable.map(({ name }) => name));
  const names = view.quantities.parameters.map((name) => (missing.has(name) ? "" : name));
  const hypotheses = termHypotheses(design, names);
  const isLimit = fitted !== design;
  function* searched(): Steps<Estimates> {
    const tested = isLimit ? testable(hypotheses) : hypotheses;
    const found = yield* maximumLikelihood(view, options, tested, onProgress ?? null);
    const whole = isLimit ? asFitOfModel(found, design, fitted) : found;
    return { ...whole, notes: [...whole.notes, ...originNotes(design)], ...pluginsOf(prepared) };
  }
  const ml = yield* foreseenSteps("ml", prepared, searched());
  const fit = (performance.now() - start) / 1000;
  const estimates = ml.parameters.map(({ estimate }) => estimate);
  const modes = ml.effects?.modes.flatMap((part) => [...part]) ?? [];
  return {
    ...prepared,
    engine: "ml",
    ml,
    notEstimable,
    criteria: informationCriteria(ml, design.rows),
    dispersion: dispersionCheck(prepared, estimates, modes),
    options,
    seconds: { compile: seconds, fit },
  };
}

/** That a term of the fixed effects has no effect, for each of them. */
function termHypotheses(design: Design, parameters: readonly string[]): TermHypothesis[] {
  return design.predictors.flatMap(({ terms, columns }, k) => {
    const prefix = predictorPrefix(design, k);
    return terms.map(({ name, firstColumn, columnCount, marginal }) => {
      const own = Array.from({ length: columnCount }, (_, c) => firstColumn + c);
      const positions = (marginal?.columns ?? own).map((c) => parameters.indexOf(`${prefix}beta[${columns[c]}]`));
      const constants = marginal?.constants && { constants: marginal.constants };
      return { name: `${prefix}${name}`, parameters: positions, weights: marginal?.weights ?? null, ...constants };
    });
  });
}
