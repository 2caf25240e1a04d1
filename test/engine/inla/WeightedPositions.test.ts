import { describe, expect, it } from "vitest";
import { thinned, type WeightedPositions } from "../../../src/engine/inla/WeightedPositions.js";
import { createStream } from "../../../src/math/random/createStream.js";

const stream = createStream(3, 1);

function drawn(count: number, dimension: number): WeightedPositions {
  const positions = Array.from({ length: count }, () =>
    Float64Array.from({ length: dimension }, (_, i) => (i + 1) * stream.normal() - i),
  );
  const raw = Float64Array.from(positions, () => 0.5 + stream.uniform());
  const total = raw.reduce((a, b) => a + b, 0);
  return { positions, weights: raw.map((weight) => weight / total) };
}

const mean = ({ positions, weights }: WeightedPositions, of: (position: Float64Array) => number) =>
  positions.reduce((sum, position, k) => sum + weights[k] * of(position), 0);

describe("positions thinned out", () => {
  it("keep means, variances and covariances, and nearly what is smooth", () => {
    const all = drawn(256, 3);
    const few = thinned(all, 64);
    expect(few.positions).toEqual(all.positions.filter((_, k) => k % 4 === 0));
    for (let i = 0; i < 3; i++) {
      expect(mean(few, (x) => x[i])).toBeCloseTo(
        mean(all, (x) => x[i]),
        4,
      );
      for (let j = 0; j <= i; j++)
        expect(mean(few, (x) => x[i] * x[j])).toBeCloseTo(
          mean(all, (x) => x[i] * x[j]),
          3,
        );
    }
    const smooth = (x: Float64Array) => Math.exp(0.3 * x[0] + 0.1 * x[1] * x[0]);
    const stride = { positions: few.positions, weights: few.positions.map((_, k) => 4 * all.weights[4 * k]) };
    const off = (some: WeightedPositions) => Math.abs(mean(some, smooth) - mean(all, smooth));
    expect(off(few)).toBeLessThan(0.3 * off({ ...stride, weights: Float64Array.from(stride.weights) }));
  });

  it("keep their weights where moments are too many to hold, and stay where there are few positions", () => {
    const all = drawn(128, 12);
    const few = thinned(all, 64);
    const total = few.positions.reduce((sum, _, k) => sum + all.weights[2 * k], 0);
    few.weights.forEach((weight, k) => {
      expect(weight).toBeCloseTo(all.weights[2 * k] / total, 12);
    });
    expect(thinned(all, 100)).toBe(all);
  });
});
