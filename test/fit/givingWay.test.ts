import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { inla } from "../../src/engine/inla/inla.js";
import { defaultInlaOptions } from "../../src/engine/inla/options.js";
import { laplace } from "../../src/engine/laplace/laplace.js";
import { defaultLaplaceOptions } from "../../src/engine/laplace/options.js";
import {
  compare,
  compareEngines,
  compareEvidence,
  type EngineProgress,
  fit,
  type MlProgress,
  prepareModel,
  type StageProgress,
} from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";
import { runSync } from "../../src/math/steps.js";
import { processorTime } from "../processorTime.js";

const { uniform, normal } = createStream("giving way", 1);

/** Binary responses of levels of g, each with rows in several of h, and of k, which are nested in g. */
function responses(rows: number, levels: number, others: number) {
  const [inG, inH] = [levels, others].map((count) => Array.from({ length: count }, () => normal()));
  const table = { y: [] as number[], x: [] as number[], g: [] as string[], h: [] as string[], k: [] as string[] };
  for (let i = 0; i < rows; i++) {
    const [g, h, x] = [i % levels, Math.floor(uniform() * others), normal()];
    table.y.push(uniform() < 1 / (1 + Math.exp(-0.3 - 0.5 * x - inG[g] - inH[h])) ? 1 : 0);
    table.x.push(x);
    table.g.push(`g${g}`);
    table.h.push(`h${h}`);
    table.k.push(`g${g} ${Math.floor(i / levels) % 4}`);
  }
  return table;
}

const table = responses(2000, 200, 40);
const larger = responses(6000, 400, 80);
const crossed = "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g) + (1 | h)";
const nested = "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g) + (1 | k)";
const slopes = "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 + x | g)";

/** Every kind of run, on a model that takes a second or more, as a function of a signal. */
const runs: readonly (readonly [string, (signal: AbortSignal) => Promise<unknown>])[] = [
  ["laplace", (signal) => fit(crossed, table, { engine: "laplace", signal })],
  ["inla", (signal) => fit(crossed, table, { engine: "inla", draws: 4000, signal })],
  ["inla, latent full", (signal) => fit(crossed, table, { engine: "inla", latent: "full", signal })],
  [
    "inla, integration laplace",
    (signal) => fit(crossed, table, { engine: "inla", integration: "laplace", draws: 4000, signal }),
  ],
  [
    "ml by quadrature, with profiles",
    (signal) => fit(nested, table, { engine: "ml", points: 9, intervals: "profile", signal }),
  ],
  [
    "ml by Laplace's approximation, with profiles",
    (signal) => fit(crossed, larger, { engine: "ml", intervals: "profile", signal }),
  ],
  ["ml by em", (signal) => fit(slopes, table, { engine: "ml", method: "em", signal })],
  [
    "compare",
    (signal) => compare(nested, "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g) + (1 | k)", table, { points: 25, signal }),
  ],
  [
    "compareEvidence",
    (signal) =>
      compareEvidence(crossed, "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g) + (1 | h)", table, {
        engines: ["laplace"],
        defaultPriors: true,
        signal,
      }),
  ],
  ["compareEngines", (signal) => compareEngines(crossed, table, { engines: ["laplace"], signal })],
];

describe.each(runs)("%s", (_, run) => {
  it("lets timers tick while it runs, and ends within 100 ms of an abort with its reason", {
    timeout: 60_000,
  }, async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    let [ticks, abortedAt] = [0, Number.NaN];
    const start = processorTime();
    const timer = setInterval(() => {
      ticks++;
      if (processorTime() - start < 700 || controller.signal.aborted) return;
      abortedAt = processorTime();
      controller.abort(reason);
    }, 1);
    const error = await run(controller.signal).then(
      () => "it was done",
      (thrown: unknown) => thrown,
    );
    const ended = processorTime();
    clearInterval(timer);
    expect(error).toBe(reason);
    expect(ended - abortedAt).toBeLessThan(100);
    expect(ticks).toBeGreaterThan((abortedAt - start) / 100);
    expect(getEventListeners(controller.signal, "abort").length).toBe(0);
  });

  it("does not begin where it is aborted before", async () => {
    const start = processorTime();
    const error = await run(AbortSignal.abort("at once")).catch((thrown: unknown) => thrown);
    expect(error).toBe("at once");
    expect(processorTime() - start).toBeLessThan(300);
  });
});

