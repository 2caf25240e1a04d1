import type { TableInput } from "../data/toTable.js";
import { type CompiledModel, compileDensity } from "../density/compile.js";
import type { Interval, LatentGaussian } from "../density/LatentGaussian.js";
import { predictorPrefix } from "../density/priorSlots.js";
import type { Design } from "../design/Design.js";
import { separationLimit, withoutDependent } from "../design/restrictDesign.js";
import { withDefaults } from "../engine/checkOptions.js";
import type { EngineContext } from "../engine/Engine.js";
import { EngineError } from "../engine/EngineError.js";
import { informationCriteria } from "../engine/ml/inference.js";
import type { MaximumLikelihood, TermHypothesis } from "../engine/ml/MaximumLikelihood.js";
import { maximumLikelihood } from "../engine/ml/ml.js";
import { type MlOptions, mlOptionProblems, mlSchema } from "../engine/ml/options.js";
import type { MlProgress } from "../engine/ml/progress.js";
import type { Given } from "../engine/OptionSchema.js";
import type { ModelAst } from "../language/ast.js";
import { ModelError, type Problem } from "../language/ModelError.js";
import { runSteps, type Steps } from "../math/steps.js";
import { type DispersionCheck, dispersionCheck } from "./dispersion.js";
import type { FitEngine } from "./FitEngine.js";
import { foreseen, foreseenSteps } from "./foreseen.js";
import { mlFitSchema } from "./mlFitSchema.js";
import type { ModelOptions } from "./modelOptions.js";
import { asFitOfModel, type NotEstimable, notEstimable, testable } from "./notEstimable.js";
import { originNotes } from "./originNotes.js";
import { type PreparedModel, prepare, vocabulary } from "./prepare.js";

/** How to maximise the likelihood: see `mlFitSchema`. */
export interface MlFitOptions extends Given<typeof mlFitSchema> {
  readonly engine: "ml";
}

/** A model fitted by maximum likelihood, which leaves its priors out unless it is penalised by them. */
export interface MlFit extends PreparedModel {
  readonly engine: "ml";
  /** Estimates with standard errors and intervals, conditional modes of the random effects, notes. */
  readonly ml: MaximumLikelihood;
  /** Coefficients that the data do not determine, or that run to infinity; empty for a penalised fit. */
  readonly notEstimable: readonly NotEstimable[];
  /** With n = rows in BIC; null for a method without a likelihood, and for a penalised one. */
  readonly criteria: { readonly aic: number; readonly bic: number } | null;
  /** Pearson's chi-square at the estimates and the conditional modes; null where it has nothing to tell. */
  readonly dispersion: DispersionCheck | null;
  /** The engine's options as used. */
  readonly options: MlOptions;
  /** Wall time in seconds. */
  readonly seconds: { readonly compile: number; readonly fit: number };
}

/** What only a prior could make up for, with the way out for an engine that has none. */
const withoutPriors: Readonly<Record<string, string>> = {
  "dependent-effects": "take a column that depends on the others out of the term",
  "one-outcome":
    "the likelihood grows without end, and there is nothing to compare: look how the response is coded, or take --penalized or an engine with priors, such as nuts",
  "saturated-effects": "take the term out, take a coarser factor, or use an engine with priors, such as nuts",
  "one-group": "leave the term out, take another factor, or use an engine with priors, such as nuts",
  "too-many-effects":
    "hold sigma at a number, give it known values as in log(sigma) = 0 + offset(log(se)), take the term out or a coarser factor, or use an engine with priors, such as nuts",
};

const nothingLeft =
  "every row is fitted without error in the limit, so that nothing is left to estimate: take --penalized or an engine with priors, such as nuts, or take a term out of the formula";

const leftOut =
  "maximum likelihood leaves it out, as R does; the other coefficients are those of the model without it, and tests of terms are about what is left";

/** What maximum likelihood can live with, with the way out for an engine without priors. */
const weakWithoutPriors: Readonly<Record<string, string>> = {
  "rank-deficient": leftOut,
  "empty-cell": leftOut,
  "constant-column": leftOut,
  separation:
    "maximum likelihood estimates what the other rows determine; --penalized or an engine with priors gives finite estimates of all",
  "separation-unchecked":
    "an estimate that is large without reason has run off: take --penalized, or an engine with priors, such as nuts",
  "few-levels": "the interval of the standard deviation is wide; a fixed effect of the factor may serve better",
  "weak-effects": "the likelihood is nearly flat in it; leave the term out, or use an engine with priors, such as nuts",
};

