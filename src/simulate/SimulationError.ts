/** A model or a fit cannot be simulated from in the way that was asked for. The message tells the cause and the way out. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
}
