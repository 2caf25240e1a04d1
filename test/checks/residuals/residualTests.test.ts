import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kolmogorovDistance, residualTests } from "../../../src/checks/residuals/residualTests.js";
import { rankSimulated } from "../../../src/checks/residuals/Simulated.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { binomialTest } from "../../../src/math/special/binomialTest.js";
import { kolmogorovTail } from "../../../src/math/special/kolmogorovTail.js";
import { runSync } from "../../../src/math/steps.js";

/** validation/fixtures/residuals/residuals.R wrote it. */
const fixture: {
  readonly observed: readonly number[];
  readonly fitted: readonly number[];
  readonly simulated: readonly (readonly number[])[];
  readonly dispersion: { readonly observed: number; readonly p: number };
  readonly zeros: { readonly observed: number; readonly expected: number; readonly p: number };
  readonly outliers: readonly number[];
  readonly u: readonly number[];
  readonly ks: { readonly statistic: number; readonly p: number };
  readonly tails: readonly number[];
  readonly kolmogorov: readonly number[];
  readonly binomial: readonly (readonly [number, number, number])[];
  readonly binomialP: readonly number[];
} = JSON.parse(
  readFileSync(new URL("../../../validation/fixtures/residuals/residuals.fixture.json", import.meta.url), "utf8"),
);

const n = fixture.observed.length;
const places = Int32Array.from({ length: n }, (_, i) => i);
const responses = fixture.simulated.map((own) => Float64Array.from(own));

describe("tests of residuals", () => {
  const ranked = runSync(rankSimulated(responses, createStream(1, 0)));
  const simulated = {
    observed: Float64Array.from(fixture.observed),
    fitted: Float64Array.from(fixture.fitted),
    residuals: Float64Array.from(fixture.u),
    isOutlier: Uint8Array.from(fixture.observed, (y, i) =>
      Number(fixture.simulated.every((own) => y < own[i]) || fixture.simulated.every((own) => y > own[i])),
    ),
    responses,
    ...ranked,
  };
  const byName = new Map(
    residualTests(simulated, places, { hasZeros: true, isCensored: false }).map((test) => [test.name, test]),
  );

  it("of dispersion and zeros are DHARMa's", () => {
    expect(byName.get("dispersion")?.observed).toBeCloseTo(fixture.dispersion.observed, 12);
    expect(byName.get("dispersion")?.expected).toBeCloseTo(1, 12);
    expect(byName.get("dispersion")?.pValue).toBeCloseTo(fixture.dispersion.p, 12);
    expect(byName.get("zeros")).toMatchObject({ observed: fixture.zeros.observed, pValue: fixture.zeros.p });
    expect(byName.get("zeros")?.expected).toBeCloseTo(fixture.zeros.expected, 12);
    expect(byName.get("outliers")?.observed).toBe(fixture.outliers.length);
  });

  it("of uniformity have the distance and the limit of R's ks.test", () => {
    expect(kolmogorovDistance(simulated.residuals, places)).toBeCloseTo(fixture.ks.statistic, 12);
    expect(byName.get("uniformity")?.independentPValue).toBeCloseTo(fixture.ks.p, 10);
    const distance = byName.get("uniformity")?.observed ?? Number.NaN;
    const further = ranked.residualsOf.filter((own) => kolmogorovDistance(own, places) >= distance).length;
    expect(byName.get("uniformity")?.pValue).toBe((1 + further) / (responses.length + 1));
  });

  it("rank simulated responses among those of their row, as a plain count does", () => {
    for (const r of [0, 7, 49])
      for (const i of [0, 5, 39]) {
        const row = fixture.simulated.map((own) => own[i]);
        const [less, upTo] = [row.filter((y) => y < row[r]).length, row.filter((y) => y <= row[r]).length];
        expect(ranked.residualsOf[r][i]).toBeGreaterThan(less / 50);
        expect(ranked.residualsOf[r][i]).toBeLessThan(upTo / 50);
        const others = row.filter((_, k) => k !== r);
        expect(ranked.isOutlierOf[r][i]).toBe(
          Number(others.every((y) => y > row[r]) || others.every((y) => y < row[r])),
        );
      }
  });
});

it("Kolmogorov's limit equals its series on either side of 1", () => {
  fixture.tails.forEach((t, k) => {
    expect(kolmogorovTail(t)).toBeCloseTo(fixture.kolmogorov[k], 12);
  });
  expect([kolmogorovTail(0), kolmogorovTail(20), kolmogorovTail(Number.NaN)]).toEqual([1, 0, Number.NaN]);
});

it("the binomial test equals R's", () => {
  fixture.binomial.forEach(([count, trials, probability], k) => {
    expect(binomialTest(count, trials, probability)).toBeCloseTo(fixture.binomialP[k], 10);
  });
  expect([binomialTest(0, 9, 0), binomialTest(1, 9, 0), binomialTest(9, 9, 1)]).toEqual([1, 0, 1]);
});
