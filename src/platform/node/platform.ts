import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { parentPort, Worker } from "node:worker_threads";
import type { Platform, Post } from "../Platform.js";

/** The worker file is plain JavaScript: it needs none of the flags of the process, some of which, as --input-type, would stop it. */
const options = { execArgv: [] };

export const platform: Platform = {
  threadsFit: true,
  processors: availableParallelism,
  nextTurn: () => setImmediate(),
  openThread(file, { onMessage, onError, onExit }) {
    const worker =
      file === null ? new Worker(new URL("./worker.js", import.meta.url), options) : new Worker(locate(file), options);
    worker.on("message", onMessage);
    worker.on("messageerror", onError);
    worker.on("error", onError);
    worker.on("exit", onExit);
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  },
  connect(onMessage): Post {
    if (parentPort === null) throw new Error("this file is the body of a worker thread");
    const port = parentPort;
    port.on("message", onMessage);
    return (message, transfer = []) => port.postMessage(message, transfer);
  },
};

/** A URL, or a path as Node takes it. */
function locate(file: string): URL | string {
  return /^[a-z]{2,}:/i.test(file) ? new URL(file) : file;
}
