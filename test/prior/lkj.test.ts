import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lkj } from "../../src/prior/lkj.js";
import { makeCholeskyCorrelation } from "../../src/transform/choleskyCorrelation.js";
import { make } from "./fixture.js";

const shapes = [0.5, 0.8, 1, 2, 7.5];
const DENSITY_TOLERANCE = 1e-11;
/** The trapezoidal rule's error here is of the order of exp(-pi^2 / step). */
const STEP = 0.25;

/** Calls `visit` with the probability mass of each point of a grid over all unconstrained values, and with its factor L. */
function overGrid(q: number, eta: number, reach: number, visit: (mass: number, L: Float64Array) => void): void {
  const { size, constrain } = makeCholeskyCorrelation(q);
  const density = lkj(q, eta);
  const u = new Float64Array(size);
  const L = new Float64Array(q * q);
  const fill = (k: number): void => {
    if (k === size) {
      const logJacobian = constrain(u, 0, L);
      visit(Math.exp(density.logDensity(L) + logJacobian) * STEP ** size, L);
      return;
    }
    for (u[k] = -reach; u[k] <= reach; u[k] += STEP) fill(k + 1);
  };
  fill(0);
}

describe("lkj", () => {
  it("gives two variables a correlation that is beta(eta, eta) on (-1, 1)", () => {
    for (const eta of shapes) {
      const beta = make("beta", eta, eta);
      for (const rho of [-0.999, -0.4, 0, 0.7, 0.99]) {
        const factor = new Float64Array([1, 0, rho, Math.sqrt(1 - rho * rho)]);
        const expected = beta.logDensity((1 + rho) / 2) - Math.LN2;
        expect(Math.abs(lkj(2, eta).logDensity(factor) - expected)).toBeLessThan(DENSITY_TOLERANCE);
      }
    }
  });

  it("is uniform over three by three correlation matrices at eta = 1, whose volume is pi^2 / 2", () => {
    // d R / d L = L(2,2), and a density 2 / pi^2 in R.
    const L = new Float64Array([1, 0, 0, 0.6, 0.8, 0, 0, 0.6, 0.8]);
    expect(lkj(3, 1).logDensity(L)).toBeCloseTo(Math.log(2 / Math.PI ** 2) + Math.log(0.8), 12);
  });

  it("integrates to one for two and for three variables", () => {
    for (const [q, eta, reach] of [
      [2, 0.5, 30],
      [2, 3, 15],
      [3, 0.8, 17],
      [3, 2, 8],
    ]) {
      let total = 0;
      overGrid(q, eta, reach, (mass) => {
        total += mass;
      });
      expect(Math.abs(total - 1), `q = ${q}, eta = ${eta}`).toBeLessThan(1e-9);
    }
  });

  it("gives all correlations the same marginal distribution, of variance 1 / (2 eta + q - 1)", () => {
    const [eta, variances] = [1.5, [0, 0, 0]];
    overGrid(3, eta, 11, (mass, L) => {
      const correlations = [L[3], L[6], L[3] * L[6] + L[4] * L[7]];
      correlations.forEach((r, k) => {
        variances[k] += mass * r * r;
      });
    });
    for (const variance of variances) expect(Math.abs(variance - 1 / (2 * eta + 2))).toBeLessThan(1e-9);
  });

  it("adds its gradient", () => {
    const bounded = fc.double({ min: -2, max: 2, noNaN: true });
    const size = fc.integer({ min: 2, max: 5 });
    const input = size.chain((q) => fc.tuple(fc.constant(q), fc.array(bounded, { minLength: 10, maxLength: 10 })));
    fc.assert(
      fc.property(input, fc.constantFrom(...shapes), ([q, u], eta) => {
        const L = new Float64Array(q * q);
        makeCholeskyCorrelation(q).constrain(new Float64Array(u), 0, L);
        const density = lkj(q, eta);
        const gradient = new Float64Array(q * q).fill(1);
        density.addGradient(L, gradient);
        L.forEach((entry, k) => {
          const h = 1e-5 * Math.max(Math.abs(entry), 1e-3);
          const at = (shift: number) => density.logDensity(L.map((value, i) => (i === k ? value + shift : value)));
          const numerical = (at(h) - at(-h)) / (2 * h);
          expect(Math.abs(gradient[k] - 1 - numerical) / (1 + Math.abs(numerical))).toBeLessThan(1e-6);
        });
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("is zero where the matrix is singular", () => {
    for (const eta of shapes) expect(lkj(2, eta).logDensity(new Float64Array([1, 0, 1, 0]))).toBe(-Infinity);
  });
});
