/** An engine, or one of its methods, cannot serve this model or these data. The message tells the cause and the way out. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
}
