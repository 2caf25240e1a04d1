/** A stream of random variates that is the same on every platform. */
export interface RandomStream {
  /** Uniform on (0, 1), 53 bits, never 0 or 1. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}
