import { EngineError } from "../EngineError.js";

/** The likelihood cannot be maximised, though the method serves the model. */
export class FitFailure extends EngineError {
  override readonly name = "FitFailure";
}
