import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { aghqMarginal, finelyIntegrated, treeMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { factorMarginal } from "../../../src/marginal/likelihoods/factorMarginal.js";
import { generalLaplace } from "../../../src/marginal/likelihoods/laplace.js";
import { equalNodes, hermiteNodes } from "../../../src/marginal/likelihoods/standardNodes.js";
import { runSync, type Steps } from "../../../src/math/steps.js";
import { numericalGradient } from "../../density/models.js";
import { groupedTable, viewOf } from "../designs.js";

const responses = {
  bernoulli: "binary ~ bernoulli(p)\nlogit(p)",
  binomial: "successes ~ binomial(size, p)\nlogit(p)",
  poisson: "events ~ poisson(mu)\nlog(mu)",
};
const effects = {
  intercepts: "(1 | g)",
  "one slope": "(0 + x2 | g)",
  "two effects": "(1 + x1 | g)",
  "two terms": "(1 + x1 | g) + (0 + x2 | g)",
};
const cases = Object.entries(responses).flatMap(([family, response]) =>
  Object.entries(effects).map(([kind, random]) => ({ family, kind, response, random })),
);

const view1 = (response: string, random: string, rows = 61) =>
  viewOf(`${response} = 1 + x1 + x2 + offset(x1) + ${random}`, groupedTable(5, rows)).view;

/** Lambda with these sds, and one number for the other entries of the lower triangle. */
function valuesAt(view: LatentGaussian, beta: readonly number[], sd: number, below = 0): LatentValues {
  const values = view.values();
  const [{ effects: q, terms }] = view.factors;
  values.beta.set(beta);
  for (let r = 0; r < q; r++) {
    values.Lambda[0][r * (q + 1)] = sd / (1 + r);
    for (let c = 0; c < r && r < terms[0]; c++) values.Lambda[0][r * q + c] = below;
  }
  return values;
}

function refuse(): never {
  throw new Error("the kernel computes it");
}

function kernelMarginal(view: LatentGaussian, points: number) {
  const marginal = factorMarginal(view, points, refuse);
  if (marginal === null) throw new Error("the kernel serves it");
  return marginal;
}

const off = (ours: ArrayLike<number>, theirs: ArrayLike<number>) =>
  Math.max(...Array.from(ours, (value, k) => Math.abs(value - theirs[k]) / (1 + Math.abs(theirs[k]))));

describe.each(cases)("$kind of a $family model", ({ response, random }) => {
  const view = view1(response, random);
  const q = view.factors[0].effects;
  const coefficient = fc.double({ min: -1.5, max: 1.5, noNaN: true });
  const points = fc.constantFrom(...(q === 1 ? [1, 2, 5, 8, 25, 41] : q === 2 ? [1, 2, 5, 8] : [1, 2, 3]));
  const sds = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: q === 1 ? 6 : 2, noNaN: true }));

  it("are integrated as the way for every structure does, derivatives and moments included", () => {
    fc.assert(
      fc.property(fc.tuple(coefficient, coefficient, coefficient), sds, coefficient, points, (beta, sd, below, K) => {
        const values = valuesAt(view, beta, sd, below);
        const [ours, theirs] = [kernelMarginal(view, K), treeMarginal(view, K)];
        const [gradients, expected] = [view.values(), view.values()];
        const value = theirs.evaluate(values, expected);
        expect(Math.abs(ours.evaluate(values, gradients) - value)).toBeLessThan(1e-11 * (1 + Math.abs(value)));
        expect(off(gradients.beta, expected.beta)).toBeLessThan(1e-8);
        expect(off(gradients.Lambda[0], expected.Lambda[0])).toBeLessThan(1e-8);
        const [found, others] = [ours.effects(), theirs.effects()];
        expect(off(found.modes[0], others.modes[0])).toBeLessThan(1e-9);
        expect(off(found.sds[0], others.sds[0])).toBeLessThan(1e-9);
        const [moments, averages] = [ours.effectMoments?.(), theirs.effectMoments?.()];
        expect(moments === undefined).toBe(K === 1);
        if (moments === undefined || averages === undefined || sd < 1e-3) return;
        expect(off(moments.means[0], averages.means[0])).toBeLessThan(1e-9);
        expect(off(moments.sds[0], averages.sds[0])).toBeLessThan(1e-7);
        expect(off(moments.skewness[0], averages.skewness[0])).toBeLessThan(1e-5);
      }),
    );
  });

  it("have the derivatives that differences show, away from convergence too", () => {
    const values = valuesAt(view, [0.3, -0.4, 0.2], 0.9, 0.3);
    const marginal = kernelMarginal(view, 3);
    const lower = Array.from({ length: q * q }, (_, k) => k).filter((k) => k % q <= Math.floor(k / q));
    const flat = ({ beta, Lambda: [Lambda] }: LatentValues) => Float64Array.of(...beta, ...lower.map((k) => Lambda[k]));
    const evaluate = (x: Float64Array) => {
      const moved = view.values();
      moved.beta.set(x.subarray(0, 3));
      lower.forEach((k, i) => {
        moved.Lambda[0][k] = x[3 + i];
      });
      return marginal.evaluate(moved, null);
    };
    const gradients = view.values();
    marginal.evaluate(values, gradients);
    expect(off(flat(gradients), numericalGradient(evaluate, flat(values)))).toBeLessThan(1e-6);
  });

  it("with one point are Laplace's approximation", () => {
    const values = valuesAt(view, [0.3, -0.4, 0.2], 0.9, 0.3);
    const ours = kernelMarginal(view, 1).evaluate(values, null);
    expect(off([ours], [generalLaplace(view).evaluate(values, null)])).toBeLessThan(1e-11);
  });

  it("do not depend on what was computed before, nor on other marginals of the model", () => {
    const [values, others] = [valuesAt(view, [0.3, -0.4, 0.2], 1), valuesAt(view, [-2, 1, 3], 2)];
    const fresh = kernelMarginal(view1(response, random), 4).evaluate(values, null);
    const marginal = kernelMarginal(view, 4);
    marginal.evaluate(others, null);
    expect(off([marginal.evaluate(values, null)], [fresh])).toBeLessThan(1e-12);
    const kept = marginal.effects();
    kernelMarginal(view, 3).evaluate(others, null);
    expect(marginal.effects()).toEqual(kept);
  });

  it("are found from far off", () => {
    const marginal = kernelMarginal(view, 3);
    for (const intercept of [-9, 9, -9]) {
      const values = valuesAt(view, [intercept, 0.5, 0.5], 2);
      expect(off([marginal.evaluate(values, null)], [treeMarginal(view, 3).evaluate(values, null)])).toBeLessThan(
        1e-11,
      );
    }
  });
});

