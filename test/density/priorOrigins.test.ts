import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { productsByName } from "../../src/density/priorOrigins.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { processorTime } from "../processorTime.js";
import { uniforms } from "./models.js";

/** Counts at sites over ten years; `elapsed` are the years since the first, `arm` has two levels. */
function surveys() {
  const next = uniforms(8);
  const rows = Array.from({ length: 120 }, (_, i) => ({ site: `s${i % 12}`, year: 2005 + Math.floor(i / 12) }));
  return {
    site: rows.map(({ site }) => site),
    year: rows.map(({ year }) => year),
    elapsed: rows.map(({ year }) => year - 2005),
    arm: rows.map((_, i) => "ab"[i % 2]),
    dose: rows.map(() => next()),
    n: rows.map((_, i) => i % 7),
  };
}

function warnings(formula: string, ...priors: string[]) {
  const { problems } = prepareModel(["n ~ poisson(mu)", `log(mu) = ${formula}`, ...priors].join("\n"), surveys());
  return problems.filter(({ code }) => code === "prior-origin");
}

describe("priors about a covariate's zero far from its values", () => {
  it("are warned of, with the way out", () => {
    const [warning, ...others] = warnings("year + (year | site)");
    expect(others).toEqual([]);
    expect(warning.severity).toBe("warning");
    expect(warning.message).toBe(
      "priors at year = 0, far from its values (2005 to 2014): with sd[site, year] at the median of its prior sd[site, Intercept] is " +
        "1332, which its prior, student_t(3, 0, 2.5), all but rules out; prior and data may then have a mode each, of which an engine may " +
        "find one",
    );
    expect(warning.hint).toBe(
      "write center(year) for year, which leaves the model as it is and makes these priors about its mean; or state priors that are " +
        "meant at year = 0",
    );
    expect(warning.span).toEqual({ start: 33, end: 46 });
  });

  it("are none where the covariate is centred, near zero, or no intercept stands beside it", () => {
    for (const formula of [
      "year + (1 | site)",
      "center(year) + (center(year) | site)",
      "elapsed + (elapsed | site)",
      "year + (year || site)",
      "year + (0 + year | site)",
      "arm * dose + (dose | site)",
      "poly(year, 2) + (poly(year, 2) | site)",
      "scale(year) * arm + (1 | site)",
    ])
      expect(warnings(formula), formula).toEqual([]);
  });

  it("are judged as they are stated, too", () => {
    const wide = "prior sd[site, Intercept] ~ half_normal(2000)";
    expect(warnings("year + (year | site)", wide)).toEqual([]);
    const small = "prior sd[site, year] ~ half_normal(0.002)";
    expect(warnings("year + (year | site)", small)).toEqual([]);
    const [narrow] = warnings("year + (year | site)", "prior sd ~ exponential(1)");
    expect(narrow.message).toContain("exponential(1)");
    expect(warnings("year + (year | site)", "prior sd ~ flat()")).toEqual([]);
  });

  it("may be on the raw intercept, which a default one never is", () => {
    const [warning] = warnings("year + (1 | site)", "prior beta[Intercept] ~ normal(0, 5)");
    expect(warning.message).toContain("with beta[year] at the median of its prior beta[Intercept] is +-");
    expect(warnings("year + (1 | site)", "prior intercept ~ normal(0, 5)")).toEqual([]);
  });

  it("take the scale of a product from its other part", () => {
    const [warning] = warnings("year * arm + (1 | site)");
    expect(warning.message).toMatch(
      /^priors at year = 0, far from its values \(2005 to 2014\): the default prior on beta\[year:arm\.b\], normal\(0, 0\.00\d+\), takes its scale from a product that at such values of year is nearly a multiple of arm\.b$/,
    );
    expect(warnings("year * dose + (1 | site)")).toHaveLength(1);
    expect(warnings("year + (0 + arm + year:arm | site)")[0].message).toContain("sd[site, arm.a:year]");
  });
});

describe("columns that are products of others, by their names", () => {
  /** Every pair looked at. */
  const plain = (names: readonly string[]) =>
    names.flatMap((base, b) =>
      names.flatMap((slope, s) => {
        const [own, others] = [slope.split(":"), base.split(":")];
        const rest = own.filter((name) => !others.includes(name));
        const isProduct = base === "Intercept" ? own.length === 1 : own.length === others.length + 1;
        return b !== s && rest.length === 1 && isProduct ? [{ base: b, slope: s, covariate: rest[0] }] : [];
      }),
    );

  it("are those that comparing all pairs finds", () => {
    const parts = fc.uniqueArray(fc.constantFrom("a", "b", "c", "x", "z"), { minLength: 1, maxLength: 4 });
    const names = fc.uniqueArray(
      parts.map((all) => all.join(":")),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(names, fc.boolean(), (columns, hasIntercept) => {
        const all = hasIntercept ? ["Intercept", ...columns] : columns;
        expect(productsByName(all)).toEqual(plain(all));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("are found in no time among thousands", () => {
    const names = Array.from({ length: 20_000 }, (_, k) =>
      k === 0 ? "Intercept" : k % 3 === 0 ? `x${k - 1}:x${k - 2}` : `x${k}`,
    );
    const start = processorTime();
    expect(productsByName(names).length).toBeGreaterThan(20_000);
    expect(processorTime() - start).toBeLessThan(5000);
  });
});
