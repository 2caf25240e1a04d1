import { describe, expect, test, vi } from "vitest";
import { tabulatedMarginal } from "../../src/posterior/densityMarginals.js";
import { joinChains } from "../../src/posterior/joinChains.js";
import type { ChainRecord, Posterior, Quantity } from "../../src/posterior/Posterior.js";
import { type ChainDraws, posteriorFromChains } from "../../src/posterior/posteriorFromChains.js";
import { drawsOf, findQuantity, hasJointDraws, withDraws, withJointDraws } from "../../src/posterior/quantities.js";

function recordOf(chain: number, draws: number): ChainRecord {
  return {
    chain,
    logDensity: new Float64Array(draws),
    divergent: new Uint8Array(draws),
    treeDepth: new Uint8Array(draws),
    energy: new Float64Array(draws),
    acceptance: new Float64Array(draws),
    stepSize: 1,
    maxTreeDepth: 10,
    gradientEvaluations: { warmup: 0, sampling: 0 },
    seconds: { warmup: 0, sampling: 0 },
  };
}

const effect = { name: "b[g, 1, Intercept]", factor: "g", level: "1", coefficient: "Intercept" };
const quantities = { parameters: ["beta[Intercept]", "sigma"], randomEffects: [effect] };
const end = {
  position: Float64Array.of(0),
  stepSize: 0.5,
  metric: "diagonal",
  inverseMassMatrix: Float64Array.of(1),
} as const;
const whole: ChainDraws = {
  draws: 2,
  values: Float64Array.of(1, 2, 10, 20, 100, 200),
  isPartial: false,
  record: recordOf(1, 2),
  end,
};
const part: ChainDraws = {
  draws: 1,
  values: Float64Array.of(3, 30, 300),
  isPartial: true,
  record: recordOf(2, 1),
  end: { ...end, stepSize: 0.25 },
};
const empty: ChainDraws = { draws: 0, values: new Float64Array(0), isPartial: true, record: recordOf(3, 0), end };

describe("a posterior from chains", () => {
  const posterior = posteriorFromChains("nuts", quantities, [whole, part, empty], { draws: 2 });

  test("has every quantity's draws by chain", () => {
    const draws = (name: string) => drawsOf(posterior, name).map((chain) => [...chain]);
    expect(draws("beta[Intercept]")).toEqual([[1, 2], [3], []]);
    expect(draws("sigma")).toEqual([[10, 20], [30], []]);
    expect(draws("b[g, 1, Intercept]")).toEqual([[100, 200], [300], []]);
  });

  test("keeps names, options and the chains' own accounts", () => {
    expect(posterior.engine).toBe("nuts");
    expect(posterior.parameters.map(({ name }) => name)).toEqual(quantities.parameters);
    expect(posterior.randomEffects[0]).toMatchObject(effect);
    expect(posterior.record.options).toEqual({ draws: 2 });
    expect(posterior.record.chains.map(({ chain }) => chain)).toEqual([1, 2, 3]);
  });

  test("is partial if a chain is", () => {
    expect(posterior.record.partial).toBe(true);
    expect(posteriorFromChains("nuts", quantities, [whole], {}).record.partial).toBe(false);
  });

  test("refuses values that do not fit the names", () => {
    const odd = { ...whole, values: new Float64Array(5) };
    expect(() => posteriorFromChains("nuts", quantities, [odd], {})).toThrow(
      "chain 1 has 5 values, not 3 quantities x 2 draws",
    );
  });

  test("finds a quantity by name, or says which there are", () => {
    expect(findQuantity(posterior, "sigma")).toBe(posterior.parameters[1]);
    expect(findQuantity(posterior, "b[g, 1, Intercept]")).toBe(posterior.randomEffects[0]);
    expect(findQuantity(posterior, "phi")).toBeUndefined();
    expect(() => drawsOf(posterior, "phi")).toThrow(
      'no quantity "phi" in the posterior\n  it has beta[Intercept], sigma, b[g, 1, Intercept]',
    );
  });

  test("tells apart a marginal that has no draws", () => {
    const marginal = tabulatedMarginal(Float64Array.of(-1, 1), Float64Array.of(0, 0));
    const approximate: Posterior = { ...posterior, engine: "inla", parameters: [{ name: "sigma", marginal }] };
    expect(() => drawsOf(approximate, "sigma")).toThrow(
      "sigma has no draws: inla gives its marginal by its density\n  take that, by evaluateMarginal, or an engine that samples",
    );
  });

  test("takes the joint draws of a quantity that is known by its density", () => {
    const marginal = tabulatedMarginal(Float64Array.of(-1, 1), Float64Array.of(0, 0));
    const [first, second, third] = [1, 2, 3].map((value) => Float64Array.of(value, value));
    const jointDraws = vi.fn(() =>
      [first, second, third].map((chain) => ({ kind: "draws", chains: [chain], weights: null }) as const),
    );
    const known = (quantity: Quantity) => ({ ...quantity, marginal });
    const densities: Posterior = {
      ...posterior,
      parameters: posterior.parameters.map(known),
      randomEffects: posterior.randomEffects.map((effect) => ({ ...effect, marginal })),
    };
    const approximate = withJointDraws(densities, jointDraws);
    expect([hasJointDraws(approximate), hasJointDraws(densities)]).toEqual([true, false]);
    expect(() => drawsOf(approximate, "phi")).toThrow('no quantity "phi"');
    expect(jointDraws).not.toHaveBeenCalled();
    expect(drawsOf(approximate, "sigma")).toEqual([second]);
    const drawn = withDraws(approximate);
    expect(drawn.parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "sigma"]);
    expect(drawn.randomEffects[0]).toMatchObject({ factor: "g", marginal: { kind: "draws", chains: [third] } });
    expect(withDraws(posterior)).toBe(posterior);
    expect(structuredClone(approximate)).toEqual(approximate);
    expect(jointDraws).toHaveBeenCalledTimes(1);
  });
});

test("a chain and its continuation are one chain", () => {
  const joined = joinChains(whole, part);
  expect([...joined.values]).toEqual([1, 2, 3, 10, 20, 30, 100, 200, 300]);
  expect(joined).toMatchObject({ draws: 3, isPartial: true, end: { stepSize: 0.25 } });
  const { chain, logDensity, divergent, treeDepth, energy, acceptance } = joined.record;
  expect(chain).toBe(1);
  for (const part of [logDensity, divergent, treeDepth, energy, acceptance]) expect(part.length).toBe(3);
});
