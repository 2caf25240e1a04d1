import { EngineDefect, EngineError } from "../../engine/EngineError.js";
import { ApproximationFailure } from "../../engine/laplace/ApproximationFailure.js";
import { FitFailure } from "../../engine/ml/FitFailure.js";
import type { Label } from "./Comparison.js";

/** An engine's error, with the model that it is about. */
export function relabelled(label: Label, error: unknown): unknown {
  const Kind = [FitFailure, EngineDefect, EngineError, ApproximationFailure].find((kind) => error instanceof kind);
  if (Kind === undefined || !(error instanceof Error)) return error;
  return new Kind(`model ${label}: ${error.message}`, { cause: error });
}
