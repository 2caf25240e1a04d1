// Over 300 lines: the whole way of each engine, from options to result, and the checks of options that name one another.

import { type TableInput, toTable } from "./data/toTable.js";
import { type CompiledModel, compileDensity } from "./density/compile.js";
import type { Parametrization } from "./density/jointDensity.js";
import { checkPriorStatements } from "./density/priorStatements.js";
import { buildDesign } from "./design/buildDesign.js";
import type { Design } from "./design/Design.js";
import { type Warning, warningsOf } from "./diagnostics/warnings.js";
import { EngineError } from "./engine/ml/EngineError.js";
import { informationCriteria } from "./engine/ml/inference.js";
import type { MaximumLikelihood } from "./engine/ml/MaximumLikelihood.js";
import { maximumLikelihood } from "./engine/ml/ml.js";
import { defaultMlOptions, type MlOptions, mlOptionProblems } from "./engine/ml/options.js";
import type { ChainProgress } from "./engine/nuts/chain.js";
import { completeNutsOptions, defaultNutsOptions, type NutsOptions, OptionsError } from "./engine/nuts/options.js";
import { SamplingError } from "./engine/nuts/SamplingError.js";
import type { Family } from "./family/Family.js";
import { families as builtInFamilies } from "./family/families.js";
import type { ModelAst } from "./language/ast.js";
import { ModelError, type Problem } from "./language/ModelError.js";
import { parseModel } from "./language/parser.js";
import { printModel } from "./language/printer.js";
import { didYouMean } from "./language/suggest.js";
import type { Vocabulary } from "./parallel/ChainTask.js";
import { type ChainFailure, type ChainRun, processors, runChains } from "./parallel/runChains.js";
import type { Posterior } from "./posterior/Posterior.js";
import { posteriorFromChains } from "./posterior/posteriorFromChains.js";
import { drawsOf } from "./posterior/quantities.js";
import type { PriorDistribution } from "./prior/Prior.js";
import { priors as builtInPriors } from "./prior/priors.js";
import type { Summary } from "./summary/Summary.js";
import { summarise } from "./summary/summarise.js";

export interface ModelOptions {
  /** Rows with a missing value are dropped and counted, or are an error. Default "drop". */
  readonly missing?: "drop" | "error";
  /** Families besides the built-in ones, made by `defineFamily`; the chains then run in this thread. */
  readonly families?: readonly Family[];
  /** Priors besides the built-in ones, made by `definePrior`; the chains then run in this thread. */
  readonly priors?: readonly PriorDistribution[];
}

/** How to sample; see `NutsOptions` for the sampler's own. */
export interface FitOptions extends ModelOptions, Partial<NutsOptions> {
  /** Default "nuts". */
  readonly engine?: "nuts";
  /** Chains, each with a random stream of its own. Default 4. */
  readonly chains?: number;
  /** What the sampler moves: standardised effects u, or b itself. Default "noncentred". */
  readonly parametrization?: Parametrization;
  /** Worker threads; 0 for none. Default: one a chain, as far as there are processors. The draws do not depend on it. */
  readonly workers?: number;
  /** Called now and then while a chain runs. */
  readonly onProgress?: (progress: ChainProgress) => void;
  /** Ends sampling early; what was drawn is returned, marked as partial. */
  readonly signal?: AbortSignal;
}

/** How to maximise the likelihood; see `MlOptions` for the engine's own. */
export interface MlFitOptions extends ModelOptions, Partial<MlOptions> {
  readonly engine: "ml";
}

/** A model met with its data, ready to be fitted. */
export interface PreparedModel {
  readonly ast: ModelAst;
  readonly design: Design;
  readonly compiled: CompiledModel;
  /** What is weak but does not stop a fit. */
  readonly problems: readonly Problem[];
}

/** A fitted model. */
export interface Fit extends PreparedModel {
  readonly posterior: Posterior;
  /** Rows of numbers for parameters and random effects; computed once. */
  summary(): Summary;
  /** Draws `[chain][draw]` of a quantity by its name. Throws RangeError for a name that is not in the model. */
  draws(name: string): readonly Float64Array[];
  /** What keeps the result from being trusted as it is, with advice. */
  warnings(): readonly Warning[];
  /** Wall time in seconds. */
  readonly seconds: { readonly compile: number; readonly sampling: number };
}

