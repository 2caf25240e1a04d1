/** A fit cannot be checked in the way that was asked for. The message tells the cause and the way out. */
export class CheckError extends Error {
  override readonly name = "CheckError";
}
