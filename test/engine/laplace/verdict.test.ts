import { describe, expect, it } from "vitest";
import { CORRECTED, together, verdict } from "../../../src/engine/laplace/verdict.js";

const guard = {
  paretoK: 0.1,
  effectiveSampleSize: 200,
  draws: 256,
  isTrusted: true,
  verdict: "good",
  advice: "",
};
const moments = (means: number[], sds: number[]) => ({ means: Float64Array.from(means), sds: Float64Array.from(sds) });
const better = moments([1, 2, 0], [0.5, 1, 0]);
const names = ["beta[x]", "sd[g, Intercept]", "b[g, 1, Intercept]"];

describe("the verdict on an approximation, by better moments", () => {
  it("is good within the tolerances, whatever does not vary", () => {
    const near = moments([1.04, 2, 7], [0.51, 0.97, 0]);
    expect(verdict(names, near, better, guard, CORRECTED)).toMatchObject({ isTrusted: true });
  });

  it("names the mean and the sd that are furthest off", () => {
    const off = moments([1, 1.8, 0], [0.45, 1, 0]);
    const { isTrusted, verdict: text } = verdict(names, off, better, guard, CORRECTED);
    expect(isTrusted).toBe(false);
    expect(text).toContain("the mean of sd[g, Intercept] is off by -0.20 posterior sds");
    expect(text).toContain("a factor of 0.90, that of beta[x]");
  });

  it("is the guard's own where that does not trust its weights", () => {
    const distrusted = { ...guard, isTrusted: false };
    expect(verdict(names, better, better, distrusted, CORRECTED)).toBe(distrusted);
  });

  it("takes quantities of two kinds together", () => {
    expect(Array.from(together(moments([1], [2]), moments([3], [4])).sds)).toEqual([2, 4]);
  });
});
