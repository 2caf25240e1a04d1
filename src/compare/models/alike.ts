import type { MlNote } from "../../engine/ml/Estimates.js";
import { methodFor } from "../../engine/ml/methodFor.js";
import type { MlOptions } from "../../engine/ml/options.js";
import type { PreparedForMl } from "../../fit/runMl.js";
import type { ComparedModel, Comparison } from "./Comparison.js";
import type { PredictorSpace } from "./ModelSpace.js";

/** The options of the two fits by which their likelihoods are of one approximation. */
export function alikeOptions(
  a: PreparedForMl,
  b: PreparedForMl,
  options: MlOptions,
): readonly [a: MlOptions, b: MlOptions] {
  const common: MlOptions = { ...options, method: isMixed([a, b], options) ? "laplace" : options.method };
  const isExactAside = hasEffects(a) !== hasEffects(b);
  const optionsFor = (model: PreparedForMl): MlOptions =>
    isExactAside && !hasEffects(model) ? { ...common, method: "auto", points: "auto" } : common;
  return [optionsFor(a), optionsFor(b)];
}

/** Without random effects a likelihood is exact, whatever the method for the others. */
function hasEffects({ view }: PreparedForMl): boolean {
  return view.structure !== "none";
}

/** Whether quadrature would serve one of the models and Laplace's approximation the other; with points asked for that is refused. */
function isMixed(models: readonly PreparedForMl[], options: MlOptions): boolean {
  if (options.points !== "auto") return false;
  const methods = models.filter(hasEffects).map(({ view }) => methodFor(view, options));
  return methods.includes("aghq") && methods.includes("laplace");
}

/** Whether the fixed effects are coded alike: restricted likelihoods depend on that, not on their span alone. */
export function hasSameColumns({ columns: own }: PredictorSpace, { columns: other }: PredictorSpace): boolean {
  return (
    own.length === other.length &&
    own.every(({ values }, j) => values.every((value, i) => value === other[j].values[i]))
  );
}

/** Tells by what the two likelihoods are of one kind. */
export function alikeNotes(models: Comparison["models"], options: MlOptions): MlNote[] {
  const note = (code: string, message: string): MlNote => ({ code, message, advice: "" });
  const notes = models.every(({ ml }) => ml.method === "lmm") ? [note("criterion", criterion(models[0], options))] : [];
  const isExact = ({ ml }: ComparedModel) => ml.method === "lmm" || ml.notes.some(({ code }) => code === "exact");
  const approximate = models.filter((model) => !isExact(model));
  if (approximate.length > 0) notes.push(note("approximation", approximation(approximate, options)));
  return notes;
}

function criterion({ ml }: ComparedModel, { reml }: MlOptions): string {
  if (ml.reml) return "by restricted maximum likelihood: the fixed effects of the models are the same";
  const why = "restricted likelihoods compare only between models with the same fixed effects, coded alike";
  return reml ? `refitted by maximum likelihood, not REML: ${why}` : `by maximum likelihood, not REML: ${why}`;
}

function approximation(models: readonly ComparedModel[], { points }: MlOptions): string {
  const names = models.map(({ label }) => label).join(" and ");
  if (models.some(({ ml }) => ml.method === "laplace")) return `likelihood of ${names} by Laplace's approximation`;
  const counts = models.map(({ label, ml }) => `${label} ${ml.points}`).join(", ");
  if (points !== "auto") return `likelihood of ${names} by quadrature with ${points} points`;
  return `likelihood of ${names} by quadrature, its points raised automatically: ${counts}`;
}
