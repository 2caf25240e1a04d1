/** Two models cannot be compared. The message tells the cause and the way out. */
export class ComparisonError extends Error {
  override readonly name = "ComparisonError";
}
