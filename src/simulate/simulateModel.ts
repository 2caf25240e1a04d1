import type { TableInput } from "../data/toTable.js";
import type { StatedValues } from "../density/simulatePrior.js";
import { withPlugins } from "../fit/loadPlugin.js";
import type { PreparedModel } from "../fit/PreparedModel.js";
import { prepareModel } from "../fit/prepare.js";
import { inThisThread } from "../fit/thisThread.js";
import type { ModelAst } from "../language/ast.js";
import { createStream } from "../math/random/createStream.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Simulation } from "../summary/Simulation.js";
import { checkedOptions, type SimulateModelOptions, simulateModelSchema } from "./options.js";
import { SimulationError } from "./SimulationError.js";
import { refuseTooMany, simulationFacts, tableOrder } from "./simulationFacts.js";
import { statedValues } from "./statedValues.js";

/**
 * Responses of a model that is not fitted, for the rows of its data: parameters as `at` states them, with `prior` the others from their priors, and random effects from their distribution.
 * Throws ModelError, DataError, OptionsError, and SimulationError where values are missing or wrong or a prior is improper; and the signal's reason once it is aborted.
 */
export async function simulateModel(
  model: ModelAst | string,
  data: TableInput,
  options: SimulateModelOptions,
): Promise<Simulation> {
  const loaded = await withPlugins(options);
  const { draws, at, prior, seed, signal, onProgress, ...others } = checkedOptions(simulateModelSchema, loaded);
  const prepared = prepareModel(model, data, others);
  const stated = at === undefined ? new Map<string, number>() : statedValues(prepared.design, at);
  const left = prepared.compiled.quantities.parameters.filter((name) => !stated.has(name));
  if (!prior && left.length > 0) throw new SimulationError(notStated(left, stated));
  if (prior) refuseImproper(prepared, stated);
  const from = left.length === 0 ? "stated" : "prior";
  const steps = drawn(prepared, { draws, seed: String(seed), stated, from });
  return runSteps(steps, inThisThread({ signal, onProgress }));
}

/** How many names a message lists. */
const LISTED = 12;

function notStated(left: readonly string[], stated: StatedValues): string {
  const more = left.length > LISTED ? ` and ${left.length - LISTED} more` : "";
  const names = left.slice(0, LISTED).join(", ") + more;
  const way = 'state them (option "at"), or have them drawn from their priors (option "prior")';
  return stated.size === 0
    ? `no values of ${names}; ${way}`
    : `${names} ${left.length === 1 ? "is" : "are"} not stated; ${way}`;
}

/** Throws SimulationError, with all of them, for priors that cannot be drawn from. */
export function refuseImproper({ compiled }: PreparedModel, stated: StatedValues): void {
  const isStated = (name: string) => stated.has(name === "intercept" ? "beta[Intercept]" : name);
  const improper = compiled.priors.filter(({ name, proper }) => !proper && !isStated(name));
  if (improper.length === 0) return;
  const lines = improper.map(({ name, distribution }) => `the prior on ${name} is improper: ${distribution}`);
  const [{ name }] = improper;
  const target = name.replace(/\bintercept$/, "beta[Intercept]");
  throw new SimulationError(
    `${lines.join("\n")}; there is nothing to draw from: give a proper prior, as in prior ${name} ~ normal(0, 2.5), or state the value (option "at"), as in ${target} = 0.5`,
  );
}

interface Asked {
  readonly draws: number;
  readonly seed: string;
  readonly stated: StatedValues;
  readonly from: Simulation["from"];
}

function* drawn(prepared: PreparedModel, { draws, seed, stated, from }: Asked): Steps<Simulation> {
  const { compiled, design, notes } = prepared;
  refuseTooMany(draws, design.rows);
  const order = tableOrder(design.rowIndex);
  const inOrder = (values: Float64Array) => Float64Array.from(order, (i) => values[i]);
  const names = compiled.quantities.parameters;
  const [means, values, parameters]: [Float64Array[], Float64Array[], Float64Array[]] = [[], [], []];
  for (let s = 0; s < draws; s++) {
    yield { stage: "simulating", done: s, total: draws };
    const { draw, mean, response } = simulated(prepared, `${seed}:simulate`, s + 1, stated);
    means.push(inOrder(mean));
    values.push(inOrder(response));
    parameters.push(draw.slice(0, names.length));
  }
  return {
    ...simulationFacts(prepared),
    from,
    engine: null,
    effects: "marginal",
    stated: [...stated.keys()],
    row: order.map((i) => design.rowIndex[i]),
    means,
    values,
    parameters: { names, values: parameters },
    observed: inOrder(design.response.values),
    notes: notes.map(({ message }) => message),
  };
}

/** Data set k, from 1, of a seed. Throws SimulationError for what cannot be drawn. */
export function simulated({ compiled }: PreparedModel, seed: string, k: number, stated: StatedValues) {
  try {
    return compiled.simulatePrior(createStream(seed, k), stated);
  } catch (error) {
    if (error instanceof RangeError) throw new SimulationError(error.message, { cause: error });
    throw error;
  }
}
