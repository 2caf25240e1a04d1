import { parentPort } from "node:worker_threads";

// A worker thread that comes to grief in chain 2, in the way that its seed names, and is as it should be otherwise.

const griefs = {
  exit: () => process.exit(3),
  throw: () => {
    throw new Error("a defect");
  },
  garbage: () => parentPort?.postMessage("what?"),
  nothing: () => parentPort?.postMessage(null),
};

const on = parentPort.on.bind(parentPort);
parentPort.on = (event, listener) =>
  on(event, (command) => {
    const { chain, options } = command.task?.input ?? {};
    return chain === 2 ? griefs[options.seed]() : listener(command);
  });
await import("../../dist/platform/node/worker.js");
