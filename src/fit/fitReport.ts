import { checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { samplerDiagnostics } from "../diagnostics/sampler.js";
import { modelText } from "../language/printer.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import type { FitReport } from "../report/FitReport.js";
import { priorLine } from "../report/fitFacts.js";
import type { Ratios } from "../report/Ratios.js";
import type { SummaryRow } from "../summary/Summary.js";
import { version } from "../version.js";
import { aPosteriorFit } from "./aFit.js";
import { checkNotes } from "./checkNotes.js";
import { effectsCovariances } from "./covariance.js";
import type { Fit } from "./fitted.js";
import { ratiosOf } from "./mlReport.js";
import { problemWarnings } from "./problemWarnings.js";
import type { ReportContext } from "./ReportContext.js";
import { responseCategories } from "./responseCategories.js";

/** A fit as plain data, from which `textReport` and `jsonDocument` are made. */
export function fitReport(fit: Fit, context: ReportContext = {}): FitReport {
  checkArgument(aPosteriorFit, fit, "fitReport", "fit");
  checkArgument(anObject, context, "fitReport", "context");
  const { ast, design, posterior, seconds } = fit;
  const { read = 0, total = read + seconds.compile + seconds.sampling, covariance = false } = context;
  const { chains } = posterior.record;
  const isSampled = chains.length > 0;
  const { parameters, randomEffects } = fit.summary();
  const checks = checkNotes(fit, fit.dispersion(), parameters.map(meanOf), randomEffects.map(meanOf));
  const longest = (phase: "warmup" | "sampling") => Math.max(0, ...chains.map(({ seconds }) => seconds[phase]));
  return {
    engine: posterior.engine,
    version,
    options: posterior.record.options,
    model: modelText(ast),
    family: design.response.family,
    observations: design.rows,
    droppedRows: design.droppedRows.length,
    categories: responseCategories(fit),
    ...pluginsOf(fit),
    groups: design.predictors.flatMap(({ factors }) =>
      factors.map(({ name, levels }) => ({ name, levels: levels.length })),
    ),
    priors: fit.compiled.priors.map(priorLine),
    summary: fit.summary(),
    ratios: ratiosOf(fit, medians(fit)),
    covariances: covariance ? effectsCovariances(fit, means(fit)) : null,
    sampling: isSampled
      ? {
          parametrization: String(posterior.record.options.parametrization),
          algorithm: String(posterior.record.options.algorithm),
          draws: chains.map(({ logDensity }) => logDensity.length),
          diagnostics: samplerDiagnostics(chains),
        }
      : null,
    approximation: posterior.record.approximation ?? null,
    hasNormalEffects: fit.hasNormalEffects(),
    criteria: posterior.criteria ?? null,
    seconds: {
      read,
      compile: seconds.compile,
      warmup: longest("warmup"),
      sampling: isSampled ? longest("sampling") : seconds.sampling,
      total,
    },
    notes: [...checks.notes, ...fit.notes, ...fit.diagnosticNotes()],
    data: fit.data,
    warnings: [
      ...fit.warnings(),
      ...checks.warnings,
      ...fit.conflicts().map(({ code, message, advice }) => ({ code, message, advice })),
      ...problemWarnings(fit.problems),
    ],
    partial: posterior.record.partial,
  };
}

function meanOf({ mean }: SummaryRow): number {
  return mean;
}

/** Posterior means of the parameters by their names. */
function means(fit: Fit): Map<string, number> {
  return new Map(fit.summary().parameters.map(({ name, mean }) => [name, mean]));
}

/** Medians and intervals of the parameters, those without quantiles left out. */
function medians(fit: Fit): Ratios["rows"] {
  return fit
    .summary()
    .parameters.filter(({ median }) => !Number.isNaN(median))
    .map(({ name, median, lower, upper }) => ({ name, estimate: median, lower, upper }));
}

/** Problems after which there may be no posterior, or one with a mode that no engine has seen. */
const grave: readonly string[] = ["improper-prior", "prior-origin"];

/**
 * Whether the numbers must not be taken as the posterior's: a diagnostic or a grave problem says so. What the data are weak in
 * (few levels, dependent columns) a proper prior makes up for.
 */
export function isUntrusted(fit: Fit): boolean {
  checkArgument(aPosteriorFit, fit, "isUntrusted", "fit");
  return fit.warnings().length > 0 || fit.problems.some(({ code }) => grave.includes(code));
}
