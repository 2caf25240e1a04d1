import type { WorkingScale } from "../../marginal/exploration/workingScale.js";
import { exp, log } from "../../math/special/elementary.js";
import type { Shape } from "./Shape.js";

/** Points of the table in one bandwidth, and bandwidths that it reaches beyond the outermost values. */
const REFINED = 4;
const REACH = 4;

/**
 * The shape of a parameter by a kernel density estimate from equally weighted values on its working scale: normal kernels, half the bandwidth of
 * Silverman (1986, equation 3.28), for values that are spread evenly, the values drawn together so that the estimate has their variance (section 6.4.1).
 */
export function smoothedShape(scale: WorkingScale, values: Float64Array): Shape {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((total, value) => total + value, 0) / known.length;
  const sd = Math.sqrt(known.reduce((total, value) => total + (value - mean) ** 2, 0) / known.length);
  const bandwidth = 0.53 * exp(-0.2 * log(known.length));
  const units = known.map((value) => ((value - mean) / sd) * Math.sqrt(1 - bandwidth * bandwidth)).sort();
  const step = bandwidth / REFINED;
  const from = units[0] - REACH * bandwidth;
  const count = Math.ceil((units[units.length - 1] + REACH * bandwidth - from) / step) + 1;
  const places = Float64Array.from({ length: count }, (_, i) => from + i * step);
  return {
    scale,
    values: places.map((place) => mean + sd * place),
    logDensities: places.map((place) => logDensityAt(place, units, bandwidth)),
  };
}

/** The log of the sum of kernels, not normalised. */
function logDensityAt(place: number, units: Float64Array, bandwidth: number): number {
  let [largest, total] = [Number.NEGATIVE_INFINITY, 0];
  for (const unit of units) {
    const off = (place - unit) / bandwidth;
    const term = -0.5 * off * off;
    if (term > largest) {
      total = total * exp(largest - term) + 1;
      largest = term;
    } else total += exp(term - largest);
  }
  return largest + log(total);
}
