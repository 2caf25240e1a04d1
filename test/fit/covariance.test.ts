import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EffectsCovariance, effectsCovariances } from "../../src/fit/covariance.js";
import { prepareModel } from "../../src/fit/prepare.js";

const data = { y: [1, 2, 3, 4, 6, 5], x: [0, 1, 2, 0, 1, 2], z: [1, 0, 2, 2, 0, 1], g: ["a", "a", "b", "b", "c", "c"] };
const prepared = prepareModel("y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x + z | g)", data);

function at(sds: readonly number[], cors: readonly number[]): EffectsCovariance {
  const names = ["Intercept", "x", "z"];
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ].map(([a, b]) => `cor[g, ${names[a]}, ${names[b]}]`);
  const estimates = new Map([
    ...names.map((name, k): [string, number] => [`sd[g, ${name}]`, sds[k]]),
    ...pairs.map((name, k): [string, number] => [name, cors[k]]),
  ]);
  const [term] = effectsCovariances(prepared, estimates);
  return term;
}

describe("covariance matrices of random terms", () => {
  it("are sds and correlations multiplied out, and L D L' is G", () => {
    const sd = fc.double({ min: 0, max: 10, noNaN: true });
    const partial = fc.double({ min: -0.99, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(sd, sd, sd), fc.tuple(partial, partial, partial), (sds, [p, q, r]) => {
        const cors = [p, q, p * q + r * Math.sqrt((1 - p * p) * (1 - q * q))];
        const { covariance, L, D } = at(sds, cors);
        expect(covariance[0][1]).toBeCloseTo(cors[0] * sds[0] * sds[1], 10);
        expect(covariance[2][2]).toBeCloseTo(sds[2] ** 2, 10);
        for (const row of [0, 1, 2])
          for (const column of [0, 1, 2]) {
            const product = D.reduce((sum, d, k) => sum + L[row][k] * d * L[column][k], 0);
            expect(product).toBeCloseTo(covariance[row][column], 8);
          }
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it("have zeros where an sd is zero, whatever its correlations", () => {
    const { covariance, L, D } = at([0, 2, 3], [NaN, NaN, 0.5]);
    expect(covariance).toEqual([
      [0, 0, 0],
      [0, 4, 3],
      [0, 3, 9],
    ]);
    expect(D).toEqual([0, 4, 9 - 9 / 4]);
    expect(L[2][1]).toBe(0.75);
  });
});
