import type { LogDensity } from "../../density/LogDensity.js";
import type { Metric } from "./metric.js";
import type { Point } from "./point.js";

/** One step of the leapfrog integrator; backwards in time if the step size is negative. */
export function leapfrog(density: LogDensity, metric: Metric, stepSize: number, from: Point, to: Point): void {
  metric.beginStep(from, to, stepSize);
  to.logDensity = density.logDensityGradient(to.position, to.gradient);
  metric.endStep(to, stepSize);
}
