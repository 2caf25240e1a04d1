import { serveWork } from "../../parallel/serveWork.js";

// The body of a worker thread on Node: the entry "marginalia/worker".

serveWork(async (name) => {
  const { REPLICATE_WORK, replicateWork } = await import("../../simulate/replicates/replicateWork.js");
  return name === REPLICATE_WORK ? replicateWork(null) : undefined;
});
