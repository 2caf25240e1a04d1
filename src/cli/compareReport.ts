import { type ComparedModel, type Comparison, isUntrustedMl, splitNotes } from "../index.js";
import type { CompareReport, FitColumn } from "../report/CompareReport.js";

/** A comparison as plain data for the reports. `read` is the time it took to read models and data, `total` that since the start, in seconds. */
export function compareReport(comparison: Comparison, read: number, total: number): CompareReport {
  const { observations, droppedRows, plugins, groups, models, relation, test, notes, warnings } = comparison;
  const isDubious = warnings.some(({ code }) => ["negative-deviance", "equivalent-likelihoods"].includes(code));
  return {
    observations,
    droppedRows,
    ...(plugins === undefined ? {} : { plugins }),
    groups,
    fits: models.map(fitColumn),
    relation,
    test,
    notes: [
      ...notes.map(({ code, message }) => ({ code, message })),
      { code: "priors-ignored", message: "maximum likelihood: priors are ignored" },
    ],
    warnings,
    isTrusted: !isDubious && !models.some(isUntrustedMl),
    seconds: { read, total },
  };
}

function fitColumn({ label, text, family, ml, problems, logLikelihood, aic, bic, seconds }: ComparedModel): FitColumn {
  return {
    label,
    engine: "ml",
    model: text,
    family,
    method: ml.method,
    points: ml.points,
    reml: ml.reml,
    parameters: ml.parameters,
    parameterCount: ml.parameterCount,
    logLikelihood,
    aic,
    bic,
    convergence: ml.convergence,
    ...splitNotes(ml, problems),
    seconds,
  };
}
