import { describe, expect, it } from "vitest";
import { constantMarginal } from "../../src/posterior/densityMarginals.js";
import type { Marginal, Posterior } from "../../src/posterior/Posterior.js";
import { drawsCsv } from "../../src/report/drawsCsv.js";

function posteriorOf(marginals: Readonly<Record<string, Marginal>>): Posterior {
  return {
    engine: "test",
    parameters: Object.entries(marginals).map(([name, marginal]) => ({ name, marginal })),
    randomEffects: [],
    record: { options: {}, partial: false, chains: [] },
  };
}

const draws = (...chains: number[][]): Marginal => ({
  kind: "draws",
  chains: chains.map((chain) => Float64Array.from(chain)),
  weights: null,
});

describe("draws.csv", () => {
  it("has a line a draw, numbers as they are, names quoted where they must be", () => {
    const posterior = posteriorOf({
      "beta[x]": draws([0.1, -2e-300], [1 / 3]),
      "sd[subject, Intercept]": draws([1, 2], [3]),
      'beta[site."A"]': draws([NaN, Infinity], [-0]),
    });
    expect([...drawsCsv(posterior)].join("")).toBe(
      [
        'chain,draw,beta[x],"sd[subject, Intercept]","beta[site.""A""]"',
        "1,1,0.1,1,NaN",
        "1,2,-2e-300,2,Infinity",
        "2,1,0.3333333333333333,3,0",
        "",
      ].join("\n"),
    );
  });

  it("has random effects after the parameters", () => {
    const effect = { name: "b[g, 1, x]", factor: "g", level: "1", coefficient: "x", marginal: draws([5]) };
    const posterior = { ...posteriorOf({ sigma: draws([2]) }), randomEffects: [effect] };
    expect([...drawsCsv(posterior)]).toEqual(['chain,draw,sigma,"b[g, 1, x]"\n', "1,1,2,5\n"]);
  });

  it.each<[string, Marginal]>([
    ["a density", constantMarginal(0)],
    ["weighted draws", { kind: "draws", chains: [Float64Array.of(1, 2)], weights: [Float64Array.of(0.25, 0.75)] }],
  ])("refuses %s", (_, marginal) => {
    expect(() => [...drawsCsv(posteriorOf({ sigma: marginal }))]).toThrow(
      "draws.csv needs equally weighted draws, and test has none of sigma\n  take an engine that samples",
    );
  });
});
