import { checkArgument } from "../argument/checkArgument.js";
import { aList, anObject, objectWith } from "../argument/kinds.js";
import { modelText } from "../language/printer.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import { priorLine } from "../report/fitFacts.js";
import type { MlReport, ModeRow } from "../report/MlReport.js";
import type { Ratios } from "../report/Ratios.js";
import { version } from "../version.js";
import { anMlFit } from "./aFit.js";
import { bootstrapReport, bootstrapWarnings } from "./bootstrap/bootstrapReport.js";
import { checkNotes } from "./checkNotes.js";
import { effectsCovariances } from "./covariance.js";
import type { MlFit } from "./MlFit.js";
import { problemWarnings } from "./problemWarnings.js";
import type { ReportContext } from "./ReportContext.js";
import { responseCategories } from "./responseCategories.js";

/** A fit by maximum likelihood as plain data, from which `mlTextReport` and `mlJsonDocument` are made. */
export function mlReport(fit: MlFit, context: ReportContext = {}): MlReport {
  checkArgument(anMlFit, fit, "mlReport", "fit");
  checkArgument(anObject, context, "mlReport", "context");
  const { read = 0, total = read + fit.seconds.compile + fit.seconds.fit, covariance = false } = context;
  const { ast, design, ml, criteria, seconds } = fit;
  const { logLikelihood, logPrior, parameterCount } = ml;
  const { notes, warnings } = splitNotes(ml, fit.problems);
  const estimates = new Map(ml.parameters.map(({ name, estimate }) => [name, estimate]));
  const parameters = fit.compiled.quantities.parameters.map((name) => estimates.get(name) ?? Number.NaN);
  const modes = ml.effects?.modes.flatMap((part) => [...part]) ?? [];
  const checks = checkNotes(fit, fit.dispersion, parameters, modes);
  return {
    engine: "ml",
    version,
    options: { ...fit.options },
    model: modelText(ast),
    family: design.response.family,
    observations: design.rows,
    droppedRows: design.droppedRows.length,
    categories: responseCategories(fit),
    ...pluginsOf(fit),
    groups: design.predictors.flatMap(({ factors }) =>
      factors.map(({ name, levels }) => ({ name, levels: levels.length })),
    ),
    method: ml.method,
    points: ml.points,
    reml: ml.reml,
    intervals: ml.intervals,
    level: fit.options.level,
    bootstrap: bootstrapReport(fit),
    parameters: ml.parameters,
    covariance: ml.covariance === null ? null : rowsOf(ml.covariance, ml.parameters.length),
    notEstimable: fit.notEstimable,
    terms: ml.terms ?? [],
    ratios: ratiosOf(fit, ml.parameters),
    covariances: covariance
      ? effectsCovariances(fit, new Map(ml.parameters.map(({ name, estimate }) => [name, estimate])))
      : null,
    randomEffects: modeRows(fit),
    priors: logPrior === null ? null : fit.compiled.priors.map(priorLine),
    likelihood:
      logLikelihood === null
        ? null
        : { logLikelihood, importance: ml.importance ?? null, logPrior, parameterCount, criteria },
    convergence: ml.convergence,
    notes: [...notes, ...checks.notes, priorsNote(fit), ...fit.notes],
    data: fit.data,
    warnings: [...warnings, ...checks.warnings, ...bootstrapWarnings(fit)],
    seconds: { read, compile: seconds.compile, fit: seconds.fit, total },
  };
}

/** What is for information, and what calls for care. */
export function splitNotes(ml: MlFit["ml"], problems: MlFit["problems"]): Pick<MlReport, "notes" | "warnings"> {
  checkArgument(someEstimates, ml, "splitNotes", "ml");
  checkArgument(aList, problems, "splitNotes", "problems");
  return {
    notes: ml.notes.filter(({ advice }) => advice === "").map(({ code, message }) => ({ code, message })),
    warnings: [...ml.notes.filter(({ advice }) => advice !== ""), ...problemWarnings(problems)],
  };
}

function priorsNote({ ast, ml }: MlFit): MlReport["notes"][number] {
  if (ml.logPrior !== null) return penalizedNote;
  const count = ast.priors.length;
  const stated = count === 0 ? "" : `, the ${count === 1 ? "one" : String(count)} that the model states among them`;
  return { code: "priors-ignored", message: `${methodName(ml)}: priors are ignored${stated}` };
}

function methodName({ method, reml }: MlFit["ml"]): string {
  if (method === "pql") return "penalised quasi-likelihood";
  if (method === "conditional") return "conditional likelihood";
  return reml ? "restricted maximum likelihood" : "maximum likelihood";
}

const penalizedNote: MlReport["notes"][number] = {
  code: "penalized",
  message:
    "penalised: the estimates maximise the likelihood times the prior density of the parameters on their own scale. They are posterior " +
    "modes, the random effects integrated out; standard errors, tests and intervals come of the curvature of that product",
};

function rowsOf(matrix: Float64Array, k: number): number[][] {
  return Array.from({ length: k }, (_, r) => [...matrix.subarray(r * k, (r + 1) * k)]);
}

/** exp of the coefficients of the mean where the family has a name for it. */
export function ratiosOf(
  { design, compiled: { ratios } }: Pick<MlFit, "design" | "compiled">,
  parameters: Ratios["rows"],
): Ratios | null {
  const [{ columns, interceptColumn }] = design.predictors;
  const names = columns.filter((_, k) => k !== interceptColumn).map((column) => `beta[${column}]`);
  const rows = parameters
    .filter(({ name }) => names.includes(name))
    .map(({ name, estimate, lower, upper }) => ({
      name,
      estimate: Math.exp(estimate),
      lower: Math.exp(lower),
      upper: Math.exp(upper),
    }));
  return ratios === null || rows.length === 0 ? null : { kind: ratios.singular, plural: ratios.plural, rows };
}

function modeRows({ compiled, ml }: MlFit): ModeRow[] {
  const { effects } = ml;
  if (effects === null) return [];
  const modes = effects.modes.flatMap((part) => [...part]);
  const sds = effects.sds.flatMap((part) => [...part]);
  const means = effects.means?.flatMap((part) => [...part]);
  return compiled.quantities.randomEffects.map(({ name, factor, level, coefficient }, k) => ({
    name,
    factor,
    level,
    coefficient,
    mode: modes[k],
    sd: sds[k],
    ...(means === undefined ? {} : { mean: means[k] }),
  }));
}

const someEstimates = objectWith("not-estimates", "the estimates of a fit by maximum likelihood: fit.ml", {
  notes: "list",
});
