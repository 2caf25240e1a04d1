import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import { exp, inverseLogit, log, logit } from "../../../math/special/elementary.js";
import { reported } from "../inference.js";
import type { ParameterVector } from "../parameterVector.js";

/** A parameter as a function of a position of the vector, on the scale that its profile is traced on. */
export interface Quantity {
  at(position: Float64Array): number;
  slopes(position: Float64Array): Float64Array;
  /** The parameter itself for a value on the traced scale. */
  parameter(value: number): number;
  /** The end of the parameter's range where a value stands at it; null before. */
  endOf(value: number, scale: number): number | null;
}

/** Of a central difference, in units of the coordinate. */
const DIFFERENCE_STEP = 1e-5;
/** A variance this share of its standard error from zero is zero, a correlation so near to 1 is 1. */
const AT_END = 1e-5;
/** A dispersion so many times the estimate makes no difference to the likelihood any more. */
const BEYOND = 1e6;

/** The k-th of the reported parameters: an sd by its variance, which is smooth at zero, a dispersion by its log, the others as they are. */
export function quantity(view: LatentGaussian, vector: ParameterVector, k: number, peak: Float64Array): Quantity {
  const kind = view.parameterKinds[k];
  const own = (position: Float64Array) => reported(view, vector, position)[k];
  const slopesOf = (at: (position: Float64Array) => number) => (position: Float64Array) =>
    position.map((x, i) => {
      const step = DIFFERENCE_STEP * Math.max(Math.abs(x), 1);
      const [above, below] = [x + step, x - step].map((moved) => at(replaced(position, i, moved)));
      return (above - below) / (2 * step);
    });
  switch (kind) {
    case "coefficient":
    case "shape": {
      // Linear in the position, so that its slopes are the same everywhere.
      const slopes = slopesOf(own)(peak);
      return { at: own, slopes: () => slopes, parameter: (value) => value, endOf: () => null };
    }
    case "sd": {
      const at = (position: Float64Array) => own(position) ** 2;
      const endOf = (value: number, scale: number) => (value <= AT_END * scale ? 0 : null);
      return { at, slopes: slopesOf(at), parameter: (value) => Math.sqrt(Math.max(0, value)), endOf };
    }
    case "correlation": {
      const endOf = (value: number, scale: number) =>
        1 - Math.abs(value) <= AT_END * Math.min(1, scale) ? Math.sign(value) : null;
      return { at: own, slopes: slopesOf(own), parameter: (value) => value, endOf };
    }
    case "probability": {
      const at = (position: Float64Array) => logit(own(position));
      const center = at(peak);
      const endOf = (value: number) => (Math.abs(value - center) < log(BEYOND) ? null : value > center ? 1 : 0);
      return { at, slopes: slopesOf(at), parameter: inverseLogit, endOf };
    }
    case "dispersion": {
      const at = (position: Float64Array) => log(own(position));
      const center = at(peak);
      const endOf = (value: number) => (Math.abs(value - center) < log(BEYOND) ? null : value > center ? Infinity : 0);
      return { at, slopes: slopesOf(at), parameter: exp, endOf };
    }
  }
}

/** A copy of a position with another coordinate i. */
export function replaced(position: Float64Array, i: number, x: number): Float64Array {
  const copy = position.slice();
  copy[i] = x;
  return copy;
}
