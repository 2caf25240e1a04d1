/** An approximation has nothing to stand on; the message tells why, and the way out. */
export class ApproximationFailure extends Error {
  override readonly name = "ApproximationFailure";
}
