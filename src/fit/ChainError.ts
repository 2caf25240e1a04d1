import type { Design } from "../design/Design.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { ChainFailure } from "../parallel/runChains.js";
import type { NutsFit } from "./fitted.js";
import { requestToReport } from "./foreseen.js";

/** A chain failed, which ended the run. The message tells which and why. */
export class ChainError extends SamplingError {
  override readonly name: string = "ChainError";
  /** The chains that were done by then, as a partial fit; null if there were none. */
  readonly finished: NutsFit | null;

  constructor({ chain, error }: ChainFailure, finished: NutsFit | null, design: Design) {
    const request = error instanceof SamplingError ? "" : `; ${requestToReport(design)}`;
    super(`chain ${chain} failed: ${error.message}${request}`, { cause: error });
    this.finished = finished;
  }
}
