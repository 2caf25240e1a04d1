import { describe, expect, it } from "vitest";
import { agreement, chooseReference, type Measured } from "../../../src/compare/engines/agreement.js";
import { normalAtoms } from "../../../src/compare/engines/atoms.js";
import type { EngineColumn, EngineEstimate } from "../../../src/summary/Agreement.js";

interface Given {
  readonly kind?: EngineColumn["kind"];
  readonly mean?: number;
  readonly sd?: number;
  readonly mcse?: number;
  readonly effects?: readonly number[];
}

const row = (name: string, estimate: number, sd: number, mcse: number): EngineEstimate => ({
  name,
  estimate,
  sd,
  mcse,
  lower: estimate - 1.96 * sd,
  upper: estimate + 1.96 * sd,
});

const plain: EngineColumn = {
  engine: "nuts",
  kind: "posterior",
  method: "4 chains, 4000 draws",
  approximation: "none",
  parameters: [],
  randomEffects: [],
  logLikelihood: null,
  logMarginalLikelihood: null,
  paretoK: null,
  trust: { isTrusted: true, reason: "" },
  warnings: [],
  seconds: 1,
};

function measured({ kind = "posterior", mean = 1, sd = 2, mcse = 0, effects = [] }: Given): Measured {
  return {
    column: {
      ...plain,
      kind,
      parameters: [row("sigma", 5, 1, mcse), row("beta[x]", mean, sd, mcse)],
      randomEffects: effects.map((effect, k) => row(`b[g, ${k}, Intercept]`, effect, 0.5, 0)),
    },
    marginals: [normalAtoms(5, 1), normalAtoms(mean, sd)],
    conflicts: [],
  };
}

const offOf = async (engine: Given, reference: Given = {}) =>
  (await agreement(measured(engine), measured(reference), async () => "unknown")).off.map(({ name }) => name);

describe("agreement with the reference", () => {
  it("is in its sds", async () => {
    const { parameters } = await agreement(
      measured({ mean: 2, sd: 4, mcse: 0.3 }),
      measured({ mcse: 0.4 }),
      async () => "unknown",
    );
    const [, beta] = parameters;
    expect(beta).toMatchObject({ name: "beta[x]", difference: 0.5 });
    expect(beta.mcse).toBeCloseTo(0.25, 12);
    expect(beta.widthRatio).toBeCloseTo(2, 12);
    expect(beta.distance).toBeGreaterThan(0.8);
  });

  it("names posteriors beyond 0.1 and maxima beyond 0.75", async () => {
    expect(await offOf({ mean: 1.19 })).toEqual([]);
    expect(await offOf({ mean: 1.21 })).toEqual(["beta[x]"]);
    expect(await offOf({ kind: "likelihood", mean: 2.49 })).toEqual([]);
    expect(await offOf({ kind: "likelihood", mean: 2.51 })).toEqual(["beta[x]"]);
  });

  it("names a posterior of another spread, but no maximum", async () => {
    expect(await offOf({ sd: 2.4 })).toEqual(["beta[x]"]);
    expect(await offOf({ sd: 2.4, kind: "likelihood" })).toEqual([]);
  });

  it("names nothing that may be Monte Carlo noise", async () => {
    // An error of 0.071 sds of the difference, three of which and the limit are 0.31 sds.
    expect(await offOf({ mean: 1.6, mcse: 0.1 }, { mcse: 0.1 })).toEqual([]);
    expect(await offOf({ mean: 1.65, mcse: 0.1 }, { mcse: 0.1 })).toEqual(["beta[x]"]);
  });

  it("takes the noise of an engine that is not trusted for no excuse", async () => {
    const far = measured({ mean: 7, mcse: 4 });
    const stuck = { ...far, column: { ...far.column, trust: { isTrusted: false, reason: "" } } };
    const offNames = async (engine: Measured) =>
      (await agreement(engine, measured({}), async () => "untrusted")).off.map(({ name }) => name);
    expect(await offNames(far)).toEqual([]);
    expect(await offNames(stuck)).toEqual(["beta[x]"]);
  });

  it("tells the typical and the worst of the random effects, which may be what is off", async () => {
    const ofEffects = (effects: readonly number[]) =>
      agreement(measured({ effects }), measured({ effects: [0, 0, 0] }), async () => "unknown");
    const [near, far] = [await ofEffects([0, 0.01, 0.4]), await ofEffects([0, 0.2, 0.4])];
    expect(near).toMatchObject({
      effects: { typical: 0.02, worst: 0.8, worstName: "b[g, 2, Intercept]" },
      cause: null,
    });
    expect(far).toMatchObject({ off: [], cause: "unknown" });
  });
});

describe("the engine to believe", () => {
  const engines = {
    nuts: {},
    stuck: { trust: { isTrusted: false, reason: "" } },
    laplace: { paretoK: 0.2 },
    inla: { paretoK: 0.5 },
    bad: { paretoK: 0.9, trust: { isTrusted: false, reason: "" } },
    ml: { kind: "likelihood" },
    "ml:laplace": { kind: "likelihood", approximation: "laplace" },
    "ml:pql": { kind: "likelihood", approximation: "pql" },
  } as const;
  const best = (...names: readonly (keyof typeof engines)[]) =>
    chooseReference(names.map((engine) => ({ column: { ...plain, engine, ...engines[engine] } })))?.column.engine;

  it("is nuts where it has converged, else the one with the best guard", () => {
    expect(best("ml", "laplace", "nuts")).toBe("nuts");
    expect(best("stuck", "inla", "laplace")).toBe("laplace");
    expect(best("bad", "stuck")).toBe("stuck");
    expect(best("bad", "ml")).toBe("bad");
  });

  it("is, of maxima, the one that takes least in place of the likelihood", () => {
    expect(best("ml:pql", "ml:laplace", "ml")).toBe("ml");
    expect(best("ml:pql", "ml:laplace")).toBe("ml:laplace");
    expect(best()).toBeUndefined();
  });
});
