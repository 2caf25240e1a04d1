import { type TableInput, toTable } from "../data/toTable.js";
import { type AppliedDesign, applyDesign, type NewRows } from "../design/applyDesign.js";
import type { Design } from "../design/Design.js";
import { optionProblems, refuseProblems } from "../engine/checkOptions.js";
import { families as builtInFamilies } from "../family/families.js";
import { linkNamed } from "../family/links.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { inThisThread } from "../fit/thisThread.js";
import type { ModelSource } from "../language/ast.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import { mean as meanOf } from "../math/moments.js";
import { createStream } from "../math/random/createStream.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import { runSteps, type Steps } from "../math/steps.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import type { Ensemble } from "./Ensemble.js";
import { estimatesEnsemble } from "./estimatesEnsemble.js";
import { marginalMean } from "./marginalMean.js";
import { effectsChoices, type PredictOptions, predictSchema } from "./options.js";
import type { Prediction } from "./Prediction.js";
import { posteriorEnsemble } from "./posteriorEnsemble.js";
import { RowPredictor } from "./RowPredictor.js";

type Fitted = Fit | MlFit;

/**
 * Predictions from a fit by any engine, which give way to other work: of the rows of a table, coded as the fit coded its own, or of the fit's own rows where `data` is null. Throws OptionsError for
 * options, DataError for what is no table, ModelError for rows that the model cannot take (unknown columns, levels that fixed effects have not), ResultError where draws were not kept, and the signal's reason once it is aborted.
 */
export async function predict(fit: Fit | MlFit, data: TableInput | null, options: PredictOptions): Promise<Prediction> {
  return runSteps(predictSteps(fit, data, options), inThisThread(options));
}

function* predictSteps(fit: Fitted, data: TableInput | null, options: PredictOptions): Steps<Prediction> {
  checkOptions(fit, options);
  const { effects, scale = "mean", seed = 1 } = options;
  const { level = fit.engine === "ml" ? ML_LEVEL : DEFAULT_LEVEL } = options;
  const { rows, notes } = rowsToPredict(fit, data, effects === "conditional");
  const ensemble = ensembleOf(fit, level);
  const values = rowValues(fit, rows, ensemble, { effects, scale, seed: String(seed) });
  const order = Int32Array.from(rows.rowIndex.keys()).sort((a, b) => rows.rowIndex[a] - rows.rowIndex[b]);
  const column = () => new Float64Array(rows.rows);
  const found = { estimate: column(), sd: column(), lower: column(), upper: column() };
  const isNew = new Uint8Array(rows.rows);
  const out = new Float64Array(ensemble.size);
  for (const [to, i] of order.entries()) {
    yield { stage: "predicting", done: to, total: rows.rows };
    values.at(i, out);
    const { estimate, sd, lower, upper } = ensemble.estimate(out, values.variance(i));
    found.estimate[to] = scale === "response" ? meanOf(out) : estimate;
    found.sd[to] = sd;
    found.lower[to] = lower;
    found.upper[to] = upper;
    isNew[to] = Number(effects === "conditional" && values.hasNewLevel(i));
  }
  const row = order.map((i) => rows.rowIndex[i]);
  return { effects, scale, level, row, ...found, isNew, droppedRows: rows.droppedRows, notes };
}

const ML_LEVEL = 0.95;

function checkOptions(fit: Fitted, options: PredictOptions): void {
  const problems = optionProblems(predictSchema, options);
  const known = [...Object.keys(predictSchema), "effects", "signal", "onProgress"];
  for (const name of Object.keys(options).filter((given) => !known.includes(given)))
    problems.push({
      option: name,
      code: "unknown-option",
      message: `unknown option "${name}"; ${didYouMean(name, known, "options")}`,
    });
  if (!effectsChoices.includes(options.effects))
    problems.push({
      option: "effects",
      code: "not-allowed",
      message:
        "effects says what is made of the random effects, and has no default: conditional (the levels of the rows with their own effects, new levels drawn),\n" +
        "marginal (the mean over all levels that there might be), or zero (effects of zero: a typical level, on a curved scale not the mean)",
    });
  if (fit.engine === "ml" && options.scale === "response")
    problems.push({
      option: "scale",
      code: "conflict",
      message:
        "scale is response, of which maximum likelihood has no draws; take the mean, or an engine with a posterior",
    });
  refuseProblems(problems);
}

function ensembleOf(fit: Fitted, level: number): Ensemble {
  return "ml" in fit
    ? estimatesEnsemble(fit.design, fit.ml, level)
    : posteriorEnsemble(fit.design, fit.posterior, level);
}

