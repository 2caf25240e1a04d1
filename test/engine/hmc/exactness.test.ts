import { describe, expect, test } from "vitest";
import type { Transition } from "../../../src/engine/hmc/hamiltonian.js";
import { createHmc, fixedSteps } from "../../../src/engine/hmc/hmc.js";
import { DiagonalMetric } from "../../../src/engine/hmc/metric.js";
import { createNuts } from "../../../src/engine/hmc/nuts.js";
import { createState, type State } from "../../../src/engine/hmc/point.js";
import { createStream } from "../../../src/math/random/createStream.js";
import type { RandomStream } from "../../../src/math/random/RandomStream.js";
import { chiSquare, kolmogorov } from "../../math/random/statistics.js";
import { column, drawChain, effectiveSize, endOf } from "./statistics.js";
import { densityOf, logGamma, logGammaCdf } from "./targets.js";

const COUNT = 60_000;
const CELLS = 30;
/** Standard deviations of the statistic above its mean. */
const MAX_CHI_SQUARE = 4;
/** Exceeded by Kolmogorov's statistic with probability 1e-3. */
const MAX_KOLMOGOROV = 1.95;

/** Two independent log gammas, one stretched threefold: a skewed target in which trajectories turn. */
const skewedPair = densityOf({
  dimension: 2,
  logDensityGradient(position, gradient) {
    const slow = position[1] / 3;
    gradient[0] = 2 - Math.exp(position[0]);
    gradient[1] = (2 - Math.exp(slow)) / 3;
    return 2 * (position[0] + slow) - Math.exp(position[0]) - Math.exp(slow);
  },
});

function drawExact(stream: RandomStream, state: State): void {
  const logGammaVariate = () => Math.log(-Math.log(stream.uniform() * stream.uniform()));
  state.position[0] = logGammaVariate();
  state.position[1] = 3 * logGammaVariate();
  state.logDensity = skewedPair.logDensityGradient(state.position, state.gradient);
}

/** First and second components after one transition from exact draws, and how far the second moved. */
function pushForward(
  transition: Transition,
  stepSize: number,
): { fast: Float64Array; slow: Float64Array; moved: number } {
  const stream = createStream("exact", 1);
  const tuning = { stepSize, metric: new DiagonalMetric(Float64Array.of(0.8, 1.3)) };
  const state = createState(2);
  const next = createState(2);
  const fast = new Float64Array(COUNT);
  const slow = new Float64Array(COUNT);
  let moved = 0;
  for (let i = 0; i < COUNT; i++) {
    drawExact(stream, state);
    endOf(transition(stream, state, tuning), next);
    fast[i] = next.position[0];
    slow[i] = next.position[1];
    moved += Math.abs(next.position[1] - state.position[1]) / COUNT;
  }
  return { fast, slow, moved };
}

const kernels: readonly { name: string; transition: Transition; stepSize: number }[] = [
  { name: "nuts with short steps", transition: createNuts(skewedPair, 10), stepSize: 0.3 },
  { name: "nuts with long steps", transition: createNuts(skewedPair, 10), stepSize: 1.3 },
  { name: "nuts cut at three steps", transition: createNuts(skewedPair, 2), stepSize: 0.6 },
  { name: "static hmc", transition: createHmc(skewedPair, fixedSteps(4)), stepSize: 0.7 },
];

describe("one transition leaves a skewed target as it is", () => {
  for (const { name, transition, stepSize } of kernels) {
    test(name, () => {
      const { fast, slow, moved } = pushForward(transition, stepSize);
      expect(moved).toBeGreaterThan(0.5);
      expect(chiSquare(fast, (y) => Math.floor(CELLS * logGammaCdf(y)), CELLS)).toBeLessThan(MAX_CHI_SQUARE);
      expect(chiSquare(slow, (y) => Math.floor(CELLS * logGammaCdf(y / 3)), CELLS)).toBeLessThan(MAX_CHI_SQUARE);
    });
  }
});

describe("a chain has the distribution of its target", () => {
  for (const algorithm of ["nuts", "hmc"] as const) {
    test(algorithm, () => {
      const draws = column(drawChain(logGamma, { algorithm, draws: 20_000, seed: 5 }), 0);
      const thin = Math.ceil(draws.length / effectiveSize(draws));
      const kept = draws.filter((_, i) => i % (2 * thin) === 0);
      expect(kept.length).toBeGreaterThan(1000);
      expect(kolmogorov(kept, logGammaCdf)).toBeLessThan(MAX_KOLMOGOROV);
    });
  }
});
