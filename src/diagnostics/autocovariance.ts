import FFT from "fft.js";
import { meanOf } from "./moments.js";

/** Fills a buffer of its own, at lags 0 to length - 1, and returns it: read it before the next call. */
export type MeanAutocovariance = (series: readonly Float64Array[]) => Float64Array;

/**
 * A plan for series of one length: their autocovariances with divisor `length` (the biased estimate, as Geyer 1992 recommends),
 * averaged over the series. Two real series share one complex transform, as its real and its imaginary part: the cross terms of
 * the power spectrum are odd in frequency and fall out of the real part of the inverse, so one inverse serves all series.
 */
export function planMeanAutocovariance(length: number): MeanAutocovariance {
  // Twice the length, so that the circular convolution of the FFT does not wrap around.
  const size = 2 ** Math.ceil(Math.log2(2 * Math.max(length, 1)));
  const fft = new FFT(size);
  const signal = new Float64Array(2 * size);
  const spectrum = new Float64Array(2 * size);
  const power = new Float64Array(2 * size);
  const result = new Float64Array(length);
  return (series) => {
    power.fill(0);
    for (let i = 0; i < series.length; i += 2) {
      loadCentred(signal, 0, series[i]);
      loadCentred(signal, 1, i + 1 < series.length ? series[i + 1] : new Float64Array(length));
      fft.transform(spectrum, signal);
      for (let k = 0; k < power.length; k += 2) {
        power[k] += spectrum[k] * spectrum[k] + spectrum[k + 1] * spectrum[k + 1];
      }
    }
    fft.inverseTransform(spectrum, power);
    for (let lag = 0; lag < length; lag++) result[lag] = spectrum[2 * lag] / (length * series.length);
    return result;
  };
}

/** Into the real (part 0) or imaginary (part 1) places of an interleaved buffer whose tail stays zero. */
function loadCentred(signal: Float64Array, part: 0 | 1, series: Float64Array): void {
  const mean = meanOf([series]);
  for (let i = 0; i < series.length; i++) signal[2 * i + part] = series[i] - mean;
}
