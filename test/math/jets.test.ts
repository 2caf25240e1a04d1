import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Jet, JetArithmetic, type JetOrder, writeDerivatives } from "../../src/math/jets.js";

/** Polynomials in (eta, phi_0, phi_1) as coefficients by "power of eta, parameter or none": slow, and plain. */
type Twin = ReadonlyMap<string, number>;
const MONOMIALS = ["0,", "1,", "2,", "3,", "0,0", "1,0", "2,0", "0,1", "1,1", "2,1"];

function twinOf(jet: Jet): Twin {
  return new Map(MONOMIALS.map((monomial, i) => [monomial, jet[i]]));
}

function twinProduct(a: Twin, b: Twin): Twin {
  const out = new Map(MONOMIALS.map((monomial) => [monomial, 0]));
  for (const [left, x] of a)
    for (const [right, y] of b) {
      const [power, parameter] = left.split(",");
      const [otherPower, otherParameter] = right.split(",");
      if (parameter !== "" && otherParameter !== "") continue;
      const monomial = `${Number(power) + Number(otherPower)},${parameter}${otherParameter}`;
      const sum = out.get(monomial);
      if (sum !== undefined) out.set(monomial, sum + x * y);
    }
  return out;
}

/** Any jet of two parameters, with the value in a range. */
function jetOf(jets: JetArithmetic, values: readonly number[]): Jet {
  const out = jets.constant(0);
  out.set(values);
  return out;
}
const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
function anyJet(min: number, max: number) {
  return fc
    .tuple(fc.double({ min, max, noNaN: true }), fc.array(coefficient, { minLength: 9, maxLength: 9 }))
    .map(([value, rest]) => [value, ...rest]);
}

/** The coefficients that an order knows of, in their places. */
function known(jet: Jet, order: JetOrder): number[] {
  const places = [[0], [1, 4, 7], [2, 5, 8], [3, 6, 9]];
  return places.slice(0, order + 1).flatMap((each) => each.map((i) => jet[i]));
}

function expectClose(values: readonly number[], expected: readonly number[], tolerance: number) {
  values.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i])));
  });
}

describe("arithmetic of Taylor polynomials", () => {
  it("multiplies as a plain table of monomials does", () => {
    const jets = new JetArithmetic(2);
    fc.assert(
      fc.property(anyJet(-3, 3), anyJet(-3, 3), (left, right) => {
        jets.start(3);
        const [a, b] = [jetOf(jets, left), jetOf(jets, right)];
        const expected = twinProduct(twinOf(a), twinOf(b));
        expectClose(
          [...jets.multiply(a, b)],
          MONOMIALS.map((monomial) => expected.get(monomial) ?? NaN),
          1e-14,
        );
      }),
      { seed: 41, numRuns: 200 },
    );
  });

  type Unary = (jets: JetArithmetic, a: Jet) => Jet;
  const functions: readonly (readonly [string, Unary, number, number, Unary])[] = [
    // A function, the values it takes, and another way to it.
    ["exp of log", (jets, a) => jets.exp(jets.log(a)), 0.2, 5, (_, a) => a],
    ["log1p", (jets, a) => jets.log1p(a), -0.5, 5, (jets, a) => jets.log(jets.linear(1, a, 1))],
    ["the square of sqrt", (jets, a) => jets.multiply(jets.sqrt(a), jets.sqrt(a)), 0.2, 5, (_, a) => a],
    ["power", (jets, a) => jets.power(a, -1.7), 0.2, 5, (jets, a) => jets.exp(jets.linear(-1.7, jets.log(a), 0))],
    [
      "divide",
      (jets, a) => jets.multiply(jets.divide(a, jets.linear(1, a, 1)), jets.linear(1, a, 1)),
      0.2,
      5,
      (_, a) => a,
    ],
    // log Gamma(1 + x) = log x + log Gamma(x)
    [
      "lgamma",
      (jets, a) => jets.lgamma(jets.linear(1, a, 1)),
      0.2,
      40,
      (jets, a) => jets.add(jets.log(a), jets.lgamma(a)),
    ],
    [
      "saddlePointHeight",
      (jets, a) => jets.saddlePointHeight(a),
      0.2,
      40,
      (jets, a) => jets.subtract(jets.multiply(a, jets.log(a)), jets.add(a, jets.lgamma(a))),
    ],
    [
      "logSumExp",
      (jets, a) => jets.exp(jets.logSumExp(a, jets.linear(2, a, -1))),
      -2,
      2,
      (jets, a) => jets.add(jets.exp(a), jets.exp(jets.linear(2, a, -1))),
    ],
  ];
  it.each(functions)("%s holds its identity, at every order", (_, f, min, max, other) => {
    const jets = new JetArithmetic(2);
    fc.assert(
      fc.property(anyJet(min, max), (values) => {
        for (const order of [0, 1, 2, 3] as const) {
          jets.start(order);
          const a = jetOf(jets, values);
          expectClose(known(f(jets, a), order), known(other(jets, a), order), 1e-10);
        }
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  it.each([-30, -5.1, -4.9, -0.3, 0, 2, 6])("logNormalCdf at %d has the derivatives of its hazard", (z) => {
    const jets = new JetArithmetic(1);
    const at = (x: number) => {
      jets.start(3);
      const jet = jets.logNormalCdf(jets.variable(x));
      return [jet[0], jet[1], 2 * jet[2], 6 * jet[3]];
    };
    const h = 1e-4;
    const [before, here, after] = [at(z - h), at(z), at(z + h)];
    for (let k = 1; k <= 3; k++) {
      const difference = (after[k - 1] - before[k - 1]) / (2 * h);
      expect(Math.abs(difference - here[k])).toBeLessThan(1e-6 * Math.max(1, Math.abs(here[k])));
    }
  });

  it("gives the derivatives of exp(eta phi_0) / phi_1", () => {
    const jets = new JetArithmetic(2);
    jets.start(3);
    const [eta, phi, psi] = [0.3, 1.2, 0.7];
    const jet = jets.divide(
      jets.exp(jets.multiply(jets.variable(eta), jets.parameter(0, phi))),
      jets.parameter(1, psi),
    );
    const [dPhi, dEtaPhi, dEta2Phi] = [0, 0, 0].map(() => new Float64Array(2));
    const out = { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dPhi, dEtaPhi, dEta2Phi };
    writeDerivatives(jet, out);
    const f = Math.exp(eta * phi) / psi;
    expectClose([out.value, out.dEta, out.dEta2, out.dEta3], [f, phi * f, phi ** 2 * f, phi ** 3 * f], 1e-14);
    expectClose([...dPhi], [eta * f, -f / psi], 1e-14);
    expectClose([...dEtaPhi], [(1 + eta * phi) * f, (-phi * f) / psi], 1e-14);
    expectClose([...dEta2Phi], [(2 * phi + eta * phi ** 2) * f, (-(phi ** 2) * f) / psi], 1e-14);
  });

  it("hands out the same arrays for the next row", () => {
    const jets = new JetArithmetic(1);
    jets.start(3);
    const first = jets.exp(jets.variable(1));
    jets.start(3);
    expect(jets.exp(jets.variable(2))).toBe(first);
  });
});
