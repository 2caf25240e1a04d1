import { log } from "./elementary.js";

/** From here on seven terms of the asymptotic series give a double, also of the third derivative. */
const SERIES_START = 16;

/** d log Gamma(x) / dx for x > 0: DLMF 5.11.2 after the recurrence. */
export function digamma(x: number): number {
  return log(x) - logLessDigamma(x);
}

/** log x - digamma(x) for x > 0, without cancellation where x is large. */
export function logLessDigamma(x: number): number {
  if (x >= SERIES_START) return 0.5 / x + logSeries(x);
  let above = x;
  let sum = 0;
  for (; above < SERIES_START; above++) sum += 1 / above;
  return log(x / above) + sum + 0.5 / above + logSeries(above);
}

/** The second derivative of log Gamma(x) for x > 0. */
export function trigamma(x: number): number {
  return 1 / x + trigammaExcess(x);
}

/** trigamma(x) - 1 / x for x > 0, without cancellation where x is large. */
export function trigammaExcess(x: number): number {
  let above = x;
  let sum = 0;
  for (; above < SERIES_START; above++) sum += 1 / (above * above);
  const r = 1 / (above * above);
  const rest = 1 / 42 - r * (1 / 30 - r * (5 / 66 - r * (691 / 2730 - (r * 7) / 6)));
  const series = 0.5 * r + (r / above) * (1 / 6 - r * (1 / 30 - r * rest));
  return above === x ? series : sum + series + 1 / above - 1 / x;
}

/** The third derivative of log Gamma(x) for x > 0. */
export function tetragamma(x: number): number {
  return -1 / (x * x) - tetragammaDeficit(x);
}

/** -1 / x^2 - tetragamma(x) for x > 0, without cancellation where x is large. */
export function tetragammaDeficit(x: number): number {
  let above = x;
  let sum = 0;
  for (; above < SERIES_START; above++) sum += 2 / (above * above * above);
  const r = 1 / (above * above);
  const rest = 1 / 6 - r * (3 / 10 - r * (5 / 6 - r * (691 / 210 - (r * 35) / 2)));
  const series = r / above + r * r * (1 / 2 - r * (1 / 6 - r * rest));
  return above === x ? series : sum + series + r - 1 / (x * x);
}

/** log x - 1 / (2 x) - digamma(x) for x >= SERIES_START. */
function logSeries(x: number): number {
  const r = 1 / (x * x);
  const rest = 1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12)));
  return r * (1 / 12 - r * (1 / 120 - r * rest));
}
