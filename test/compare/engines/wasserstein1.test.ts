import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Atoms, marginalAtoms, normalAtoms, probabilityBelow } from "../../../src/compare/engines/atoms.js";
import { wasserstein1 } from "../../../src/compare/engines/wasserstein1.js";
import { tabulatedMarginal } from "../../../src/posterior/densityMarginals.js";

const TOLERANCE = 1e-9;
/** Of a normal distribution by its quantiles. */
const QUANTILE_TOLERANCE = 2e-3;

const number = fc.double({ min: -100, max: 100, noNaN: true });
const draws = fc.array(number, { minLength: 1, maxLength: 30 });
const weighted = fc.array(fc.tuple(number, fc.double({ min: 0.01, max: 1, noNaN: true })), {
  minLength: 1,
  maxLength: 30,
});

const atomsOf = (values: readonly number[]): Atoms =>
  marginalAtoms({ kind: "draws", chains: [Float64Array.from(values)], weights: null });

function weightedAtoms(points: readonly (readonly [number, number])[]): Atoms {
  const total = points.reduce((sum, [, weight]) => sum + weight, 0);
  return marginalAtoms({
    kind: "draws",
    chains: [Float64Array.from(points, ([value]) => value)],
    weights: [Float64Array.from(points, ([, weight]) => weight / total)],
  });
}

const meanOf = ({ values, weights }: Atoms) => values.reduce((sum, value, i) => sum + weights[i] * value, 0);

/** The integral of |F_a - F_b| over the line, which is the same distance. */
function byDistributionFunctions(a: Atoms, b: Atoms): number {
  const ends = [...a.values, ...b.values].sort((x, y) => x - y);
  const below = ({ values, weights }: Atoms, x: number) =>
    values.reduce((sum, value, i) => (value <= x ? sum + weights[i] : sum), 0);
  return ends.reduce(
    (sum, x, i) => (i === 0 ? 0 : sum + (x - ends[i - 1]) * Math.abs(below(a, ends[i - 1]) - below(b, ends[i - 1]))),
    0,
  );
}

describe("the Wasserstein-1 distance", () => {
  it("is the area between the distribution functions", () => {
    fc.assert(
      fc.property(weighted, weighted, (left, right) => {
        const [a, b] = [weightedAtoms(left), weightedAtoms(right)];
        expect(wasserstein1(a, b)).toBeCloseTo(byDistributionFunctions(a, b), 7);
      }),
    );
  });

  it("is a metric that a shift moves by its length, and never less than the difference of the means", () => {
    fc.assert(
      fc.property(draws, draws, draws, number, (left, right, third, by) => {
        const [a, b, c] = [left, right, third].map(atomsOf);
        expect(wasserstein1(a, a)).toBe(0);
        expect(Math.abs(wasserstein1(a, b) - wasserstein1(b, a))).toBeLessThan(TOLERANCE);
        expect(wasserstein1(a, c)).toBeLessThanOrEqual(wasserstein1(a, b) + wasserstein1(b, c) + TOLERANCE);
        expect(wasserstein1(a, b)).toBeGreaterThanOrEqual(Math.abs(meanOf(a) - meanOf(b)) - TOLERANCE);
        const moved = atomsOf(left.map((value) => value + by));
        expect(wasserstein1(a, moved)).toBeCloseTo(Math.abs(by), 9);
      }),
    );
  });

  it("between normal distributions about one mean is the difference of their sds times E|Z|", () => {
    const distance = wasserstein1(normalAtoms(3, 1), normalAtoms(3, 2.5));
    expect(Math.abs(distance - 1.5 * Math.sqrt(2 / Math.PI))).toBeLessThan(QUANTILE_TOLERANCE);
  });

  it("takes a density by its quantiles", () => {
    const uniform = marginalAtoms(tabulatedMarginal(Float64Array.of(0, 1), Float64Array.of(0, 0)));
    expect(wasserstein1(uniform, atomsOf([0.5]))).toBeCloseTo(0.25, 6);
    expect(probabilityBelow(uniform, 0.3)).toBeCloseTo(0.3, 3);
  });
});

describe("the probability below a value", () => {
  it("counts half of what is at it", () => {
    expect(probabilityBelow(atomsOf([1, 2, 2, 5]), 2)).toBe(0.5);
    expect(probabilityBelow(atomsOf([1, 2, 2, 5]), 9)).toBe(1);
    expect(probabilityBelow(atomsOf([1, 2, 2, 5]), 0)).toBe(0);
  });
});
