import { afterEach, describe, expect, it, vi } from "vitest";
import {
  ChainError,
  compareEngines,
  compareEvidence,
  definePrior,
  EngineDefect,
  fit,
  type MlFitOptions,
  toTable,
} from "../../../src/index.js";
import { normal } from "../../../src/prior/normal.js";

/** The function that throws in place of what it does, and what it throws. */
const sabotage = vi.hoisted(() => ({ phase: "", thrown: new Error("a bolt is loose") as unknown }));

/** The module, in which the functions named throw where they are the phase that is sabotaged. */
const sabotaged = vi.hoisted(() => async (original: () => Promise<object>, ...names: readonly string[]) => {
  const module = await original();
  const spoilt = Object.entries(module).map(([name, value]) => {
    if (!names.includes(name)) return [name, value];
    return [
      name,
      (...args: readonly unknown[]) => {
        if (sabotage.phase === name) throw sabotage.thrown;
        return value(...args);
      },
    ];
  });
  return Object.fromEntries(spoilt);
});

vi.mock("../../../src/engine/inla/inla.js", (original) => sabotaged(original, "inla"));
vi.mock("../../../src/engine/laplace/laplace.js", (original) => sabotaged(original, "laplace"));
vi.mock("../../../src/engine/ml/ml.js", (original) => sabotaged(original, "maximumLikelihood"));
vi.mock("../../../src/marginal/coordinates/standardisingReference.js", (original) =>
  sabotaged(original, "standardisingReference"),
);
vi.mock("../../../src/engine/hmc/chain.js", (original) => sabotaged(original, "runChain"));
vi.mock("../../../src/posterior/posteriorFromChains.js", (original) => sabotaged(original, "posteriorFromChains"));
vi.mock("../../../src/summary/summarise.js", (original) => sabotaged(original, "summarise"));
vi.mock("../../../src/diagnostics/warnings.js", (original) => sabotaged(original, "warningsOf"));
vi.mock("../../../src/compare/engines/measurePosterior.js", (original) => sabotaged(original, "measurePosterior"));
vi.mock("../../../src/compare/engines/measureMl.js", (original) => sabotaged(original, "measureMl"));
vi.mock("../../../src/compare/engines/agreement.js", (original) => sabotaged(original, "agreement"));
vi.mock("../../../src/compare/outside/outsideStanding.js", (original) => sabotaged(original, "outsideStanding"));

afterEach(() => {
  sabotage.phase = "";
  sabotage.thrown = new Error("a bolt is loose");
});

const model =
  "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior intercept ~ normal(0, 3)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(1)";
const rows = Array.from({ length: 30 }, (_, i) => ({ g: i % 6, x: i % 5, y: (7 * i) % 4 }));
const quick = { chains: 2, draws: 50, workers: 0, seed: 1 } as const;

const request =
  /a bolt is loose; this should not happen: please report it, with the model and the shape of its data \(poisson, 30 rows; mu: 2 columns, 6 levels with 1 effect\)$/;

/** What throws, and the engines that have no result then. */
const phases = [
  ["inla", ["inla"]],
  ["laplace", ["laplace"]],
  ["maximumLikelihood", ["ml", "ml:laplace"]],
  ["standardisingReference", ["nuts"]],
  ["runChain", ["nuts"]],
  ["posteriorFromChains", ["nuts"]],
  ["summarise", ["nuts", "laplace", "inla"]],
  ["warningsOf", ["nuts", "laplace", "inla"]],
  ["measurePosterior", ["nuts", "laplace", "inla"]],
  ["measureMl", ["ml", "ml:laplace"]],
] as const;

