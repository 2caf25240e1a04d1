import { parentPort, workerData } from "node:worker_threads";
import { compareEngines } from "../index.js";
import type { ComparisonMessage, ComparisonTask } from "./comparisonThread.js";
import { explanation } from "./explanation.js";

// The body of a thread that compares engines; whatever it is sent asks it to stop.

await compare(workerData, (message) => parentPort?.postMessage(message));

async function compare(
  { model, table, options }: ComparisonTask,
  post: (message: ComparisonMessage) => void,
): Promise<void> {
  const controller = new AbortController();
  parentPort?.once("message", () => controller.abort());
  try {
    const comparison = await compareEngines(model, table, {
      ...options,
      onProgress: (progress) => post({ type: "progress", progress }),
      onEngine: (engine, soFar) => post({ type: "engine", engine, soFar }),
      signal: controller.signal,
    });
    post({ type: "done", comparison });
  } catch (error) {
    post({ type: "failed", explanation: explanation(error) });
  }
}
