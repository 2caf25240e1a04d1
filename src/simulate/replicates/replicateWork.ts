import type { Work, WorkContext } from "../../engine/Executor.js";
import { engineContext } from "../../fit/engineContext.js";
import { engines } from "../../fit/engines.js";
import type { AnyEngine } from "../../fit/FitEngine.js";
import { isUntrusted } from "../../fit/fitReport.js";
import type { Fit } from "../../fit/fitted.js";
import { isUntrustedMl, type MlFit } from "../../fit/MlFit.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { createStream } from "../../math/random/createStream.js";
import { type Measured, measuredEstimates, measuredPosterior } from "./measured.js";
import type { Replicate, ReplicatePlan } from "./Replicate.js";

/** One replicate of a plan, by an engine that its name stands for. */
export interface ReplicateInput {
  readonly plan: ReplicatePlan;
  readonly engine: string;
  readonly replicate: number;
}

/** Simulates one data set, fits it and measures the fit; all by streams of the seed and the replicate's number. Fits that fail are told in the replicate. */
export function replicateWork(own: AnyEngine | null): Work<PreparedModel, ReplicateInput, Replicate> {
  return {
    name: REPLICATE_WORK,
    async run(model, { plan, engine: name, replicate }, context) {
      const engine = own ?? engines.find((one) => one.name === name);
      if (engine === undefined) throw new RangeError(`this thread does not know the engine "${name}"`);
      const { draw, response } = model.compiled.simulatePrior(
        createStream(`${plan.seed}:simulate`, replicate),
        new Map(plan.stated),
      );
      const start = context.now();
      const measured = await fitted(
        engine,
        { ...model, ...model.compiled.withResponse(response) },
        draw,
        plan,
        replicate,
        context,
      );
      return { replicate, ...measured, seconds: (context.now() - start) / 1000 };
    },
  };
}

/** By this name a thread knows the work. */
export const REPLICATE_WORK = "replicates";

async function fitted(
  engine: AnyEngine,
  model: PreparedModel,
  draw: Float64Array,
  plan: ReplicatePlan,
  replicate: number,
  { signal }: WorkContext<unknown>,
): Promise<Omit<Replicate, "replicate" | "seconds">> {
  const truth = plan.quantities.map((place) => draw[place]);
  const seed = `${plan.seed}:${replicate}`;
  const options = { ...plan.options, seed, signal, ...("workers" in engine.options && { workers: 0 }) };
  try {
    const refusal = engine.refuses(model, options);
    if (refusal !== null) throw new Error(refusal);
    const result = await engine.run(
      model,
      options,
      engineContext(model, { ...options, workers: 0 }, performance.now()),
    );
    if (signal.aborted) throw signal.reason;
    const found = isOfMl(result)
      ? { measured: measuredEstimates(result, plan), trusted: !isUntrustedMl(result) }
      : isFit(result)
        ? {
            measured: measuredPosterior(result, truth, plan, createStream(`${plan.seed}:rank`, replicate)),
            trusted: !isUntrusted(result),
          }
        : null;
    if (found === null) throw new Error(`the engine "${engine.name}" returned neither a posterior nor estimates`);
    return { failure: null, trusted: found.trusted, truth, ...columns(found.measured, plan.levels.length) };
  } catch (error) {
    if (signal.aborted) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { failure: message, trusted: false, truth, ...columns([], 0) };
  }
}

function columns(
  measured: readonly Measured[],
  levels: number,
): Pick<Replicate, "estimate" | "sd" | "lower" | "upper" | "rank"> {
  const known = (value: number) => (Number.isFinite(value) ? value : null);
  const ends = (side: 0 | 1) =>
    Array.from({ length: levels }, (_, level) => measured.map(({ intervals }) => known(intervals[level][side])));
  return {
    estimate: measured.map(({ estimate }) => known(estimate)),
    sd: measured.map(({ sd }) => known(sd)),
    lower: ends(0),
    upper: ends(1),
    rank: measured.map(({ rank }) => known(rank)),
  };
}

function isOfMl(result: unknown): result is MlFit {
  return typeof result === "object" && result !== null && "ml" in result;
}

function isFit(result: unknown): result is Fit {
  return typeof result === "object" && result !== null && "posterior" in result;
}
