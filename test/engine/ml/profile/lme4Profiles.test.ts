import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fit } from "../../../../src/index.js";

/** Of a standard error; lme4 interpolates the ends of an interval by splines. */
const tolerance = 1e-3;

const file = resolve(import.meta.dirname, "../../../../validation/fixtures/profile/lme4.fixture.json");
const fits: Readonly<
  Record<
    string,
    {
      readonly text: string;
      readonly data: Readonly<Record<string, readonly (number | string)[]>>;
      readonly intervals: readonly { readonly name: string; readonly lower: number; readonly upper: number }[];
    }
  >
> = JSON.parse(readFileSync(file, "utf8")).fits;

describe("profile-likelihood intervals are lme4's", () => {
  for (const [name, { text, data, intervals }] of Object.entries(fits))
    it(name, async () => {
      const points = /normal/.test(text) ? {} : { points: 1 };
      const { ml } = await fit(text, data, { engine: "ml", intervals: "profile", ...points });
      expect(ml.intervals).toBe("profile");
      expect(ml.parameters.map((parameter) => parameter.name).sort()).toEqual(intervals.map((row) => row.name).sort());
      for (const { name: parameter, lower, upper } of intervals) {
        const ours = ml.parameters.find((candidate) => candidate.name === parameter);
        const near = tolerance * (ours?.standardError ?? NaN);
        expect(Math.abs((ours?.lower ?? NaN) - lower), `${parameter}, lower`).toBeLessThan(near);
        expect(Math.abs((ours?.upper ?? NaN) - upper), `${parameter}, upper`).toBeLessThan(near);
      }
    });
});
