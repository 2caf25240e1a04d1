import { platform } from "#platform";
import { compileDensity } from "../density/compileDensity.js";
import { EngineError } from "../engine/EngineError.js";
import type { Work } from "../engine/Executor.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { Signal } from "../engine/Signal.js";
import { families } from "../family/families.js";
import { createStream } from "../math/random/createStream.js";
import { importPlugin, type PluginExports } from "../plugin/importPlugin.js";
import { priors } from "../prior/priors.js";
import { CHAIN_WORK, chainWork } from "./chainWork.js";
import { isThreadCommand, type ThreadMessage } from "./messages.js";
import type { ModelFacts, WorkModel, WorkTask } from "./WorkTask.js";

/** Milliseconds between two reports of progress, so that a fast part does not drown its listener. */
const REPORT_MILLISECONDS = 100;

/** A work that a thread knows besides the chains of nuts, by its name. */
export type FindWork = (name: string) => Promise<Work<WorkModel, never, unknown, never> | undefined>;

/** The body of a worker thread: does the parts of work that it is sent, one after the other. */
export function serveWork(others: FindWork = async () => undefined): void {
  let stopping = new AbortController();
  const send = platform.connect((command) => {
    if (!isThreadCommand(command)) return;
    if (command.type === "stop") stopping.abort();
    else {
      stopping = new AbortController();
      void answer(command.task, stopping.signal);
    }
  });
  const post = (message: ThreadMessage, transfer?: readonly ArrayBuffer[]) => send(message, transfer);
  const answer = async (task: WorkTask, signal: Signal) => {
    try {
      const { output, moved } = await done(task, others, signal, (progress) => post({ type: "progress", progress }));
      post({ type: "done", output }, moved);
    } catch (error) {
      const kind =
        error instanceof SamplingError ? "SamplingError" : error instanceof EngineError ? "EngineError" : null;
      post({ type: "failed", error: error instanceof Error ? error : new Error(String(error)), kind });
    }
  };
  post({ type: "ready" });
}

async function done(
  { model: facts, work: { plugin, name }, seed, input }: WorkTask,
  others: FindWork,
  signal: Signal,
  report: (progress: unknown) => void,
): Promise<{ readonly output: unknown; readonly moved: readonly ArrayBuffer[] }> {
  const plugins = await Promise.all(facts.plugins.map(({ url }) => importHere(url)));
  const work: Work<WorkModel, unknown, unknown, unknown> | undefined =
    plugin === null
      ? (builtIn(name) ?? (await others(name)))
      : (await importHere(plugin)).works.find((one) => one.name === name);
  if (work === undefined) throw new RangeError(`this thread does not know the work "${name}"`);
  const model = compiled(facts, plugins);
  let reported = performance.now();
  const output = await work.run(model, input, {
    stream: (k) => createStream(seed, k),
    now: () => performance.now(),
    giveWay: platform.nextTurn,
    signal,
    onProgress(progress) {
      const now = performance.now();
      if (now - reported < REPORT_MILLISECONDS) return;
      reported = now;
      report(copied(progress));
    },
  });
  return { output, moved: work.moved?.(output) ?? [] };
}

function builtIn(name: string) {
  return name === CHAIN_WORK ? chainWork() : undefined;
}

/** The model has been compiled before, and the plugins checked, by the thread that sent the task. */
function compiled(facts: ModelFacts, plugins: readonly PluginExports[]): WorkModel {
  const { model, problems } = compileDensity(
    facts.ast,
    facts.design,
    [...families, ...plugins.flatMap((plugin) => plugin.families)],
    [...priors, ...plugins.flatMap((plugin) => plugin.priors)],
  );
  if (model === null) throw new RangeError(problems.map(({ message }) => message).join("\n"));
  return { ...facts, compiled: model };
}

async function importHere(url: string): Promise<PluginExports> {
  try {
    return await importPlugin(url, url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SamplingError(`in its worker thread ${reason}; or run chains in one thread (workers 0)`);
  }
}

/** Progress with arrays of their own: a message would copy the whole buffer that a part of it is a view of. */
function copied(progress: unknown): unknown {
  if (typeof progress !== "object" || progress === null) return progress;
  const entries = Object.entries(progress).map(([key, value]) => [
    key,
    value instanceof Float64Array ? value.slice() : value,
  ]);
  return Object.fromEntries(entries);
}
