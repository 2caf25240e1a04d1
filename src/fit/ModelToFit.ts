import type { PreparedModel } from "./PreparedModel.js";

/** A model met with its data, and the name of the engine that is to fit it, or has: what can be asked of a fit is told from them before there is one. */
export interface ModelToFit extends PreparedModel {
  readonly engine: string;
}
