import { describe, expect, it } from "vitest";
import { integratedPosterior } from "../../../src/marginal/exploration/integratedPosterior.js";
import { marginalPosterior } from "../../../src/marginal/exploration/posteriorMode.js";
import { aghqMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { runSync } from "../../../src/math/steps.js";
import { groupedTable, viewOf } from "../designs.js";

const table = groupedTable(5, 60);
const modelOf = (random: string) => viewOf(`binary ~ bernoulli(p)\nlogit(p) = 1 + x1 ${random}`, table).view;

describe("a posterior with its random effects integrated out", () => {
  for (const random of ["+ (1 | k)", "+ (1 | g) + (1 | k)"])
    it(`has as many points as it takes, and says that it is settled: ${random}`, () => {
      const view = modelOf(random);
      const { mode, points, isSettled, isIntegrated } = runSync(integratedPosterior(view));
      expect({ isSettled, isIntegrated }).toEqual({ isSettled: true, isIntegrated: true });
      expect(points).toBeGreaterThan(1);
      const many = marginalPosterior(aghqMarginal(view, 41));
      const gradient = new Float64Array(mode.position.length);
      const error = (value: number) => Math.abs(many(mode.position, gradient) - value);
      expect(error(-mode.logDensity)).toBeLessThan(3e-3);
      // What more points would add is added.
      const few = marginalPosterior(aghqMarginal(view, points));
      expect(error(-mode.logDensity)).toBeLessThan(0.5 * error(few(mode.position, gradient)));
    });

  it("stays at Laplace's approximation where factors cross", () => {
    expect(runSync(integratedPosterior(modelOf("+ (1 | h) + (1 | l)")))).toMatchObject({
      points: 1,
      isIntegrated: false,
      isSettled: false,
    });
  });

  it("is exact without random effects", () => {
    expect(runSync(integratedPosterior(modelOf("")))).toMatchObject({ points: 1, isIntegrated: true, isSettled: true });
  });
});
