import { describe, expect, it } from "vitest";
import { slopedProfile } from "../../../src/marginal/exploration/lineProfile.js";
import { pausing, runSync } from "../../../src/math/steps.js";

const normal = (x: number) => ({ value: -0.5 * x * x, slope: -x });
/** Of the log rate of a Poisson count, in units of its sd at the mode. */
const poisson = (count: number) => {
  const sd = 1 / Math.sqrt(count);
  return (x: number) => ({
    value: count * (sd * x - Math.expm1(sd * x)),
    slope: count * sd * -Math.expm1(sd * x),
  });
};

/** At how many places it is taken, and how far it is off between them where it counts. */
function taken(density: (x: number) => { readonly value: number; readonly slope: number }) {
  let count = 0;
  const profile = runSync(
    slopedProfile(
      density(0),
      pausing((place: number) => {
        count++;
        return density(place);
      }),
    ),
  );
  let worst = 0;
  for (let x = -4; x <= 3; x += 0.1)
    if (density(x).value > -5) worst = Math.max(worst, Math.abs(profile.at(x) - density(x).value));
  return { count, worst, profile };
}

describe("a profile with slopes", () => {
  it("is taken at every other unit where it falls as a normal does", () => {
    const { count, worst, profile } = taken(normal);
    expect([count, profile.stride, profile.first, profile.last]).toEqual([4, 2, -4, 4]);
    expect(worst).toBeLessThan(1e-12);
  });

  it("is taken at every half unit where it falls steeply, and never rises above its top", () => {
    const { worst, profile } = taken(poisson(0.2));
    expect(profile.stride).toBe(0.5);
    expect(worst).toBeLessThan(0.15);
    for (let x = profile.first; x <= profile.last; x += 0.05) expect(profile.at(x)).toBeLessThan(1e-9);
  });

  it("is good to what a marginal needs for counts of one", () => {
    expect(taken(poisson(1)).worst).toBeLessThan(0.03);
  });

  it.each([1, 2, 3, 5])("has no summit of its own ahead of a cliff at %d units", (cliff) => {
    const steep = (x: number) => Math.exp(8 * (x - cliff));
    const { profile } = taken((x) => ({ value: -0.02 * x * x - steep(x), slope: -0.04 * x - 8 * steep(x) }));
    for (let x = profile.first; x <= profile.last; x += 0.05)
      expect(profile.at(x) - -0.02 * x * x, `at ${x}`).toBeLessThan(0.1);
    for (let x = profile.first; x < cliff - 1; x += 0.05)
      expect(Math.abs(profile.at(x) + 0.02 * x * x), `at ${x}`).toBeLessThan(0.1);
  });
});
