import { describe, expect, it } from "vitest";
import { unitScore } from "../../../src/checks/loo/unitScore.js";
import { fixture, fixtureDraws, logDensitiesOf } from "./fixture.js";

const furthest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

describe.each(fixture.cases)("scores of rows as R's loo has them: $name", (known) => {
  const scores = logDensitiesOf(known).map((logs) => unitScore(logs, fixtureDraws));

  it("relative efficiencies", () => {
    expect(
      furthest(
        scores.map((score) => score.relativeEfficiency),
        known.relativeEfficiency,
      ),
    ).toBeLessThan(1e-9);
  });

  it("elpd, effective parameters and Pareto k of each row", () => {
    expect(
      furthest(
        scores.map((score) => score.elpd),
        known.elpd,
      ),
    ).toBeLessThan(1e-9);
    expect(
      furthest(
        scores.map((score) => score.lpd - score.elpd),
        known.pLoo,
      ),
    ).toBeLessThan(1e-9);
    expect(
      furthest(
        scores.map((score) => score.paretoK),
        known.paretoK,
      ),
    ).toBeLessThan(1e-9);
  });

  it("WAIC of each row", () => {
    expect(
      furthest(
        scores.map((score) => score.lpd - score.pWaic),
        known.elpdWaic,
      ),
    ).toBeLessThan(1e-9);
  });
});

describe("scores from weighted draws", () => {
  const [logs] = logDensitiesOf(fixture.cases[0]);
  const equal = unitScore(logs, { ...fixtureDraws, areOfChains: false });

  it("are those of equal draws where the weights are equal", () => {
    const weights = new Float64Array(logs.length).fill(-Math.log(logs.length));
    const score = unitScore(logs, { ...fixtureDraws, areOfChains: false, logWeights: weights });
    expect(score.elpd).toBeCloseTo(equal.elpd, 12);
    expect(score.lpd).toBeCloseTo(equal.lpd, 12);
    expect(score.paretoK).toBeCloseTo(equal.paretoK, 10);
  });

  it("do not see draws of weight zero", () => {
    const more = Float64Array.from([...logs, Number.NEGATIVE_INFINITY, -1e9]);
    const weights = more.map((_, s) => (s < logs.length ? -Math.log(logs.length) : Number.NEGATIVE_INFINITY));
    const score = unitScore(more, { chains: [more.length], areOfChains: false, logWeights: weights });
    expect(score.lpd).toBeCloseTo(equal.lpd, 12);
    expect(score.elpd).toBeCloseTo(equal.elpd, 2); // the tail is that of 600 draws or of 602
  });
});
