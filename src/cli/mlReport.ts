import { type MlFit, modelText } from "../index.js";
import { priorLine } from "../report/fitFacts.js";
import type { MlReport, ModeRow, Ratios } from "../report/MlReport.js";

/** A fit as plain data for the reports. `read` is the time it took to read model and data, `total` that since the start, in seconds. */
export function mlReport(fit: MlFit, read: number, total: number): MlReport {
  const { ast, design, ml, criteria, seconds } = fit;
  const { logLikelihood, logPrior, parameterCount } = ml;
  const { notes, warnings } = splitNotes(ml, fit.problems);
  return {
    engine: "ml",
    model: modelText(ast),
    family: design.response.family,
    observations: design.rows,
    droppedRows: design.droppedRows.length,
    groups: design.predictors.flatMap(({ factors }) =>
      factors.map(({ name, levels }) => ({ name, levels: levels.length })),
    ),
    method: ml.method,
    points: ml.points,
    reml: ml.reml,
    intervals: ml.intervals,
    parameters: ml.parameters,
    terms: ml.terms ?? [],
    ratios: ratiosOf(fit),
    randomEffects: modeRows(fit),
    priors: logPrior === null ? null : fit.compiled.priors.map(priorLine),
    likelihood:
      logLikelihood === null
        ? null
        : { logLikelihood, importance: ml.importance ?? null, logPrior, parameterCount, criteria },
    convergence: ml.convergence,
    notes: [...notes, priorsNote(fit), ...fit.notes],
    data: fit.data,
    warnings,
    seconds: { read, compile: seconds.compile, fit: seconds.fit, total },
  };
}

/** What is for information, and what calls for care. */
export function splitNotes(ml: MlFit["ml"], problems: MlFit["problems"]): Pick<MlReport, "notes" | "warnings"> {
  return {
    notes: ml.notes.filter(({ advice }) => advice === "").map(({ code, message }) => ({ code, message })),
    warnings: [
      ...ml.notes.filter(({ advice }) => advice !== ""),
      ...problems.map(({ code, message, hint }) => ({ code, message, advice: hint ?? "" })),
    ],
  };
}

function priorsNote({ ast, ml }: MlFit): MlReport["notes"][number] {
  if (ml.logPrior !== null) return penalizedNote;
  const count = ast.priors.length;
  const stated = count === 0 ? "" : `, the ${count === 1 ? "one" : String(count)} that the model states among them`;
  return { code: "priors-ignored", message: `maximum likelihood: priors are ignored${stated}` };
}

const penalizedNote: MlReport["notes"][number] = {
  code: "penalized",
  message:
    "penalised: the estimates maximise the likelihood times the prior density of the parameters on their own scale. They are posterior " +
    "modes, the random effects integrated out; standard errors, tests and intervals come of the curvature of that product",
};

/** What exp of a coefficient is, by the mean's link. */
const ratioKinds: Readonly<Record<string, string>> = { logit: "odds ratio", log: "rate ratio" };

function ratiosOf({ design, ml }: MlFit): Ratios | null {
  const [{ link, columns, interceptColumn }] = design.predictors;
  const isNormal = design.response.family === "normal";
  const kind = link === "log" && isNormal ? "ratio of means" : ratioKinds[link];
  const names = columns.filter((_, k) => k !== interceptColumn).map((column) => `beta[${column}]`);
  const rows = ml.parameters
    .filter(({ name }) => names.includes(name))
    .map(({ name, estimate, lower, upper }) => ({
      name,
      estimate: Math.exp(estimate),
      lower: Math.exp(lower),
      upper: Math.exp(upper),
    }));
  return kind === undefined || rows.length === 0 ? null : { kind, rows };
}

function modeRows({ compiled, ml }: MlFit): ModeRow[] {
  const { effects } = ml;
  if (effects === null) return [];
  const modes = effects.modes.flatMap((part) => [...part]);
  const sds = effects.sds.flatMap((part) => [...part]);
  const means = effects.means?.flatMap((part) => [...part]);
  return compiled.quantities.randomEffects.map(({ name, factor, coefficient }, k) => ({
    name,
    factor,
    coefficient,
    mode: modes[k],
    sd: sds[k],
    ...(means === undefined ? {} : { mean: means[k] }),
  }));
}
