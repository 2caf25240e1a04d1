import { describe, expect, it } from "vitest";
import { betaCurvatures, withCentres } from "../../../src/engine/inla/betaCurvatures.js";
import { splitNormal } from "../../../src/marginal/exploration/axisShape.js";
import { pausing, runSync } from "../../../src/math/steps.js";

/** Two hyperparameters and two coefficients, z as positions. */
const four = [0, 1, 2, 3];
const coordinates = {
  mode: new Float64Array(4),
  order: four,
  directions: four.map((k) => Float64Array.from(four, (i) => (i === k ? 1 : 0))),
  bends: [0, 0, 0, 0],
  flat: 0,
  logDeterminant: 0,
  logDeterminantOfHyperparameters: 0,
  hyperparameters: 2,
};
const spreads = four.map((k) => ({
  shape: splitNormal(1.2, 0.9),
  given: (z: ArrayLike<number>) => ({
    centre: k < 2 ? 0 : 0.1 * k * z[0] * z[0],
    logScale: 0,
    slopes: new Float64Array(k),
  }),
}));

/** L L' with L's entries, the pivots' in logs, polynomials of each z. */
const rowsAt = (x: number, y: number) => [
  0.3 * x - 0.05 * x ** 3 + 0.02 * y,
  0.4 - 0.1 * y + 0.01 * x ** 4,
  0.2 * y * y,
];
function curvatureAt(x: number, y: number) {
  const [first, below, second] = rowsAt(x, y);
  const [a, b, c] = [Math.exp(first), below, Math.exp(second)];
  return { hessian: Float64Array.of(a * a, a * b, a * b, b * b + c * c), skew: Float64Array.of(x * x, x - y) };
}

describe("beta's curvatures as functions of the hyperparameters", () => {
  let measured = 0;
  const at = runSync(
    betaCurvatures(
      coordinates,
      spreads,
      pausing(([x, y, first]) => {
        measured++;
        // With beta at its centre.
        expect(first).toBeCloseTo(0.2 * x * x, 12);
        return curvatureAt(x, y);
      }),
    ),
  );

  it("are measured at the mode, four times along each of them, and four times where both change", () => {
    expect(measured).toBe(13);
  });

  it("are measured twice along each of three", () => {
    let count = 0;
    runSync(
      betaCurvatures(
        { ...coordinates, hyperparameters: 3 },
        spreads,
        pausing(() => {
          count++;
          return { hessian: Float64Array.of(1), skew: Float64Array.of(0) };
        }),
      ),
    );
    expect(count).toBe(7);
  });

  it("are exact for products of squares, as far out as both change", () => {
    const both = (x: number, y: number) => 1 + x + 0.1 * x * y - 0.05 * x * x * y + 0.02 * x * x * y * y;
    const surface = runSync(
      betaCurvatures(
        coordinates,
        spreads,
        pausing(([x, y]) => {
          return { ...curvatureAt(x, y), skew: Float64Array.of(both(x, y), 0) };
        }),
      ),
    );
    for (const [x, y] of [
      [1.3, -0.7],
      [-1.7, 1.2],
    ])
      expect(surface([x, y]).skew[0]).toBeCloseTo(both(x, y), 8);
  });

  it("are exact for polynomials of the fourth degree that add up", () => {
    for (const [x, y] of [
      [0, 0],
      [1.3, -0.7],
      [-2.9, 2.1],
    ]) {
      const { hessian, skew } = at([x, y]);
      const exact = curvatureAt(x, y);
      hessian.forEach((value, k) => {
        expect(value).toBeCloseTo(exact.hessian[k], 8);
      });
      skew.forEach((value, k) => {
        expect(value).toBeCloseTo(exact.skew[k], 8);
      });
    }
  });

  it("go on along lines beyond what is measured", () => {
    const [near, middle, far] = [4, 5, 6].map((y) => {
      const { hessian: H } = at([0, y]);
      return Math.log(H[3] - H[1] ** 2 / H[0]);
    });
    expect(far - middle).toBeCloseTo(middle - near, 8);
    expect(far).toBeGreaterThan(middle);
  });

  it("leave the hyperparameters where they are and put the coefficients at their centres", () => {
    expect([...withCentres(coordinates, spreads, [2, 1])]).toEqual([2, 1, 0.8, 1.2000000000000002]);
  });
});