describe.each(Object.entries(responses))("the trapezoidal rule for a %s model", (_family, response) => {
  const sds = fc.double({ min: 0.3, max: 6, noNaN: true });
  const coefficient = fc.double({ min: -1.5, max: 1.5, noNaN: true });

  it.each(["(1 | g)", "(0 + x2 | g)"])("agrees for %s with Gauss-Hermite's where both have converged", (random) => {
    const view = view1(response, random);
    const runs = fc.tuple(coefficient, coefficient, coefficient);
    fc.assert(
      fc.property(runs, fc.double({ min: 0.3, max: 1.5, noNaN: true }), (beta, sd) => {
        const values = valuesAt(view, beta, sd);
        const [ours, theirs] = [finelyIntegrated(view, 61), treeMarginal(view, 91)];
        const [gradients, expected] = [view.values(), view.values()];
        expect(off([ours.evaluate(values, gradients)], [theirs.evaluate(values, expected)])).toBeLessThan(1e-8);
        expect(off(gradients.beta, expected.beta)).toBeLessThan(1e-6);
        expect(off(gradients.Lambda[0], expected.Lambda[0])).toBeLessThan(1e-6);
        const [moments, others] = [ours.effectMoments?.(), theirs.effectMoments?.()];
        if (moments === undefined || others === undefined) throw new Error("quadrature has moments");
        expect(off(moments.means[0], others.means[0])).toBeLessThan(1e-6);
        expect(off(moments.sds[0], others.sds[0])).toBeLessThan(1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it("gives the same from series of exponentials as from each of them", () => {
    const view = view1(response, "(1 | g)");
    const all = { derivatives: true, moments: true };
    fc.assert(
      fc.property(coefficient, sds, fc.constantFrom(25, 41, 91), (intercept, sd, points) => {
        const values = valuesAt(view, [intercept, 0.5, -0.5], sd);
        const integral = view.factorIntegral(points);
        if (integral === null) throw new Error("the kernel serves it");
        const read = () =>
          [integral.module.betaGradient, integral.module.LambdaGradient, integral.module.moments].map((x) => x.slice());
        const value = integral.integrate(values, equalNodes(points), all);
        const found = read();
        expect(off([value], [integral.integrate(values, { ...equalNodes(points), step: 0 }, all)])).toBeLessThan(1e-12);
        read().forEach((expected, k) => {
          expect(off(found[k], expected)).toBeLessThan(1e-10);
        });
      }),
    );
  });
});

describe("the kernel of a single factor", () => {
  it("takes the trapezoidal rule with an effect on one line only", () => {
    const slopes = view1(responses.poisson, "(1 + x1 | g)");
    const values = valuesAt(slopes, [0.3, -0.4, 0.2], 0.9, 0.3);
    const [fine, usual] = [finelyIntegrated(slopes, 9), aghqMarginal(slopes, 9)];
    expect(off([fine.evaluate(values, null)], [usual.evaluate(values, null)])).toBeLessThan(1e-13);
  });

  it("integrates patterns of covariates as it does rows that stand alone", () => {
    for (const { response, random } of cases) {
      const repeated = random.replaceAll("x1", "share").replaceAll("x2", "h");
      const few = view1(response, repeated);
      const values = valuesAt(few, [0.3, -0.4, 0.2], 0.9, 0.3);
      const [gradients, expected] = [few.values(), few.values()];
      const value = treeMarginal(few, 4).evaluate(values, expected);
      expect(off([kernelMarginal(few, 4).evaluate(values, gradients)], [value])).toBeLessThan(1e-11);
      expect(off(gradients.beta, expected.beta)).toBeLessThan(1e-9);
      expect(off(gradients.Lambda[0], expected.Lambda[0])).toBeLessThan(1e-9);
    }
  });

  it("takes levels of thousands of rows", () => {
    for (const { response, random } of cases) {
      const view = view1(response, random, 9001);
      const values = valuesAt(view, [0.3, -0.4, 0.2], 0.9, 0.3);
      const [gradients, expected] = [view.values(), view.values()];
      const value = treeMarginal(view, 3).evaluate(values, expected);
      expect(off([kernelMarginal(view, 3).evaluate(values, gradients)], [value])).toBeLessThan(1e-11);
      expect(off(gradients.Lambda[0], expected.Lambda[0])).toBeLessThan(1e-7);
    }
  });

  it("leaves to the general way an exponential that is too large", () => {
    const view = view1(responses.bernoulli, "(1 | g)");
    const values = valuesAt(view, [-160, 330, 0], 0.5);
    const [gradients, expected] = [view.values(), view.values()];
    const value = treeMarginal(view, 5).evaluate(values, expected);
    expect(
      view.factorIntegral(5)?.integrate(values, hermiteNodes(5, 1), { derivatives: false, moments: false }),
    ).toBeNaN();
    const marginal = aghqMarginal(view, 5);
    expect(marginal.evaluate(values, gradients)).toBe(value);
    expect(gradients).toEqual(expected);
    expect(marginal.effects().modes[0].every(Number.isFinite)).toBe(true);
  });

  it.each([
    ["two factors", responses.poisson, "(1 | g) + (1 | k)"],
    ["another link", "binary ~ bernoulli(p)\nprobit(p)", "(1 | g)"],
    ["another family", "y ~ normal(mu, sigma)\nmu", "(1 | g)"],
  ])("does not serve %s", (_name, response, random) => {
    expect(view1(response, random).factorIntegral(9)).toBeNull();
  });

  it("makes room for more nodes when they are asked for", () => {
    const view = view1(responses.poisson, "(1 + x1 | g)");
    expect(view.factorIntegral(4)?.module.mostNodes).toBe(4);
    expect(view.factorIntegral(2)).toBe(view.factorIntegral(4));
    expect(view.factorIntegral(25)?.module.mostNodes).toBe(25);
  });
});

function* nothing(): Steps<void> {}

describe("an evaluation in advance", () => {
  const view = view1(responses.poisson, effects["two effects"], 3000);
  const evaluation = (marginal: ReturnType<typeof kernelMarginal>, values: LatentValues, isAhead: boolean) => {
    const gradients = view.values();
    if (isAhead) runSync(marginal.inAdvance?.(values, { gradients: true }) ?? nothing());
    return { value: marginal.evaluate(values, gradients), gradients, modes: marginal.standardisedModes?.()[0].slice() };
  };
  const [here, there] = [0.3, 0.4].map((x) => valuesAt(view, [x, 0.2, -0.1], 0.8, 0.1));

  it("is what the next one by the same arguments returns, to the last bit, with as many pauses as it takes", () => {
    const whole = evaluation(kernelMarginal(view, 15), here, false);
    const marginal = kernelMarginal(view1(responses.poisson, effects["two effects"], 3000), 15);
    expect(evaluation(marginal, here, true)).toEqual(whole);
    expect([...(marginal.inAdvance?.(there, { gradients: true }) ?? [])].length).toBeGreaterThan(2);
  });

  it("is not what one at another place, or of other things, returns", () => {
    const marginal = kernelMarginal(view, 15);
    const expected = evaluation(marginal, there, false).value;
    runSync(marginal.inAdvance?.(here, { gradients: true }) ?? nothing());
    expect(marginal.evaluate(there, null)).toBeCloseTo(expected, 9);
    const { gradients } = evaluation(kernelMarginal(view, 15), there, false);
    runSync(marginal.inAdvance?.(there, { gradients: false }) ?? nothing());
    expect(off(evaluation(marginal, there, false).gradients.beta, gradients.beta)).toBeLessThan(1e-9);
  });

  it("takes no time where the integral is short", () => {
    expect(kernelMarginal(view1(responses.poisson, effects.intercepts), 5).inAdvance?.(here, { gradients: true })).toBe(
      null,
    );
  });
});
