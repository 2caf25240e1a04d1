import { platform } from "#platform";
import type { ChainProgress } from "../engine/hmc/chain.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import { families } from "../family/families.js";
import { importPlugin, type PluginExports } from "../plugin/importPlugin.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import { priors } from "../prior/priors.js";
import { type ChainTask, startChain, type Vocabulary } from "./ChainTask.js";
import { TURN_MILLISECONDS } from "./Executor.js";
import { type ChainMessage, isChainCommand } from "./messages.js";

/** Milliseconds between two reports of progress, so that a fast chain does not drown its listener. */
const REPORT_MILLISECONDS = 100;

/** The body of a worker thread: runs the chains that it is sent, one after the other. */
export function serveChains(): void {
  let isStopped = false;
  const send = platform.connect((command) => {
    if (!isChainCommand(command)) return;
    isStopped = command.type === "stop";
    if (command.type === "run") void answer(command.task);
  });
  const post = (message: ChainMessage, transfer?: readonly ArrayBuffer[]) => send(message, transfer);
  const answer = async (task: ChainTask) => {
    try {
      const draws = await runTask(
        task,
        () => isStopped,
        (progress) => post({ type: "progress", progress }),
      );
      post({ type: "done", draws }, buffersOf(draws));
    } catch (error) {
      const isForeseen = error instanceof SamplingError;
      post({ type: "failed", error: error instanceof Error ? error : new Error(String(error)), isForeseen });
    }
  };
  post({ type: "ready" });
}

async function runTask(
  task: ChainTask,
  isStopped: () => boolean,
  report: (progress: ChainProgress) => void,
): Promise<ChainDraws> {
  const chain = startChain(task, await vocabularyOf(task));
  let turned = performance.now();
  let reported = turned;
  for (let step = chain.next(); ; step = chain.next({ stop: isStopped() })) {
    if (step.done) return step.value;
    const now = performance.now();
    if (now - reported >= REPORT_MILLISECONDS) {
      reported = now;
      report({ ...step.value, logDensity: step.value.logDensity.slice() });
    }
    if (now - turned < TURN_MILLISECONDS) continue;
    await platform.nextTurn();
    turned = performance.now();
  }
}

/** The plugins have been checked by the thread that sent the task. */
async function vocabularyOf({ plugins }: ChainTask): Promise<Vocabulary> {
  const loaded = await Promise.all(plugins.map((url) => importHere(url)));
  return {
    families: [...families, ...loaded.flatMap((plugin) => plugin.families)],
    priors: [...priors, ...loaded.flatMap((plugin) => plugin.priors)],
  };
}

async function importHere(url: string): Promise<PluginExports> {
  try {
    return await importPlugin(url, url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SamplingError(`in its worker thread ${reason}; or run chains in one thread (workers 0)`);
  }
}

function buffersOf({ values }: ChainDraws): ArrayBuffer[] {
  return values.buffer instanceof ArrayBuffer ? [values.buffer] : [];
}
