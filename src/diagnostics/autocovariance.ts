import FFT from "fft.js";
import { meanOf } from "./moments.js";

/** The autocovariance at a lag from 0 to length - 1, of series in buffers of the plan: ask for all lags before the next series. */
export type Autocovariance = (lag: number) => number;

export type MeanAutocovariance = (series: readonly Float64Array[]) => Autocovariance;

/** Lags that are summed one by one, which for draws that are hardly correlated is all that are asked for, at a fifth of a transform's price. */
const SUMMED = 16;

/**
 * A plan for series of one length: their autocovariances with divisor `length` (the biased estimate, as Geyer 1992 recommends),
 * averaged over the series. The first lags are sums of products, the others come of a Fourier transform.
 */
export function planMeanAutocovariance(length: number): MeanAutocovariance {
  const transformed = planTransform(length);
  const buffers: Float64Array[] = [];
  return (series) => {
    while (buffers.length < series.length) buffers.push(new Float64Array(length));
    const centred = series.map((values, s) => centre(values, buffers[s]));
    let all: Float64Array | null = null;
    return (lag) => {
      if (lag < SUMMED) return summed(centred, lag);
      all ??= transformed(centred);
      return all[lag];
    };
  };
}

function centre(values: Float64Array, centred: Float64Array): Float64Array {
  const mean = meanOf([values]);
  for (let i = 0; i < values.length; i++) centred[i] = values[i] - mean;
  return centred;
}

function summed(centred: readonly Float64Array[], lag: number): number {
  let sum = 0;
  for (const values of centred) for (let i = lag; i < values.length; i++) sum += values[i] * values[i - lag];
  return sum / (centred[0].length * centred.length);
}

/**
 * All lags at once. Two real series share one complex transform, as its real and its imaginary part: the cross terms of the power spectrum
 * are odd in frequency and fall out of the real part of the inverse, so one inverse serves all series.
 */
function planTransform(length: number): (centred: readonly Float64Array[]) => Float64Array {
  // Twice the length, so that the circular convolution of the FFT does not wrap around.
  const size = 2 ** Math.ceil(Math.log2(2 * Math.max(length, 1)));
  const fft = new FFT(size);
  const signal = new Float64Array(2 * size);
  const spectrum = new Float64Array(2 * size);
  const power = new Float64Array(2 * size);
  const nothing = new Float64Array(length);
  return (centred) => {
    power.fill(0);
    for (let i = 0; i < centred.length; i += 2) {
      interleave(signal, centred[i], centred[i + 1] ?? nothing);
      fft.transform(spectrum, signal);
      for (let k = 0; k < power.length; k += 2) power[k] += spectrum[k] ** 2 + spectrum[k + 1] ** 2;
    }
    fft.inverseTransform(spectrum, power);
    return Float64Array.from({ length }, (_, lag) => spectrum[2 * lag] / (length * centred.length));
  };
}

/** Real and imaginary parts; the tail of the signal stays zero. */
function interleave(signal: Float64Array, real: Float64Array, imaginary: Float64Array): void {
  for (let i = 0; i < real.length; i++) {
    signal[2 * i] = real[i];
    signal[2 * i + 1] = imaginary[i];
  }
}
