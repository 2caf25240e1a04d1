import { parentPort, workerData } from "node:worker_threads";
import { ComparisonError } from "../index.js";
import { type ComparisonMessage, type ComparisonTask, compareHere, nothingEnded } from "./comparisonThread.js";
import { explanation } from "./explanation.js";

// The body of a thread that compares engines; whatever it is sent asks it to stop.

await compare(workerData, (message) => parentPort?.postMessage(message));

async function compare(task: ComparisonTask, post: (message: ComparisonMessage) => void): Promise<void> {
  const controller = new AbortController();
  parentPort?.once("message", () => controller.abort(new ComparisonError(nothingEnded)));
  try {
    const comparison = await compareHere(task, {
      onProgress: (progress) => post({ type: "progress", progress }),
      onEngine: (engine, soFar) => post({ type: "engine", engine, soFar }),
      signal: controller.signal,
    });
    post({ type: "done", comparison });
  } catch (error) {
    post({ type: "failed", explanation: explanation(error) });
  }
}