/** Maximum likelihood has no priors to live with a weak design by, and to be improper. */
function judgeWithoutPriors(problem: Problem): Problem | null {
  if (["improper-posterior", "improper-prior", "prior-origin"].includes(problem.code)) return null;
  const weak = weakWithoutPriors[problem.code];
  if (weak !== undefined) return { ...problem, hint: weak };
  const hint = withoutPriors[problem.code];
  return hint === undefined ? problem : { ...problem, severity: "error", hint };
}

type MlGiven = Given<typeof mlFitSchema>;

/** Maximum likelihood. */
export const mlEngine: FitEngine<"ml", typeof mlFitSchema, MlFit> = {
  name: "ml",
  sentence: "maximum likelihood, without priors: estimates, standard errors, tests and intervals",
  options: mlFitSchema,
  conflicts: (options) => mlOptionProblems(withDefaults(mlSchema, options)).filter(({ code }) => code === "conflict"),
  variants: {
    lmm: { method: "lmm" },
    reml: { method: "lmm", reml: true },
    aghq: { method: "aghq" },
    laplace: { method: "laplace" },
    pql: { method: "pql" },
    "pql-free": { method: "pql", scale: "free" },
    em: { method: "em" },
    conditional: { method: "conditional" },
  },
  judge: (problem, { penalized }) => (penalized ? problem : judgeWithoutPriors(problem)),
  refuses: () => null, // what it refuses depends on the part of the design that the data determine
  run: (model, options, context) =>
    runSteps(fittedByMl(model, options, context), { ...context, onProgress: undefined }),
};

function* fittedByMl(model: PreparedModel, options: MlGiven, { start }: EngineContext): Steps<MlFit> {
  const ready = readyForMl(model, options, start);
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
export function prepareForMl(model: ModelAst | string, data: TableInput, options: MlModelOptions): PreparedForMl {
  const start = performance.now();
  return readyForMl(
    prepare(model, data, options, (problem) => mlEngine.judge(problem, options)),
    options,
    start,
  );
}

/** The options that say what maximum likelihood makes of a model. */
type MlModelOptions = ModelOptions & Given<Pick<typeof mlSchema, "method" | "penalized">>;

/** `start`: when the model began to be prepared. */
function readyForMl(full: PreparedModel, options: MlModelOptions, start: number): PreparedForMl {
  const prepared = options.penalized ? full : withoutDependentColumns(full, options);
  const isSeparated = !options.penalized && full.design.separation !== null;
  if (isSeparated && full.design.separation?.freeRows.length === 0) throw completelySeparated(full);
  // Conditioning on totals has separations of its own.
  const isLimit = isSeparated && options.method !== "conditional";
  const fitted = isLimit ? separationLimit(full.design) : prepared.design;
  const compiled = isLimit ? recompiled(full, fitted, options) : prepared.compiled;
  const latent = foreseen("ml", prepared, () => viewForMl(compiled, options));
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
function viewForMl(
  compiled: CompiledModel,
  { method, penalized }: Given<Pick<typeof mlSchema, "method" | "penalized">>,
) {
  if (method === "conditional") return compiled.latentGaussian();
  const latent = compiled.standardisedLatentGaussian();
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
function recompiled({ ast }: PreparedModel, design: Design, options: ModelOptions): PreparedModel["compiled"] {
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
  function* searched(): Steps<MaximumLikelihood> {
    const tested = isLimit ? testable(hypotheses) : hypotheses;
    const found = yield* maximumLikelihood(view, options, tested, onProgress ?? null);
    const whole = isLimit ? asFitOfModel(found, design, fitted) : found;
    return { ...whole, notes: [...whole.notes, ...originNotes(design)] };
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

/** Notes after which the estimates must not be taken as they are. */
const grave: readonly string[] = ["not-converged", "undetermined", "points-limit", "dispersion-limit", "infinite-sd"];

/** Whether the estimates must not be taken for the maximum. */
export function isUntrustedMl({ ml }: Pick<MlFit, "ml">): boolean {
  return !ml.convergence.converged || ml.notes.some(({ code }) => grave.includes(code));
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
