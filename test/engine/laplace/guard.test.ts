import { describe, expect, it } from "vitest";
import { guardOf, withLeastEffective, withNoise } from "../../../src/engine/laplace/guard.js";

const weighted = (draws: number, effectiveSampleSize: number, paretoK: number) =>
  guardOf(
    { weights: new Float64Array(draws).fill(1 / draws), paretoK, effectiveSampleSize, logMean: 0 },
    "the posterior",
  );

describe("the guard of importance weights", () => {
  it("does not trust weights that are worth fewer than 150 even ones, or half of all where that is less", () => {
    expect(withLeastEffective(weighted(1000, 151, 0.3)).isTrusted).toBe(true);
    expect(withLeastEffective(weighted(1000, 149, 0.3))).toMatchObject({
      isTrusted: false,
      verdict: "do not trust: 1000 importance weights are so uneven that they are worth 149 even ones, fewer than 150",
    });
    expect(withLeastEffective(weighted(200, 101, 0.3)).isTrusted).toBe(true);
    expect(withLeastEffective(weighted(200, 99, 0.3)).isTrusted).toBe(false);
  });

  it("does not trust weights with much noise from the sampling of the random effects", () => {
    expect(withNoise(weighted(1000, 500, 0.3), 0.5).isTrusted).toBe(true);
    expect(withNoise(weighted(1000, 500, 0.3), 2.43)).toMatchObject({
      isTrusted: false,
      verdict:
        "do not trust: the integral over the random effects, which is by sampling, has a relative variance of 2.4 where their sds are large, more than 0.5",
    });
  });

  it("keeps the verdict of a tail that is too heavy", () => {
    const heavy = weighted(1000, 100, 0.9);
    expect(heavy.isTrusted).toBe(false);
    expect(withNoise(withLeastEffective(heavy), 3)).toEqual(heavy);
  });
});
