import { describe, expect, it } from "vitest";
import { splitNormal } from "../../../src/marginal/exploration/axisShape.js";
import { spreadMarginal } from "../../../src/marginal/exploration/spreadMarginal.js";
import type { Spread } from "../../../src/marginal/exploration/spreads.js";
import { runSync } from "../../../src/math/steps.js";

/** Two hyperparameters with sds of 1 and 0.5 and a correlation of 0.6. */
const coordinates = {
  mode: new Float64Array(2),
  order: [0, 1],
  directions: [Float64Array.of(1, 0.3), Float64Array.of(0, 0.4)],
  bends: [0, 0],
  flat: 0,
  logDeterminant: Math.log(0.4),
  logDeterminantOfHyperparameters: Math.log(0.4),
  hyperparameters: 2,
};

const spread = (logDensity: (z: number) => number, given: Spread["given"]): Spread => ({
  shape: splitNormal(1, 1),
  given,
  profile: { first: -4, last: 4, at: logDensity },
});
const normal = (z: number) => -0.5 * z * z;
const skewed = (z: number) => z - Math.exp(z);
const first = spread(normal, () => ({ centre: 0, logScale: 0, slopes: new Float64Array(1) }));

describe("the density of a hyperparameter under the spreads", () => {
  it("is that along its axis for the first of them", () => {
    expect(runSync(spreadMarginal(coordinates, [first], 0))).toBe(first.profile);
  });

  it("is a standard normal's, in units of its sd, where the spreads are", () => {
    const { at } = runSync(spreadMarginal(coordinates, [first, first], 1));
    for (const place of [-3, -1, 2]) expect(Math.abs(at(place) - at(0) - normal(place))).toBeLessThan(0.03);
  });

  it("leaves out places ahead of it from which the spreads run out of numbers", () => {
    const none = { centre: Number.NEGATIVE_INFINITY, logScale: Number.NEGATIVE_INFINITY, slopes: new Float64Array(1) };
    const [whole, part] = [-9, -2].map((least) => {
      const given = (z: ArrayLike<number>) =>
        z[0] < least ? none : { centre: 0, logScale: 0, slopes: new Float64Array(1) };
      return runSync(spreadMarginal(coordinates, [first, spread(normal, given)], 1));
    });
    for (const place of [-2, -1, 1, 2])
      expect(Math.abs(part.at(place) - part.at(0) - whole.at(place) + whole.at(0))).toBeLessThan(0.2);
    const nowhere = spread(skewed, () => none);
    expect(runSync(spreadMarginal(coordinates, [first, nowhere], 1))).toBe(nowhere.profile);
  });

  it("has the one ahead of it integrated out, where that moves and stretches it", () => {
    const given = (z: ArrayLike<number>) => ({
      centre: 0.2 * z[0] ** 2,
      logScale: 0.1 * z[0],
      slopes: new Float64Array(1),
    });
    const { at } = runSync(spreadMarginal(coordinates, [first, spread(skewed, given)], 1));
    const integral = (place: number) => {
      let total = 0;
      for (let z = -6; z <= 6; z += 0.01) {
        const { centre, logScale } = given([z]);
        const rest = (0.5 * place - 0.3 * z) / 0.4 - centre;
        total += Math.exp(normal(z) + skewed(rest / Math.exp(logScale)) - logScale);
      }
      return Math.log(total);
    };
    for (const place of [-3, -2, -1, 1, 2])
      expect(Math.abs(at(place) - at(0) - (integral(place) - integral(0)))).toBeLessThan(0.05);
  });
});
