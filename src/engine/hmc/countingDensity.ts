import type { LogDensity } from "../../density/LogDensity.js";

/** Seconds of an evaluation from which on it is followed by a pause. */
const SLOW = 0.001;

/** A density that counts its evaluations, and is slow where they have lately taken above a millisecond. */
export class CountingDensity implements LogDensity {
  evaluations = 0;
  isSlow = false;
  readonly dimension: number;
  readonly tunable?: number;
  readonly quantities: LogDensity["quantities"];
  private readonly density: LogDensity;

  constructor(density: LogDensity) {
    this.density = density;
    this.dimension = density.dimension;
    if (density.tunable !== undefined) this.tunable = density.tunable;
    this.quantities = density.quantities;
  }

  /** Judges how slow it is by the seconds that so many evaluations took. */
  pace(evaluations: number, seconds: number): void {
    this.isSlow = seconds > SLOW * evaluations;
  }

  logDensityGradient(position: Float64Array, gradient: Float64Array): number {
    this.evaluations++;
    return this.density.logDensityGradient(position, gradient);
  }

  constrain(position: Float64Array, draw: Float64Array, innovations?: Float64Array): void {
    this.density.constrain(position, draw, innovations);
  }
}
