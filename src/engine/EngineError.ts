/** An engine, or one of its methods, cannot serve this model or these data. The message tells the cause and the way out. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
}

/** An engine failed in a way that it does not foresee. The message names the engine and what happened, and asks for a report; `cause` is what was thrown. */
export class EngineDefect extends EngineError {
  override readonly name = "EngineDefect";
}
