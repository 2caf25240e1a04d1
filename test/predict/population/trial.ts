import type { Fit } from "../../../src/index.js";
import { createStream } from "../../../src/math/random/createStream.js";

const stream = createStream("population", 1);
const rows = 120;
const levels = 12;
const b = Array.from({ length: levels }, () => [0.8 * stream.normal(), 0.3 * stream.normal()]);
const x = Array.from({ length: rows }, () => stream.normal());
const arm = Array.from({ length: rows }, (_, i) => (Math.floor(i / levels) % 2 === 0 ? "control" : "drug"));
const eta = x.map((value, i) => {
  const [b0, b1] = b[i % levels];
  return 0.3 + 0.5 * value - 0.6 * Number(arm[i] === "drug") + b0 + b1 * value;
});

/** A small trial: 12 groups of 10 rows, and a response of each kind. */
export const trial = {
  x,
  arm,
  g: x.map((_, i) => `g${i % levels}`),
  h: x.map((_, i) => `h${i % 5}`),
  weeks: x.map((_, i) => 1 + (i % 3)),
  count: eta.map((value) => poisson(Math.exp(value))),
  yes: eta.map((value) => Number(stream.uniform() < 1 / (1 + Math.exp(-value)))),
  y: eta.map((value) => value + 0.5 * stream.normal()),
};

function poisson(mean: number): number {
  let [k, product] = [0, stream.uniform()];
  for (const least = Math.exp(-mean); product > least; product *= stream.uniform()) k++;
  return k;
}

/** The joint draws of a parameter, all chains. */
export function draws(fit: Fit, name: string): number[] {
  return fit.draws(name).flatMap((chain) => [...chain]);
}