function rowsToPredict({ ast, design, compiled }: Fitted, data: TableInput | null, groups: boolean) {
  if (data === null) return { rows: ownRows(design), notes: [] };
  const others = builtInFamilies.filter(({ name }) => name !== compiled.family.name);
  const applied = applyDesign(ast, design, toTable(data), [...others, compiled.family], { groups });
  return { rows: rowsOf(applied, ast.source), notes: [...applied.problems.map(({ message }) => message)] };
}

function rowsOf({ rows, problems }: AppliedDesign, source: ModelSource | undefined): NewRows {
  if (rows === null) throw new ModelError(problems, source);
  return rows;
}

/** The rows of the fit itself. */
export function ownRows({ rows, rowIndex, droppedRows, response, predictors }: Design): NewRows {
  const withKnown = predictors.map((part) => ({
    ...part,
    factors: part.factors.map(({ name, levels, levelIndex }) => ({ name, levels, known: levels.length, levelIndex })),
  }));
  return { rows, rowIndex, droppedRows, trials: response.trials, predictors: withKnown };
}

/** What is predicted of each row, at each of the S values of an ensemble. */
interface RowValues {
  at(i: number, out: Float64Array): void;
  /** Of the linear predictor, of its random effects given all parameters, where an ensemble does not vary them. */
  variance(i: number): number;
  hasNewLevel(i: number): boolean;
}

interface Asked {
  readonly effects: PredictOptions["effects"];
  readonly scale: Prediction["scale"];
  readonly seed: string;
}

function rowValues(fit: Fitted, rows: NewRows, ensemble: Ensemble, { effects, scale, seed }: Asked): RowValues {
  const { design } = fit;
  const mean = new RowPredictor(design, 0, rows, ensemble);
  const { link } = design.predictors[0];
  const { inverseLink } = linkNamed(link);
  const overEffects = marginalMean(link);
  const variances = new Float64Array(ensemble.size);
  const isDrawn = ensemble.shift === null;
  const covariances = "ml" in fit ? (fit.ml.effects?.covariances ?? []) : null;
  const eta = (i: number, out: Float64Array) => {
    mean.fixed(i, out);
    if (effects === "conditional") mean.addEffects(i, isDrawn ? seed : null, out);
    if (effects === "marginal" && scale === "response") mean.addNewEffects(i, seed, out);
  };
  const simulate = scale === "response" ? simulation(fit, rows, ensemble, { effects, scale, seed }) : null;
  return {
    at(i, out) {
      eta(i, out);
      if (scale === "link") return;
      if (scale === "mean" && effects === "marginal") {
        mean.variance(i, variances);
        for (let s = 0; s < out.length; s++) out[s] = overEffects(out[s], variances[s]);
        return;
      }
      for (let s = 0; s < out.length; s++) out[s] = inverseLink(out[s]);
      simulate?.(i, out);
    },
    variance: (i) => (effects === "conditional" && covariances !== null ? mean.conditionalVariance(i, covariances) : 0),
    hasNewLevel: (i) => mean.hasNewLevel(i),
  };
}

/** From means to new responses. Throws ModelError where a binomial response has no trials in the table. */
function simulation({ ast, design, compiled }: Fitted, rows: NewRows, ensemble: Ensemble, { effects, seed }: Asked) {
  const { family } = compiled;
  const { trials } = rows;
  if (trials === null && design.response.trials !== null)
    throw new ModelError(
      [
        errorAt(
          "missing-trials",
          design.response.span,
          "new responses need their trials",
          "give the column of the trials too",
        ),
      ],
      ast.source,
    );
  const dispersionAt = dispersions(design, rows, ensemble, effects, seed);
  return (i: number, means: Float64Array) => {
    const stream: RandomStream = createStream(`${seed}:response ${rows.rowIndex[i]}`, 1);
    const phi = dispersionAt(i);
    const size = trials?.[i] ?? 1;
    for (let s = 0; s < means.length; s++) means[s] = family.simulate(stream, means[s], phi[s], size);
  };
}

/** The dispersion of each row at each value: of a line of its own, of a scalar, or 1 where the family has none. */
function dispersions(
  design: Design,
  rows: NewRows,
  ensemble: Ensemble,
  effects: Asked["effects"],
  seed: string,
): (i: number) => Float64Array {
  const out = new Float64Array(ensemble.size);
  if (design.predictors.length > 1) {
    const line = new RowPredictor(design, 1, rows, ensemble);
    const { inverseLink } = linkNamed(design.predictors[1].link);
    return (i) => {
      line.fixed(i, out);
      if (effects === "conditional") line.addEffects(i, seed, out);
      if (effects === "marginal") line.addNewEffects(i, seed, out);
      for (let s = 0; s < out.length; s++) out[s] = inverseLink(out[s]);
      return out;
    };
  }
  const scalar = design.scalars.at(0);
  const values = scalar === undefined ? null : ensemble.parameter(scalar.parameter);
  const constant = values ?? out.fill(scalar?.fixed ?? 1);
  return () => constant;
}
