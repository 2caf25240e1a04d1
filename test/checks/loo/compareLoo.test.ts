import { describe, expect, it } from "vitest";
import { compareLoo } from "../../../src/checks/loo/compareLoo.js";
import { estimateOf, waicOf } from "../../../src/checks/loo/estimates.js";
import { unitScore } from "../../../src/checks/loo/unitScore.js";
import { mixtureWeights } from "../../../src/math/optimize/mixtureWeights.js";
import type { Loo } from "../../../src/summary/CrossValidation.js";
import { fixture, fixtureDraws, logDensitiesOf } from "./fixture.js";

const looOf = (known: (typeof fixture.cases)[number]): Loo => {
  const scores = logDensitiesOf(known).map((logs) => unitScore(logs, fixtureDraws));
  const of = (value: (score: (typeof scores)[number]) => number) => Float64Array.from(scores, value);
  const elpd = of((score) => score.elpd);
  return {
    kind: "loo",
    engine: "nuts",
    method: "importance",
    group: null,
    folds: null,
    draws: fixture.chains * fixture.draws,
    elpd: estimateOf(elpd),
    pLoo: estimateOf(of((score) => score.lpd - score.elpd)),
    looic: estimateOf(elpd.map((value) => -2 * value)),
    mcse: 0,
    waic: waicOf(scores),
    largestReliableK: 0.7,
    unreliable: 0,
    doubtful: 0,
    pointwise: {
      units: fixture.y.map((_, i) => i + 1),
      elpd,
      pLoo: of((score) => score.lpd - score.elpd),
      paretoK: of((score) => score.paretoK),
      mcse: of((score) => score.mcse),
      relativeEfficiency: of((score) => score.relativeEfficiency),
      methods: scores.map(() => "importance"),
    },
    warnings: [],
  };
};

const loos = Object.fromEntries(fixture.cases.map((known) => [known.name, looOf(known)]));

describe("sums over rows, as R's loo has them", () => {
  it.each(fixture.cases)("$name", (known) => {
    const { elpd, pLoo, looic, waic } = loos[known.name];
    const near = (
      { estimate, standardError }: { estimate: number; standardError: number },
      [value, error]: readonly [number, number],
    ) => {
      expect(Math.abs(estimate - value)).toBeLessThan(1e-8);
      expect(Math.abs(standardError - error)).toBeLessThan(1e-8);
    };
    near(elpd, known.loo.elpd_loo);
    near(pLoo, known.loo.p_loo);
    near(looic, known.loo.looic);
    if (waic === null) throw new Error("WAIC is part of importance sampling");
    near(waic.elpd, known.waic.elpd_waic);
    near(waic.pWaic, known.waic.p_waic);
    near(waic.waic, known.waic.waic);
  });
});

describe("fits compared by their cross-validations", () => {
  const { models } = compareLoo(loos);
  const weights = (of: (model: (typeof models)[number]) => number) =>
    fixture.cases.map(({ name }) => models.filter(({ label }) => label === name).map(of)[0]);

  it("have the order, the differences and their standard errors of R's loo", () => {
    expect(models.map(({ label }) => label)).toEqual(fixture.order);
    models.forEach(({ difference }, k) => {
      expect(difference.estimate).toBeCloseTo(fixture.difference[k], 8);
      expect(difference.standardError).toBeCloseTo(fixture.standardError[k], 8);
    });
  });

  it("have its pseudo-BMA weights, and with the bootstrap within its error", () => {
    weights(({ pseudoBmaWeight }) => pseudoBmaWeight).forEach((weight, k) => {
      expect(weight).toBeCloseTo(fixture.pseudoBma[k], 8);
    });
    weights(({ pseudoBmaPlusWeight }) => pseudoBmaPlusWeight).forEach((weight, k) => {
      expect(Math.abs(weight - fixture.pseudoBmaPlus[k])).toBeLessThan(0.012);
    });
  });

  it("have its stacking weights, or better ones", () => {
    const ours = weights(({ stackingWeight }) => stackingWeight);
    const elpds = fixture.cases.map(({ name }) => loos[name].pointwise.elpd);
    const score = (own: readonly number[]) =>
      fixture.y.reduce(
        (sum, _, i) => sum + Math.log(own.reduce((total, w, k) => total + w * Math.exp(elpds[k][i]), 0)),
        0,
      );
    expect(score(ours)).toBeGreaterThan(score(fixture.stacking) - 1e-9);
    ours.forEach((weight, k) => {
      expect(Math.abs(weight - fixture.stacking[k])).toBeLessThan(1e-5);
    });
  });

  it("must have left out the same units", () => {
    const [one, other] = Object.values(loos);
    expect(() => compareLoo({ one })).toThrow("a comparison takes two models or more, not 1");
    expect(() => compareLoo({ one, other: { ...other, group: "g" } })).toThrow(
      '"one" leaves out rows, "other" groups of g; leave out the same',
    );
    const fewer = { ...other, pointwise: { ...other.pointwise, units: other.pointwise.units.slice(1) } };
    expect(() => compareLoo({ one, other: fewer })).toThrow("fit both to the rows that both can use");
  });
});

describe("weights of a mixture", () => {
  it("of components that are alike stay equal, and one that is worse everywhere has none", () => {
    const logs = Float64Array.of(-1, -2, -0.5);
    expect([...mixtureWeights([logs, logs])]).toEqual([0.5, 0.5]);
    const [better, worse] = mixtureWeights([logs, logs.map((value) => value - 1)]);
    expect(better).toBeCloseTo(1, 8);
    expect(worse).toBeCloseTo(0, 8);
  });
});