describe("compare with an engine that throws what it does not foresee", () => {
  it.each(phases)("in %s has the results of the others, and tells what happened", async (phase, broken) => {
    sabotage.phase = phase;
    const engines = ["inla", "nuts", "laplace", "ml", "ml:laplace"];
    const comparison = await compareEngines(model, rows, { ...quick, engines });
    const isBroken = (engine: string) => broken.some((name) => name === engine);
    expect(comparison.refused.map(({ engine }) => engine)).toEqual(engines.filter(isBroken));
    expect(comparison.engines.map(({ engine }) => engine)).toEqual(engines.filter((engine) => !isBroken(engine)));
    for (const { reason } of comparison.refused) expect(reason).toMatch(request);
    const isChain = phase === "runChain"; // a chain's end is foreseen, its cause is not
    expect(comparison.refused.map(({ isDefect }) => isDefect)).toEqual(broken.map(() => !isChain));
  });

  it("takes whatever is thrown", async () => {
    for (const thrown of [
      "a bolt is loose",
      new RangeError("a bolt is loose"),
      { toString: () => "a bolt is loose" },
    ]) {
      Object.assign(sabotage, { phase: "inla", thrown });
      const { refused } = await compareEngines(model, rows, { ...quick, engines: ["inla", "ml"] });
      expect(refused).toEqual([{ engine: "inla", isDefect: true, reason: expect.stringMatching(request) }]);
    }
  });

  it.each([3000, 8000, 12_000])("goes on after a prior of the user's throws at its call %i", async (last) => {
    let calls = 0;
    const faulty = definePrior({
      name: "faulty",
      parameters: [],
      make: () => {
        const standard = normal.make([0, 1]);
        return {
          ...standard,
          logDensity(x) {
            if (++calls > last) throw new Error("a bolt is loose");
            return standard.logDensity(x);
          },
        };
      },
    });
    const spoilt = model.replace("normal(0, 1)", "faulty()");
    const engines = ["ml", "laplace", "inla", "nuts"];
    const comparison = await compareEngines(spoilt, rows, { ...quick, draws: 2000, engines, priors: [faulty] });
    expect(comparison.engines[0].engine).toBe("ml");
    expect(comparison.refused.length).toBeGreaterThan(0);
    for (const { reason } of comparison.refused) expect(reason).toMatch(/a bolt is loose; this should not happen/);
  });

  it("fails as the engine does where none is left", async () => {
    sabotage.phase = "inla";
    await expect(compareEngines(model, rows, { ...quick, engines: ["inla"] })).rejects.toThrow(EngineDefect);
  });

  it("leaves out a part of the comparison that throws, and says so", async () => {
    for (const phase of ["agreement", "outsideStanding"]) {
      sabotage.phase = phase;
      const against = [toTable([{ name: "beta[x]", estimate: 0.1 }], "lme4.csv")];
      const comparison = await compareEngines(model, rows, { ...quick, engines: ["ml", "ml:laplace"], against });
      expect(comparison.engines).toHaveLength(2);
      expect(comparison.warnings.at(-1)).toEqual({
        code: "comparison-incomplete",
        message: expect.stringMatching(
          /^a part of the comparison is left out: compare failed unexpectedly: a bolt is loose; /,
        ),
        advice: "the results of the engines are complete",
      });
    }
  });

  it("of two models keeps the other engine's evidence", async () => {
    sabotage.phase = "inla";
    const smaller = model.replace(" + x", "").replace("\nprior beta ~ normal(0, 1)", "");
    const both = await compareEvidence(model, smaller, rows, { engines: ["inla", "laplace"] });
    expect(both.engines.map(({ engine }) => engine)).toEqual(["laplace"]);
    expect(both.warnings[0]).toMatchObject({
      code: "no-result",
      message: expect.stringMatching(/^inla has no result: model A: inla failed unexpectedly: a bolt is loose; /),
    });
    await expect(compareEvidence(model, smaller, rows, { engines: ["inla"] })).rejects.toThrow(/^model A: inla failed/);
  });
});

describe("fit by an engine that throws what it does not foresee", () => {
  const mains = { nuts: "standardisingReference", inla: "inla", laplace: "laplace", ml: "maximumLikelihood" };

  it.each(Object.entries(mains))("%s is an EngineDefect", async (engine, phase) => {
    sabotage.phase = phase;
    const error = await fit(model, rows, { engine, ...(engine === "nuts" ? quick : {}) } as MlFitOptions).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(EngineDefect);
    expect(error.message).toMatch(new RegExp(`^${engine} failed unexpectedly: a bolt is loose; `));
    expect(error.cause).toBe(sabotage.thrown);
  });

  it("in a chain is a ChainError that asks for a report", async () => {
    sabotage.phase = "runChain";
    const error = await fit(model, rows, quick).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ChainError);
    expect(error.message).toMatch(/^chain 1 failed: a bolt is loose; this should not happen: please report it/);
  });

  it("in its summary is an EngineDefect too", async () => {
    sabotage.phase = "summarise";
    const fitted = await fit(model, rows, { engine: "laplace" });
    expect(() => fitted.summary()).toThrow(/^laplace failed unexpectedly: a bolt is loose; /);
  });
});
