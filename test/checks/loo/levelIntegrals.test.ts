import { describe, expect, it } from "vitest";
import { levelIntegrals } from "../../../src/checks/loo/levelIntegrals.js";
import { nestedChain } from "../../../src/checks/loo/RowTree.js";
import { prepareModel } from "../../../src/fit/prepare.js";
import { logSumExp } from "../../../src/math/logSumExp.js";

const rows = 24;
const district = Array.from({ length: rows }, (_, i) => `d${Math.floor(i / 12)}`);
const school = Array.from({ length: rows }, (_, i) => `s${Math.floor(i / 6)}`);
const pupil = Array.from({ length: rows }, (_, i) => `p${Math.floor(i / 2)}`);
const week = Array.from({ length: rows }, (_, i) => `w${i % 4}`);
const x = Array.from({ length: rows }, (_, i) => ((i * 7) % 11) / 5 - 1);
const counts = Array.from({ length: rows }, (_, i) => (i * 5) % 7);
const data = { y: counts, z: counts.map((y) => Number(y > 2)), x, district, school, pupil, week };

const logPoisson = (y: number, eta: number) =>
  y * eta - Math.exp(eta) - Array.from({ length: y }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0);
const logBernoulli = (y: number, eta: number) => -Math.log1p(Math.exp(y === 1 ? -eta : eta));

/** log of the integral of exp(f(u)) over a standard normal u, by the trapezoidal rule. */
function integrated(f: (u: number) => number): number {
  const step = 0.1;
  const terms = Array.from({ length: 161 }, (_, k) => {
    const u = -8 + k * step;
    return f(u) - 0.5 * u * u;
  });
  return logSumExp(terms) + Math.log(step / Math.sqrt(2 * Math.PI));
}

interface Case {
  readonly name: string;
  readonly model: string;
  readonly logDensity: (i: number, eta: number) => number;
}
const cases: readonly Case[] = [
  { name: "counts", model: "y ~ poisson(mu)\nlog(mu) = ", logDensity: (i, eta) => logPoisson(counts[i], eta) },
  { name: "binary", model: "z ~ bernoulli(p)\nlogit(p) = ", logDensity: (i, eta) => logBernoulli(data.z[i], eta) },
];

describe.each(cases)("levels with those nested in them: $name", ({ model, logDensity }) => {
  it("have the integral that brute force has; effects of other factors are as drawn", () => {
    const { compiled, design } = prepareModel(`${model}1 + x + (1 | school) + (1 | pupil) + (1 | week)`, data);
    const { parameters, randomEffects } = compiled.quantities;
    const at = compiled.rowsAtDraws();
    const values = new Map([
      ["beta[Intercept]", 0.4],
      ["beta[x]", 0.5],
      ["sd[school, Intercept]", 0.9],
      ["sd[pupil, Intercept]", 0.6],
      ["sd[week, Intercept]", 1],
      ["b[week, w2, Intercept]", 0.7],
    ]);
    const names = [...parameters, ...randomEffects.map(({ name }) => name)];
    // Effects that are integrated out may be any.
    const draw = Float64Array.from(names, (name, k) => values.get(name) ?? (name.startsWith("b[week") ? 0 : k % 3));
    const factor = at.factors.find(({ name }) => name === "school");
    if (factor === undefined) throw new Error("no school");
    const chain = nestedChain(factor, at.factors);
    expect(chain.map(({ name }) => name)).toEqual(["school", "pupil"]);
    const integrals = levelIntegrals(at, chain);
    const integral = integrals.at(draw);
    for (const [g, own] of integrals.rowsOf.entries()) {
      const inTable = [...own].map((row) => design.rowIndex[row]);
      const eta = (i: number) => 0.4 + 0.5 * x[i] + (week[i] === "w2" ? 0.7 : 0);
      const brute = integrated((u) =>
        [...new Set(inTable.map((i) => pupil[i]))].reduce((sum, one) => {
          const rowsOfOne = inTable.filter((i) => pupil[i] === one);
          const given = (v: number) =>
            rowsOfOne.reduce((total, i) => total + logDensity(i, eta(i) + 0.9 * u + 0.6 * v), 0);
          return sum + integrated(given);
        }, 0),
      );
      expect(Math.abs(integral(integrals.tree(own)) - brute), `school ${g}`).toBeLessThan(1e-5);
    }
  });
});

it("chains factors by nesting, the coarser first, and leaves out what crosses", () => {
  const { compiled } = prepareModel(
    "y ~ poisson(mu)\nlog(mu) = 1 + (1 | pupil) + (1 | week) + (1 | district) + (1 + x | school)",
    data,
  );
  const { factors } = compiled.rowsAtDraws();
  const chainOf = (name: string) =>
    factors
      .filter((factor) => factor.name === name)
      .map((factor) => nestedChain(factor, factors).map((one) => one.name));
  expect(chainOf("district")).toEqual([["district", "school", "pupil"]]);
  expect(chainOf("school")).toEqual([["school", "pupil"]]);
  expect(chainOf("pupil")).toEqual([["pupil"]]);
  expect(chainOf("week")).toEqual([["week"]]);
});

it("has the integral over three levels, one of them with slopes", () => {
  const text = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | district) + (1 + x | school) + (1 | pupil)";
  const { compiled } = prepareModel(text, data);
  const at = compiled.rowsAtDraws();
  const [factor] = at.factors.filter(({ name }) => name === "district");
  const { rowsOf, tree, at: atDraw } = levelIntegrals(at, nestedChain(factor, at.factors));
  const names = compiled.quantities.parameters;
  const parameters = new Map([
    ["beta[Intercept]", 1],
    ["sd[district, Intercept]", 0.5],
    ["sd[school, Intercept]", 0.4],
    ["sd[school, x]", 0.3],
    ["cor[school, Intercept, x]", -0.4],
    ["sd[pupil, Intercept]", 0.3],
  ]);
  expect(names.every((name) => parameters.has(name))).toBe(true);
  const draw = new Float64Array(names.length + compiled.quantities.randomEffects.length);
  names.forEach((name, k) => {
    draw[k] = parameters.get(name) ?? Number.NaN;
  });
  const nodes = Array.from({ length: 13 }, (_, k) => -4.8 + 0.8 * k);
  const mean = (f: (u: number) => number) =>
    logSumExp(nodes.map((u) => f(u) - 0.5 * u * u)) + Math.log(0.8 / Math.sqrt(2 * Math.PI));
  const groups = (own: readonly number[], of: readonly string[]) =>
    [...new Set(own.map((i) => of[i]))].map((one) => own.filter((i) => of[i] === one));
  const integral = atDraw(draw);
  for (const own of rowsOf) {
    const brute = mean((d) =>
      groups([...own], school).reduce((sum, inSchool) => {
        const bySlope = (s: number) =>
          mean((t) => {
            const slope = 0.3 * (-0.4 * s + Math.sqrt(1 - 0.16) * t);
            return groups(inSchool, pupil).reduce((total, inPupil) => {
              const given = (v: number) =>
                inPupil.reduce(
                  (t2, i) => t2 + logPoisson(counts[i], 1 + 0.5 * d + 0.4 * s + slope * x[i] + 0.3 * v),
                  0,
                );
              return total + mean(given);
            }, 0);
          });
        return sum + mean(bySlope);
      }, 0),
    );
    expect(Math.abs(integral(tree(own)) - brute)).toBeLessThan(1e-4);
  }
});
