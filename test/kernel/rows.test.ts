import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { newRowDerivatives } from "../../src/family/rowLikelihoods.js";
import { RowKernel, rowKernelNames } from "../../src/kernel/RowKernel.js";

const seed = 20261124;
/** Of a value relative to 1 + itself and the response; of a derivative relative to the number of trials or 1 + itself and the response. */
const tolerance = 1e-13;

const row = fc.record({
  y: fc.nat({ max: 60 }),
  rest: fc.nat({ max: 40 }),
  eta: fc.oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: -700, max: 700, noNaN: true })),
});

describe.each(rowKernelNames)("%s by rows", (name) => {
  const [familyName, link] = name.split("-");
  const family = families.find((one) => one.name === familyName);
  const likelihood = family?.rowLikelihood(link);

  it("equals the family's plain likelihood but for a constant of each row, and its derivatives", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 33 }), (rows) => {
        const y = Float64Array.from(rows, (one) => (familyName === "bernoulli" ? one.y % 2 : one.y));
        const trials = familyName === "binomial" ? Float64Array.from(rows, (one) => one.y + one.rest) : null;
        const kernel = new RowKernel(name, y, trials);
        kernel.evaluate();
        const atZero = kernel.value.slice();
        kernel.eta.set(rows.map(({ eta }) => eta));
        kernel.evaluate();
        const plain = (i: number, eta: number) => {
          const out = newRowDerivatives(0);
          likelihood?.evaluate(y[i], trials?.[i] ?? 1, eta, [], 3, out);
          return out;
        };
        rows.forEach(({ eta }, i) => {
          const [expected, start] = [plain(i, eta), plain(i, 0)];
          const size = 1 + y[i] + (trials?.[i] ?? 0);
          const near = (actual: number, wanted: number) =>
            expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance * (size + Math.abs(wanted)));
          near(kernel.value[i] - atZero[i], expected.value - start.value);
          near(kernel.dEta[i], expected.dEta);
          near(kernel.dEta2[i], expected.dEta2);
          near(kernel.dEta3[i], expected.dEta3);
        });
      }),
      { seed, numRuns: 200 },
    );
  });

  it("says where there is no value", () => {
    const kernel = new RowKernel(
      name,
      Float64Array.of(1, 1, 1),
      familyName === "binomial" ? Float64Array.of(1, 1, 1) : null,
    );
    kernel.eta.set([0.3, Number.NaN, 0.3]);
    kernel.evaluate();
    expect([...kernel.value].map(Number.isFinite)).toEqual([true, false, true]);
  });
});

it("knows no other rows", () => {
  expect(() => new RowKernel("normal-identity", Float64Array.of(1), null)).toThrow(RangeError);
});
