import { checkArgument } from "../argument/checkArgument.js";
import type { TableInput } from "../data/toTable.js";
import type { StatedValues } from "../density/simulatePrior.js";
import type { NewRows } from "../design/applyDesign.js";
import type { OptionsOf } from "../engine/OptionSchema.js";
import { aFit, aModelToFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { createStream } from "../math/random/createStream.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Fitted } from "../predict/Fitted.js";
import { type RowsToPredict, rowsToPredict } from "../predict/rowsToPredict.js";
import { rowValues } from "../predict/rowValues.js";
import type { SimulatedEffects, Simulation } from "../summary/Simulation.js";
import { type FittedDraws, fittedDraws } from "./fittedDraws.js";
import { checkedOptions, type SimulateOptions, simulateSchema } from "./options.js";
import { SimulationError } from "./SimulationError.js";
import { refuseTooMany, simulationFacts, tableOrder } from "./simulationFacts.js";
import { statedValues } from "./statedValues.js";

/**
 * New responses from a fit by any engine, each data set at one draw of its posterior, or at the estimates of maximum likelihood: of the rows of a table, or of the fit's own where `data` is null.
 * Throws OptionsError for options, SimulationError for what cannot be simulated, ModelError or DataError for rows that the model cannot take, ResultError where draws were not kept, and the
 * signal's reason once it is aborted.
 */
export async function simulate(
  fit: Fit | MlFit,
  data: TableInput | null = null,
  options: SimulateOptions = {},
): Promise<Simulation> {
  checkArgument(aFit, fit, "simulate", "fit");
  const { effects, draws, at, seed, signal, onProgress } = checkedOptions(simulateSchema, options);
  const stated = statedIn(fit, { at, effects });
  const asked: Asked = {
    effects,
    seed: String(seed),
    draws: fittedDraws(fit, draws, stated),
    stated: [...stated.keys()],
  };
  const steps = data === null ? ownRows(fit, asked) : otherRows(fit, data, asked);
  return runSteps(steps, inThisThread({ signal, onProgress }));
}

/** Before a model is fitted: whether responses can be simulated from a fit of it. Throws as `simulate` does once it is fitted. */
export async function checkSimulation(
  model: ModelToFit,
  data: TableInput | null,
  options: SimulateOptions,
): Promise<void> {
  checkArgument(aModelToFit, model, "checkSimulation", "model");
  const complete = checkedOptions(simulateSchema, options);
  statedIn(model, complete);
  const rows = data === null ? model.design.rows : simulatedRows(model, data, complete.effects).rows.rows;
  refuseTooMany(complete.draws, rows);
}

/** The values that are stated. Throws SimulationError for those by which effects are drawn that are not drawn. */
function statedIn(
  { design }: Pick<ModelToFit, "design">,
  { at, effects }: Pick<OptionsOf<typeof simulateSchema>, "at" | "effects">,
): StatedValues {
  const stated = at === undefined ? new Map<string, number>() : statedValues(design, at);
  const ofEffects = [...stated.keys()].find((name) => /\b(sd|cor)\[/.test(name));
  if (ofEffects !== undefined && effects !== "marginal")
    throw new SimulationError(
      `${ofEffects} is stated, by which effects are drawn, but effects is "${effects}"; draw them all anew (effects "marginal")`,
    );
  return stated;
}

/** The rows of another table, as the model has them. Throws SimulationError for what they are not simulated with. */
function simulatedRows(model: ModelToFit, data: TableInput, effects: SimulatedEffects): RowsToPredict {
  const { weights, errors } = model.design.response;
  if (weights !== null || errors !== null)
    throw new SimulationError(
      `the response has ${errors === null ? "weights" : "known errors"}, which other rows are not simulated with; simulate the fit's own rows`,
    );
  return rowsToPredict(model, data, effects !== "zero");
}

interface Asked {
  readonly effects: SimulatedEffects;
  readonly seed: string;
  readonly draws: FittedDraws;
  /** Names of parameters with stated values. */
  readonly stated: readonly string[];
}

/** The rows of the fit, with their weights and known errors. */
function* ownRows(fit: Fitted, asked: Asked): Steps<Simulation> {
  const { effects, seed, draws } = asked;
  const { compiled, design } = fit;
  refuseTooMany(draws.size, design.rows);
  const { parameters: names, randomEffects } = compiled.quantities;
  const rows = compiled.rowsAtDraws();
  const { inverseLink } = compiled.meanLink;
  const order = tableOrder(design.rowIndex);
  const draw = new Float64Array(names.length + randomEffects.length);
  const at = rows.drawnRows();
  const known = effects === "conditional" ? randomEffects.map((_, place) => draws.effect(place)) : [];
  const [means, values]: [Float64Array[], Float64Array[]] = [[], []];
  for (let s = 0; s < draws.size; s++) {
    yield { stage: "simulating", done: s, total: draws.size };
    const stream = createStream(`${seed}:simulate`, s + 1);
    draws.parameters.forEach((column, k) => {
      draw[k] = column[s];
    });
    if (effects === "marginal") {
      const { mean, response } = compiled.simulatePrior(stream, new Map(names.map((name, k) => [name, draw[k]])));
      means.push(Float64Array.from(order, (i) => mean[i]));
      values.push(Float64Array.from(order, (i) => response[i]));
      continue;
    }
    known.forEach((column, place) => {
      draw[names.length + place] = column[s];
    });
    rows.read(draw, at);
    means.push(Float64Array.from(order, (i) => inverseLink(at.eta[i])));
    values.push(Float64Array.from(order, (i) => rows.simulate(stream, i, at)));
  }
  const observed = Float64Array.from(order, (i) => design.response.values[i]);
  return { ...facts(fit, asked), row: rowsOf(design.rowIndex, order), means, values, observed, notes: [] };
}

/** The rows of another table. */
function* otherRows(fit: Fitted, data: TableInput, asked: Asked): Steps<Simulation> {
  const { effects, seed, draws } = asked;
  const { rows, notes } = simulatedRows(fit, data, effects);
  refuseTooMany(draws.size, rows.rows);
  const coded = effects === "marginal" ? withoutKnownLevels(rows) : rows;
  const given = { effects: effects === "zero" ? "zero" : "conditional", seed } as const;
  const meanOf = rowValues(fit, coded, draws.ensemble, { ...given, scale: "mean" });
  const responseOf = rowValues(fit, coded, draws.ensemble, { ...given, scale: "response" });
  const order = tableOrder(rows.rowIndex);
  const column = () => Array.from({ length: draws.size }, () => new Float64Array(rows.rows));
  const [means, values, out] = [column(), column(), new Float64Array(draws.size)];
  for (const [to, i] of order.entries()) {
    yield { stage: "simulating", done: to, total: rows.rows };
    meanOf.at(i, out);
    means.forEach((mean, s) => {
      mean[to] = out[s];
    });
    responseOf.at(i, out);
    values.forEach((value, s) => {
      value[to] = out[s];
    });
  }
  return {
    ...facts(fit, asked),
    row: rowsOf(rows.rowIndex, order),
    means,
    values,
    observed: null,
    droppedRows: rows.droppedRows,
    notes,
  };
}

/** The rows as if all of their levels were new. */
function withoutKnownLevels(rows: NewRows): NewRows {
  return {
    ...rows,
    predictors: rows.predictors.map((part) => ({
      ...part,
      factors: part.factors.map((factor) => ({ ...factor, known: 0 })),
    })),
  };
}

function facts(fit: Fitted, { effects, stated, draws: { size, parameters } }: Asked) {
  const names = fit.compiled.quantities.parameters;
  return {
    ...simulationFacts(fit),
    from: "fit" as const,
    engine: fit.engine,
    effects,
    stated,
    parameters: {
      names,
      values: Array.from({ length: size }, (_, s) => Float64Array.from(parameters, (column) => column[s])),
    },
  };
}

function rowsOf(rowIndex: Int32Array, order: Int32Array): Int32Array {
  return order.map((i) => rowIndex[i]);
}
