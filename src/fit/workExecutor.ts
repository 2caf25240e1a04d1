import { platform } from "#platform";
import type { Executor, Work } from "../engine/Executor.js";
import { CHAIN_WORK } from "../parallel/chainWork.js";
import { openExecutor } from "../parallel/openExecutor.js";
import type { ModelOptions } from "./modelOptions.js";
import { isPlugin, type Plugin } from "./Plugin.js";
import type { PreparedModel } from "./PreparedModel.js";

/** By this name a thread knows the work of fitting simulated responses. */
export const RESPONSE_WORK = "responses";

/** The options of a fit that say how its work is done. */
export interface WorkOptions extends ModelOptions {
  readonly seed?: number | string | undefined;
  readonly workers?: number | undefined;
  readonly workerUrl?: string | { readonly href: string } | undefined;
}

/**
 * What does parts of an engine's work on a model, so many at a time in threads. In this thread where threads cannot: functions are not sent to them, so
 * that they know the families and priors of plugins, not those given by value, and the work of a plugin's engine, not that of any other of one's own.
 */
export function workExecutor<Input, Output, Progress>(
  work: Work<PreparedModel, Input, Output, Progress>,
  model: PreparedModel,
  threads: number,
  { seed = 1, workers = threads, workerUrl, families = [], priors = [], plugins = [] }: WorkOptions,
): Promise<Executor<Input, Output, Progress>> {
  const { compiled, ...facts } = model;
  const owner = plugins.filter(isPlugin).find((plugin) => hasWork(plugin, work));
  const isOfResponses = work.name === RESPONSE_WORK && platform.threadsFit;
  const isKnown = work.name === CHAIN_WORK || isOfResponses || owner !== undefined;
  const isSent = isKnown && families.length + priors.length === 0;
  return openExecutor(work, model, {
    workers: isSent ? Math.min(threads, workers) : 0,
    workerUrl: typeof workerUrl === "object" ? workerUrl.href : (workerUrl ?? null),
    task: { model: facts, work: { plugin: owner?.url ?? null, name: work.name }, seed },
  });
}

function hasWork({ engines }: Plugin, work: object): boolean {
  return engines.some(({ definition }) => definition.works?.some((one) => one === work));
}
