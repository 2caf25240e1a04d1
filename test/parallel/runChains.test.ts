import { describe, expect, it } from "vitest";
import { completeNutsOptions, type NutsOptions } from "../../src/engine/hmc/options.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { Crew } from "../../src/parallel/Crew.js";
import { CHAIN_WORK, type ChainExecutor, type ChainTask, chainWork } from "../../src/parallel/chainWork.js";
import { type ChainRun, type RunOptions, runChains } from "../../src/parallel/runChains.js";
import { share } from "../../src/parallel/share.js";
import { thisThread } from "../../src/parallel/thisThread.js";
import "../cli/dist.js";

const trial = { y: [1, 4, 0, 5, 1, 2], x: [0.5, 1.5, -2, 0, 1, 0.7], g: [1, 1, 2, 2, 3, 3] };
const prepared = prepareModel("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", trial);

function tasks(options: Partial<NutsOptions> = {}): ChainTask[] {
  const nuts = completeNutsOptions({ warmup: 60, draws: 50, ...options });
  return [1, 2, 3].map((chain) => ({ coordinates: "noncentred", options: nuts, chain }));
}

/** Threads cannot run the sources, so they run what was built of them. */
const workerFile = new URL("../../dist/platform/node/worker.js", import.meta.url).href;
const sabotaged = new URL("./sabotage.mjs", import.meta.url).href;
const here = thisThread(chainWork(), prepared, 1);

function executorOf(crew: Crew, lanes: number): ChainExecutor {
  const { compiled: _, ...model } = prepared;
  return crew.executor(lanes, (input) => ({ model, work: { plugin: null, name: CHAIN_WORK }, seed: 1, input }));
}

async function run(
  workers: number,
  options: Partial<RunOptions> = {},
  sampler: Partial<NutsOptions> = {},
  file = workerFile,
): Promise<ChainRun> {
  if (workers === 0) return runChains(tasks(sampler), { executor: here, ...options });
  const crew = new Crew(workers, file);
  try {
    return await runChains(tasks(sampler), { executor: executorOf(crew, workers), ...options });
  } finally {
    crew.dispose();
  }
}

/** Enough that no test waits for the end. */
const endless = { draws: 200_000 };

describe("runChains", () => {
  it("gives the same draws for any number of threads", async () => {
    const [none, one, two, many] = await Promise.all([run(0), run(1), run(2), run(8)]);
    expect(none.failure).toBeNull();
    expect(none.chains.map(({ record }) => record.chain)).toEqual([1, 2, 3]);
    for (const { chains } of [one, two, many]) {
      expect(chains.map(({ values }) => values)).toEqual(none.chains.map(({ values }) => values));
      expect(chains.map(({ record }) => record.energy)).toEqual(none.chains.map(({ record }) => record.energy));
    }
    expect(none.chains[0].values).not.toEqual(none.chains[1].values);
  });

  it.each([0, 2])("tells of every chain's end, with %i threads", async (workers) => {
    const ends: string[] = [];
    await run(workers, {
      onProgress: ({ chain, iteration, total, logDensity }) => {
        if (iteration === total) ends.push(`${chain}: ${iteration}, ${logDensity.length} draws`);
      },
    });
    expect(ends.sort()).toEqual(["1: 110, 50 draws", "2: 110, 50 draws", "3: 110, 50 draws"]);
  });

  it.each([0, 2])("ends early with what has been drawn, with %i threads", async (workers) => {
    const controller = new AbortController();
    const onProgress: RunOptions["onProgress"] = ({ phase }) => phase === "sampling" && controller.abort();
    const { chains, failure } = await run(workers, { onProgress, signal: controller.signal }, endless);
    expect(failure).toBeNull();
    expect(chains.length).toBeGreaterThan(0);
    for (const { isPartial, draws } of chains) {
      expect(isPartial).toBe(true);
      expect(draws).toBeLessThan(endless.draws);
    }
  });

  it.each([0, 2])("does not begin when it has been stopped before, with %i threads", async (workers) => {
    expect(await run(workers, { signal: AbortSignal.abort() }, endless)).toEqual({ chains: [], failure: null });
  });

  it.each([
    ["exit", /^its worker thread ended with exit code 3 before the chain was done; run fewer chains at a time/],
    ["throw", /^a defect$/],
    ["garbage", /^its worker thread sent a message that is none of ours$/],
    ["nothing", /^its worker thread sent a message that is none of ours$/],
  ])("keeps the chains that were done when a thread comes to grief: %s", async (grief, message) => {
    const { chains, failure } = await run(1, {}, { seed: grief }, sabotaged);
    expect(failure?.chain).toBe(2);
    expect(failure?.error.message).toMatch(message);
    expect(chains.map(({ record, draws }) => [record.chain, draws])).toEqual([[1, 50]]);
  });

  it("does not wait for the others when a thread comes to grief", async () => {
    const { chains, failure } = await run(3, {}, { ...endless, seed: "exit" }, sabotaged);
    expect(failure?.chain).toBe(2);
    expect(chains).toEqual([]);
  }, 5000);

  it.each([0, 1])("ends with the error of a listener, with %i threads", async (workers) => {
    const onProgress = () => {
      throw new Error("my display is broken");
    };
    const { failure } = await run(workers, { onProgress }, endless);
    expect(failure?.error.message).toBe("my display is broken");
  });

  it.each([0, 1])("says that memory has run out, with %i threads", async (workers) => {
    const { failure } = await run(workers, {}, { draws: 1e9 });
    expect(failure?.error.message).toMatch(/^out of memory \(.+\); take fewer draws, or run fewer chains at a time/);
  });

  it("fails for a worker file that is not there", async () => {
    const { failure } = await run(2, {}, {}, new URL("./nowhere.mjs", import.meta.url).href);
    expect(failure?.error.message).toMatch(/Cannot find module/);
  });
});

describe("share", () => {
  it("copies plain data, its arrays into shared memory", () => {
    const data = { a: [Float64Array.of(1, NaN), "b", null], c: { d: Int32Array.of(7), e: undefined } };
    const shared = share(data);
    expect(shared).toEqual(data);
    expect(shared.c.d.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(shared.c.d).not.toBe(data.c.d);
  });
});
