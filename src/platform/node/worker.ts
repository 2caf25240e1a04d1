import { serveWork } from "../../parallel/serveWork.js";

// The body of a worker thread on Node: the entry "marginalia/worker".

serveWork(async (name) => {
  const { REPLICATE_WORK, replicateWork } = await import("../../simulate/replicates/replicateWork.js");
  if (name === REPLICATE_WORK) return replicateWork(null);
  const { REFIT_WORK, refitWork } = await import("../../fit/refitWork.js");
  if (name === REFIT_WORK) return refitWork();
  const { RESPONSE_WORK } = await import("../../fit/workExecutor.js");
  const { responseWork } = await import("../../fit/bootstrap/responseWork.js");
  return name === RESPONSE_WORK ? responseWork(null) : undefined;
});
