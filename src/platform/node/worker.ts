import { serveWork } from "../../parallel/serveWork.js";

// The body of a worker thread on Node: the entry "marginalia/worker".

serveWork(async (name) => {
  const { REPLICATE_WORK, replicateWork } = await import("../../simulate/replicates/replicateWork.js");
  if (name === REPLICATE_WORK) return replicateWork(null);
  const { REFIT_WORK, refitWork } = await import("../../fit/refitWork.js");
  return name === REFIT_WORK ? refitWork() : undefined;
});
