import type { Work } from "../../engine/Executor.js";
import type { MlOptions } from "../../engine/ml/options.js";
import { engineContext } from "../engineContext.js";
import { isUntrustedMl, type MlFit } from "../MlFit.js";
import type { PreparedModel } from "../PreparedModel.js";
import { runMl } from "../runMl.js";
import { RESPONSE_WORK } from "../workExecutor.js";

/** Another response of a model's rows, length n in the order of the design, and how to fit it. */
export interface ResponseInput {
  readonly response: Float64Array;
  readonly options: MlOptions;
}

/** A fit of a simulated response by maximum likelihood, as plain data. */
export interface Refit {
  /** Why the fit failed; null where it did not. */
  readonly failure: string | null;
  /** Whether the fit may be taken for the maximum. */
  readonly isTrusted: boolean;
  /** Whether an sd is zero or a covariance matrix has not full rank. */
  readonly isSingular: boolean;
  /** NaN for a method without one, and where the fit failed. */
  readonly logLikelihood: number;
  /** In the order of the model's parameters, NaN where there is none and infinite where a coefficient runs there. Empty where the fit failed. */
  readonly estimates: Float64Array;
  /** What was asked of the fit besides. */
  readonly statistics: readonly StatisticValue[];
}

/** A number with its name. */
export type StatisticValue = readonly [name: string, value: number];

/** What is computed from a fit of a simulated response; where functions take part that threads do not have, in this thread. */
export type FitStatistic = (fit: MlFit) => Promise<readonly StatisticValue[]>;

/** Fits a response by maximum likelihood; fits that fail are told. */
export function responseWork(statistic: FitStatistic | null): Work<PreparedModel, ResponseInput, Refit> {
  return {
    name: RESPONSE_WORK,
    async run(model, { response, options }, { signal, now }) {
      const other = { ...model, ...model.compiled.withResponse(response) };
      const given = { ...options, signal };
      try {
        const fit = await runMl(other, given, engineContext(other, given, now()));
        return { ...refitOf(fit), statistics: statistic === null ? [] : await statistic(fit) };
      } catch (error) {
        if (signal.aborted) throw error;
        return failed(error);
      }
    },
  };
}

function failed(error: unknown): Refit {
  const failure = error instanceof Error ? error.message : String(error);
  const nothing = { logLikelihood: Number.NaN, estimates: new Float64Array(0), statistics: [] };
  return { failure, isTrusted: false, isSingular: false, ...nothing };
}

function refitOf(fit: MlFit): Omit<Refit, "statistics"> {
  const { ml, notEstimable, compiled } = fit;
  const values = new Map([
    ...notEstimable.map(({ name, limit }) => [name, limit ?? Number.NaN] as const),
    ...ml.parameters.map(({ name, estimate }) => [name, estimate] as const),
  ]);
  return {
    failure: null,
    isTrusted: !isUntrustedMl(fit),
    isSingular: ml.notes.some(({ code }) => code === "singular"),
    logLikelihood: ml.logLikelihood ?? Number.NaN,
    estimates: Float64Array.from(compiled.quantities.parameters, (name) => values.get(name) ?? Number.NaN),
  };
}
