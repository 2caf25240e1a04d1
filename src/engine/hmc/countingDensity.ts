import type { LogDensity } from "../../density/LogDensity.js";

/** A density that counts its evaluations. */
export class CountingDensity implements LogDensity {
  evaluations = 0;
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

  logDensityGradient(position: Float64Array, gradient: Float64Array): number {
    this.evaluations++;
    return this.density.logDensityGradient(position, gradient);
  }

  constrain(position: Float64Array, draw: Float64Array, innovations?: Float64Array): void {
    this.density.constrain(position, draw, innovations);
  }
}