/** A model fitted by maximum likelihood, which leaves its priors out. */
export interface MlFit extends PreparedModel {
  /** Estimates with standard errors and intervals, conditional modes of the random effects, notes. */
  readonly ml: MaximumLikelihood;
  /** With n = rows in BIC; null for a method without a likelihood. */
  readonly criteria: { readonly aic: number; readonly bic: number } | null;
  /** Wall time in seconds. */
  readonly seconds: { readonly compile: number; readonly fit: number };
}

/** A chain failed, which ended the run. The message tells which and why. */
export class ChainError extends SamplingError {
  override readonly name: string = "ChainError";
  /** The chains that were done by then, as a partial fit; null if there were none. */
  readonly finished: Fit | null;

  constructor({ chain, error }: ChainFailure, finished: Fit | null) {
    super(`chain ${chain} failed: ${error.message}`, { cause: error });
    this.finished = finished;
  }
}

/**
 * Compiles a model with its data: all problems of both at once.
 * Throws ModelError, or DataError where the data are not a table.
 */
export function prepareModel(model: ModelAst | string, data: TableInput, options: ModelOptions = {}): PreparedModel {
  const prepared = prepare(model, data, options, (problem) => problem);
  return {
    ...prepared,
    problems: [...prepared.problems, ...flatUnderWeakDesign(prepared.compiled, prepared.problems)],
  };
}

/** `judge` says what a problem means to the engine; null where it means nothing. */
function prepare(
  model: ModelAst | string,
  data: TableInput,
  options: ModelOptions,
  judge: (problem: Problem) => Problem | null,
): PreparedModel {
  const judged = (found: readonly Problem[]) => found.map(judge).filter((problem) => problem !== null);
  const ast = withSource(typeof model === "string" ? parseModel(model) : model);
  const { families, priors } = vocabulary(options);
  const built = buildDesign(ast, toTable(data), families, { missing: options.missing ?? "drop" });
  const problems = judged([...built.problems, ...checkPriorStatements(ast, priors)]);
  throwErrors(ast, problems);
  const compiled = built.design === null ? null : compileDensity(ast, built.design, families, priors);
  problems.push(...judged(compiled?.problems ?? []));
  throwErrors(ast, problems);
  if (built.design === null || compiled === null || compiled.model === null)
    throw new RangeError("a design without errors must compile");
  return { ast, design: built.design, compiled: compiled.model, problems };
}

