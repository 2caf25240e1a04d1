/** A chain cannot go on. The message tells the cause and the way out. */
export class SamplingError extends Error {
  override readonly name: string = "SamplingError";
}