const small = responses(400, 40, 10);

describe("a fit that gives way", () => {
  const viewOf = () => {
    const latent = prepareModel(slopes, small).compiled.latentGaussian();
    if ("refusal" in latent) throw new Error(latent.refusal);
    return latent.view;
  };

  it("has the same result to the last bit as one that does not", async () => {
    const [byLaplace, byInla] = await Promise.all([
      fit(slopes, small, { engine: "laplace" }),
      fit(slopes, small, { engine: "inla" }),
    ]);
    expect(byLaplace.posterior.parameters).toEqual(runSync(laplace(viewOf(), defaultLaplaceOptions)).parameters);
    const { parameters, record } = runSync(inla(viewOf(), defaultInlaOptions));
    expect(byInla.posterior.parameters).toEqual(parameters);
    expect(byInla.posterior.record.approximation).toEqual(record.approximation);
  });

  it("has the same result beside others in the same thread", async () => {
    const model = "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g) + (1 | k)";
    const alone = await fit(model, small, { engine: "ml" });
    const [one, , other] = await Promise.all([
      fit(model, small, { engine: "ml" }),
      fit(crossed, small, { engine: "laplace", draws: 400 }),
      fit(model, small, { engine: "ml" }),
    ]);
    expect(one.ml).toEqual(alone.ml);
    expect(other.ml).toEqual(alone.ml);
  });

  it("tells progress that never falls within a stage, in stages that follow one another", async () => {
    for (const engine of ["laplace", "inla"] as const) {
      const seen: StageProgress[] = [];
      await fit(crossed, small, {
        engine,
        draws: 2000,
        onProgress: (progress) => "stage" in progress && seen.push(progress),
      });
      expect(seen.length).toBeGreaterThan(1);
      const stages = seen.map(({ stage }) => stage).filter((stage, k, all) => stage !== all[k - 1]);
      expect(new Set(stages).size, stages.join(", ")).toBe(stages.length);
      seen.forEach(({ stage, done, total }, k) => {
        if (total !== null) expect(done).toBeLessThanOrEqual(total);
        if (k > 0 && seen[k - 1].stage === stage) expect(done).toBeGreaterThanOrEqual(seen[k - 1].done);
      });
    }
  });

  it("tells the progress of every engine and of both models of a comparison", async () => {
    const table = small;
    const told = new Map<string, number>();
    const tell = (progress: EngineProgress, of: string) => {
      expect("chain" in progress || progress.stage.length > 0).toBe(true);
      told.set(of, (told.get(of) ?? 0) + 1);
    };
    const plain = "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)";
    const without = "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)";
    const engines = ["nuts", "laplace", "inla", "ml", "ml:laplace"];
    await compareEngines(plain, table, { engines, chains: 1, draws: 100, onProgress: tell });
    expect([...told.keys()]).toEqual(engines);
    told.clear();
    await compare(plain, without, table, { onProgress: tell });
    expect([...told.keys()]).toEqual(["A", "B"]);
    told.clear();
    await compareEvidence(plain, without, table, { defaultPriors: true, onProgress: tell });
    expect([...told.keys()]).toEqual(["A", "B"]);
  });

  it.each(["em", "pql", "conditional", "auto"] as const)("tells the progress of ml by %s", async (method) => {
    const seen: MlProgress[] = [];
    await fit("y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", small, {
      engine: "ml",
      method,
      onProgress: (progress: MlProgress) => seen.push(progress),
    });
    expect(seen.length).toBeGreaterThan(2);
    seen.forEach(({ stage, evaluations }, k) => {
      if (k > 0 && seen[k - 1].stage === stage && evaluations > 1)
        expect(evaluations).toBeGreaterThan(seen[k - 1].evaluations);
    });
  });
});