/** What the data do not tell of the coefficients a proper prior does; a flat one leaves no posterior. */
function flatUnderWeakDesign({ priors }: CompiledModel, problems: readonly Problem[]): Problem[] {
  const weak = problems.find(({ code }) => ["rank-deficient", "constant-column", "separation"].includes(code));
  const flat = priors.find(({ name, proper }) => !proper && /\b(beta\[|intercept$)/.test(name));
  if (weak === undefined || flat === undefined) return [];
  const message = `the prior on ${flat.name} is improper, and the data may not make up for it: ${weak.message}`;
  const hint = `give ${flat.name} a proper prior, such as normal(0, 2.5)`;
  return [{ ...weak, code: "improper-prior", message, hint }];
}

/** What only a prior could make up for, with the way out for an engine that has none. */
const withoutPriors: Readonly<Record<string, string>> = {
  "rank-deficient": "take a column that depends on the others out of the formula",
  "constant-column": "leave it out of the formula",
  separation:
    "the likelihood grows without end along it: take the term out, or use an engine with priors, such as nuts",
  "few-levels": "make the factor a fixed effect, or use an engine with priors, such as nuts",
};

/** Maximum likelihood has no priors to live with a weak design by, and to be improper. */
function judgeWithoutPriors(problem: Problem): Problem | null {
  if (problem.code === "improper-prior") return null;
  const hint = withoutPriors[problem.code];
  return hint === undefined ? problem : { ...problem, severity: "error", hint };
}

/**
 * Fits a model to data: text or AST, and anything with named columns.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ChainError where sampling fails,
 * EngineError where the likelihood cannot be maximised.
 */
export async function fit(model: ModelAst | string, data: TableInput, options: MlFitOptions): Promise<MlFit>;
export async function fit(model: ModelAst | string, data: TableInput, options?: FitOptions): Promise<Fit>;
export async function fit(
  model: ModelAst | string,
  data: TableInput,
  options: FitOptions | MlFitOptions = {},
): Promise<Fit | MlFit> {
  return options.engine === "ml" ? fitByMl(model, data, options) : fitByNuts(model, data, options);
}

function fitByMl(model: ModelAst | string, data: TableInput, options: MlFitOptions): MlFit {
  const complete = completeMlOptions(options);
  const start = performance.now();
  const prepared = prepare(model, data, options, judgeWithoutPriors);
  const latent = prepared.compiled.latentGaussian();
  if ("refusal" in latent)
    throw new EngineError(`maximum likelihood cannot fit this model: ${latent.refusal}; the engine nuts takes it`);
  const compiledAt = performance.now();
  const ml = maximumLikelihood(latent.view, complete);
  const seconds = { compile: (compiledAt - start) / 1000, fit: (performance.now() - compiledAt) / 1000 };
  return { ...prepared, ml, criteria: informationCriteria(ml, prepared.design.rows), seconds };
}

async function fitByNuts(model: ModelAst | string, data: TableInput, options: FitOptions): Promise<Fit> {
  const run = completeFitOptions(options);
  const start = performance.now();
  const prepared = prepareModel(model, data, options);
  const compiledAt = performance.now();
  const { ast, design } = prepared;
  const tasks = Array.from({ length: run.chains }, (_, k) => ({
    ast,
    design,
    parametrization: run.parametrization,
    options: run.nuts,
    chain: k + 1,
  }));
  const { onProgress, signal } = options;
  const chains = await runChains(tasks, {
    workers: run.workers,
    onProgress,
    signal,
    vocabulary: vocabulary(options),
  });
  const seconds = { compile: (compiledAt - start) / 1000, sampling: (performance.now() - compiledAt) / 1000 };
  return collect(prepared, run, chains, seconds);
}

/** What a run goes by, defaults filled in. */
export interface CompleteFitOptions {
  readonly chains: number;
  readonly workers: number;
  readonly parametrization: Parametrization;
  readonly nuts: NutsOptions;
}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeFitOptions(options: FitOptions): CompleteFitOptions {
  const { engine = "nuts", chains = 4, parametrization = "noncentred", workers = processors() } = options;
  const { families = [], priors = [] } = options;
  const nuts = Object.entries(options).filter(([name, value]) => name in defaultNutsOptions && value !== undefined);
  const problems = [
    ...oneOf("engine", engine, ["nuts", "ml"]),
    ...whole("chains", chains, 1, 1000),
    ...oneOf("parametrization", parametrization, ["centred", "noncentred"]),
    ...whole("workers", workers, 0, 1000),
    ...modelOptionProblems(options),
    ...unknownOptions(options, "nuts", nutsOptionNames, mlOptionNames),
  ];
  const sampler = attempt(() => completeNutsOptions(Object.fromEntries(nuts)), problems);
  if (sampler === null || problems.length > 0) throw new OptionsError(problems);
  const hasPlugIns = families.length + priors.length > 0;
  return { chains, parametrization, nuts: sampler, workers: hasPlugIns ? 0 : Math.min(workers, chains) };
}

/** Checks the options of `engine: "ml"` and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeMlOptions(options: MlFitOptions): MlOptions {
  const { method, points, reml, scale } = defaultMlOptions;
  const complete = {
    method: options.method ?? method,
    points: options.points ?? points,
    reml: options.reml ?? reml,
    scale: options.scale ?? scale,
  };
  const problems = [
    ...mlOptionProblems(complete),
    ...modelOptionProblems(options),
    ...unknownOptions(options, "ml", mlOptionNames, nutsOptionNames),
  ];
  if (problems.length > 0) throw new OptionsError(problems);
  return complete;
}

function modelOptionProblems({ missing = "drop", families = [], priors = [] }: ModelOptions): string[] {
  return [
    ...oneOf("missing", missing, ["drop", "error"]),
    ...takenNames("families", families, builtInFamilies),
    ...takenNames("priors", priors, builtInPriors),
  ];
}

const commonOptionNames = ["engine", "missing", "families", "priors"];
/** What a sampling `fit` itself takes; the other options are the sampler's. */
const runOptionNames: readonly (keyof FitOptions)[] = ["chains", "parametrization", "workers", "onProgress", "signal"];
const nutsOptionNames: readonly string[] = [...runOptionNames, ...Object.keys(defaultNutsOptions)];
const mlOptionNames: readonly string[] = Object.keys(defaultMlOptions);

function unknownOptions(options: object, engine: string, own: readonly string[], others: readonly string[]): string[] {
  const known = [...commonOptionNames, ...own];
  return Object.keys(options).flatMap((name) => {
    if (known.includes(name)) return [];
    if (others.includes(name))
      return [`${name} is no option of the engine "${engine}"; leave it out, or choose another engine`];
    return [`unknown option "${name}"; ${didYouMean(name, known, "options")}`];
  });
}

function attempt(complete: () => NutsOptions, problems: string[]): NutsOptions | null {
  try {
    return complete();
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): string[] {
  if (allowed.some((known) => known === value)) return [];
  return [
    `${name} is ${JSON.stringify(value)}; allowed: ${allowed.map((known) => JSON.stringify(known)).join(" or ")}`,
  ];
}

function whole(name: string, value: number, min: number, max: number): string[] {
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [`${name} is ${value}; allowed: a whole number from ${min} to ${max}`];
}

function takenNames(option: string, given: readonly Named[], builtIn: readonly Named[]): string[] {
  const names = [...builtIn, ...given].map(({ name }) => name);
  const taken = new Set(names.filter((name, k) => names.indexOf(name) < k));
  return [...taken].map((name) => `${option} has "${name}", a name that is taken; allowed: names of their own`);
}

interface Named {
  readonly name: string;
}

function vocabulary({ families = [], priors = [] }: ModelOptions): Vocabulary {
  return { families: [...builtInFamilies, ...families], priors: [...builtInPriors, ...priors] };
}

/** An AST that was built, not parsed, is printed and parsed once, so that its problems can be quoted too. */
function withSource(ast: ModelAst): ModelAst {
  return ast.source === undefined ? parseModel(printModel(ast)) : ast;
}

/** With one error among them all problems are thrown, warnings too, in the order of the text. */
function throwErrors(ast: ModelAst, problems: readonly Problem[]): void {
  if (!problems.some(({ severity }) => severity === "error")) return;
  const start = ({ span }: Problem) => span?.start ?? Number.POSITIVE_INFINITY;
  const inOrder = [...problems].sort((a, b) => (start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : 0));
  throw new ModelError(inOrder, ast.source);
}

function collect(
  prepared: PreparedModel,
  run: CompleteFitOptions,
  { chains, failure }: ChainRun,
  seconds: Fit["seconds"],
): Fit {
  const drawn = chains.filter(({ draws }) => draws > 0);
  const result = drawn.length === 0 ? null : fitOf(prepared, run, drawn, seconds);
  if (failure !== null) throw new ChainError(failure, result);
  if (result === null)
    throw new SamplingError("the run was stopped before the first draw, while it was warming up; nothing was drawn");
  return result;
}

function fitOf(
  prepared: PreparedModel,
  run: CompleteFitOptions,
  chains: Parameters<typeof posteriorFromChains>[2],
  seconds: Fit["seconds"],
): Fit {
  const options = { ...run.nuts, chains: run.chains, parametrization: run.parametrization };
  const drawn = posteriorFromChains("nuts", prepared.compiled.quantities, chains, options);
  const partial = drawn.record.partial || chains.length < run.chains;
  const posterior = { ...drawn, record: { ...drawn.record, partial } };
  const summary = once(() => summarise(posterior));
  const warnings = once(() => warningsOf(posterior, [...summary().parameters, ...summary().randomEffects]));
  return { ...prepared, posterior, seconds, summary, draws: (name) => drawsOf(posterior, name), warnings };
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
