import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { planConvergence } from "../../src/diagnostics/convergence.js";
import { essBulk, essMean, essMedian, essQuantile, essSd, essTail } from "../../src/diagnostics/ess.js";
import { mcseMean, mcseMedian, mcseQuantile, mcseSd } from "../../src/diagnostics/mcse.js";
import { quantileOfSorted } from "../../src/diagnostics/quantile.js";
import { rhat } from "../../src/diagnostics/rhat.js";
import { sortDraws } from "../../src/diagnostics/sortDraws.js";

const RELATIVE_TOLERANCE = 1e-8;

/** Numbers, or "Inf", "-Inf", "NaN". */
type FixtureNumber = number | string;
interface Fixture {
  readonly probs: readonly number[];
  readonly cases: readonly {
    readonly name: string;
    readonly chains: readonly (readonly FixtureNumber[])[];
    readonly expected: Readonly<Record<string, FixtureNumber | readonly FixtureNumber[]>>;
  }[];
}

const path = new URL("../../validation/fixtures/diagnostics/posterior.fixture.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(path, "utf8"));

function number(value: FixtureNumber): number {
  return typeof value === "number" ? value : Number(value.replace("Inf", "Infinity"));
}

function numbers(value: FixtureNumber | readonly FixtureNumber[]): number[] {
  return typeof value === "number" || typeof value === "string" ? [number(value)] : value.map(number);
}

const atEveryProbability =
  (statistic: (chains: readonly Float64Array[], probability: number) => number) => (chains: readonly Float64Array[]) =>
    fixture.probs.map((probability) => statistic(chains, probability));

const statistics: Record<string, (chains: readonly Float64Array[]) => number | number[]> = {
  rhat,
  essBulk,
  essTail,
  essMean,
  essSd,
  essMedian,
  essQuantile: atEveryProbability(essQuantile),
  mcseMean,
  mcseSd,
  mcseMedian,
  mcseQuantile: atEveryProbability(mcseQuantile),
  quantile: atEveryProbability((chains, probability) => quantileOfSorted(sortDraws(chains).values, probability)),
};

function expectEqual(actual: number, expected: number, what: string): void {
  const error = Object.is(actual, expected) ? 0 : Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-300);
  expect(error, `${what}: ${actual} for ${expected}`).toBeLessThan(RELATIVE_TOLERANCE);
}

describe.each(fixture.cases)("as R's posterior package: $name", ({ chains: rows, expected }) => {
  const chains = rows.map((row) => Float64Array.from(row, number));

  it.each(Object.keys(expected))("%s", (name) => {
    const actual = [statistics[name](chains)].flat();
    const values = numbers(expected[name]);
    expect(actual).toHaveLength(values.length);
    values.forEach((value, i) => {
      expectEqual(actual[i], value, `${name} ${i}`);
    });
  });

  it("the plan for many quantities gives the same, again and again", () => {
    const diagnose = planConvergence(chains.length, chains[0].length);
    const other = chains.map((chain) => chain.map((_, i) => Math.sin(i)));
    diagnose(other, sortDraws(other));
    const convergence = diagnose(chains, sortDraws(chains));
    for (const [name, value] of Object.entries(convergence)) {
      expectEqual(value, numbers(expected[name])[0], name);
    }
  });
});
