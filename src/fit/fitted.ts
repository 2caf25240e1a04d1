import { rareDivergences, type Warning, warningsOf } from "../diagnostics/warnings.js";
import { runSync } from "../math/steps.js";
import type { Criteria } from "../posterior/Criteria.js";
import type { ApproximationRecord, Posterior, Quantity } from "../posterior/Posterior.js";
import { drawsOf } from "../posterior/quantities.js";
import { DEFAULT_LEVEL, type Summary, type SummaryRow } from "../summary/Summary.js";
import { summarise } from "../summary/summarise.js";
import { conflictsOf } from "./conflictsOf.js";
import { type DispersionCheck, dispersionCheck } from "./dispersion.js";
import { foreseen } from "./foreseen.js";
import type { Note, PreparedModel } from "./PreparedModel.js";
import type { PriorConflict } from "./priorConflict.js";

/** A fitted model, by an engine that has a posterior. */
export interface Fit extends PreparedModel {
  /** The engine that ran. */
  readonly engine: string;
  readonly posterior: Posterior;
  /** Rows of numbers for parameters and random effects; computed once. */
  summary(): Summary;
  /** Draws `[chain][draw]` of a quantity by its name, joint with those of others; inla makes its draws when they are first asked for. Throws ResultError for a name that is not in the model. */
  draws(name: string): readonly Float64Array[];
  /** What keeps the result from being trusted as it is, with advice. */
  warnings(): readonly Warning[];
  /** Pearson's chi-square at the posterior means; null where it has nothing to tell. */
  dispersion(): DispersionCheck | null;
  /** Priors that the likelihood contradicts, the worst first. */
  conflicts(): readonly PriorConflict[];
  /** What diagnostics have to say for information. */
  diagnosticNotes(): readonly Note[];
  /** Whether the random effects are normal given the parameters, so that Laplace's approximation of them is exact. */
  hasNormalEffects(): boolean;
  /** Wall time in seconds. */
  readonly seconds: { readonly compile: number; readonly sampling: number };
}

/** A posterior by draws of nuts. */
export interface NutsFit extends Fit {
  readonly engine: "nuts";
}

/** A posterior by an approximation, which says itself whether to trust it. */
export interface ApproximateFit extends Fit {
  /** What the approximation rests on, its guard and the log marginal likelihood. */
  readonly approximation: ApproximationRecord;
}

/** A posterior by the engine laplace. */
export interface LaplaceFit extends ApproximateFit {
  readonly engine: "laplace";
}

/** A posterior by the engine inla. */
export interface InlaFit extends ApproximateFit {
  readonly engine: "inla";
  /** How well the model predicts; null where the option `criteria` did not ask for it. */
  readonly criteria: Criteria | null;
  /** Marginals of the sums of the option `lincomb`. */
  readonly linearCombinations: readonly Quantity[];
}

/** `level`: probability of the intervals of its summary. */
export function fitted(
  prepared: PreparedModel,
  posterior: Posterior,
  seconds: Fit["seconds"],
  { level = DEFAULT_LEVEL }: { readonly level?: number | undefined },
): Fit {
  const computed = <T>(compute: () => T) => once(() => foreseen(posterior.engine, prepared, compute));
  const summary = computed(() => summarise(posterior, { level }));
  const rows = () => [...summary().parameters, ...summary().randomEffects];
  const warnings = computed(() => warningsOf(posterior, rows()));
  const diagnosticNotes = computed(() => [rareDivergences(posterior, rows())].filter((note) => note !== null));
  const hasNormalEffects = once(() => {
    const latent = prepared.compiled.latentGaussian();
    return "view" in latent && latent.view.isGaussian;
  });
  const dispersion = computed(() => {
    const { parameters, randomEffects } = summary();
    return dispersionCheck(prepared, parameters.map(meanOf), randomEffects.map(meanOf));
  });
  const conflicts = computed(() => runSync(conflictsOf(prepared, posterior, summary)));
  const draws: Fit["draws"] = (name) => drawsOf(posterior, name);
  return {
    ...prepared,
    engine: posterior.engine,
    posterior,
    seconds,
    summary,
    draws,
    warnings,
    diagnosticNotes,
    dispersion,
    conflicts,
    hasNormalEffects,
  };
}

function meanOf({ mean }: SummaryRow): number {
  return mean;
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
