import { afterEach, describe, expect, it } from "vitest";
import { completeNutsOptions } from "../../src/engine/hmc/options.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { Crew } from "../../src/parallel/Crew.js";
import { CHAIN_WORK, type ChainExecutor, type ChainTask, chainWork } from "../../src/parallel/chainWork.js";
import { dispose, openExecutor } from "../../src/parallel/openExecutor.js";
import { runChains } from "../../src/parallel/runChains.js";
import { thisThread } from "../../src/parallel/thisThread.js";
import "../cli/dist.js";

const trial = { y: [1, 4, 0, 5, 1, 2], x: [0.5, 1.5, -2, 0, 1, 0.7], g: [1, 1, 2, 2, 3, 3] };
const prepared = prepareModel("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", trial);
const { compiled: _, ...facts } = prepared;
const task = { model: facts, work: { plugin: null, name: CHAIN_WORK }, seed: 1 };
const workerFile = new URL("../../dist/platform/node/worker.js", import.meta.url).href;

function tasks(chains = 3, draws = 50): ChainTask[] {
  const options = completeNutsOptions({ warmup: 60, draws });
  return Array.from({ length: chains }, (_, k) => ({
    coordinates: "noncentred",
    options,
    chain: k + 1,
  }));
}

const values = ({ chains }: Awaited<ReturnType<typeof runChains>>) => chains.map((chain) => chain.values);

describe("a crew", () => {
  const crew = new Crew(2, workerFile);
  afterEach(() => crew.dispose());
  const executorOf = (lanes: number): ChainExecutor => crew.executor(lanes, (input) => ({ ...task, input }));

  it("runs one fit after another in the same threads", async () => {
    const executor = executorOf(2);
    const [first, second] = [await runChains(tasks(), { executor }), await runChains(tasks(), { executor })];
    expect(values(second)).toEqual(values(first));
    expect(crew.threads).toBe(2);
  });

  it("has no more threads than its size, whatever the number of fits at a time, and gives all of them the same draws", async () => {
    let most = 0;
    const onProgress = () => {
      most = Math.max(most, crew.threads);
    };
    const fits = Array.from({ length: 16 }, () => runChains(tasks(), { executor: executorOf(4), onProgress }));
    const runs = await Promise.all(fits);
    const here = await runChains(tasks(), { executor: thisThread(chainWork(), prepared, 1) });
    expect(here.chains).toHaveLength(3);
    for (const run of runs) expect(values(run)).toEqual(values(here));
    expect(most).toBe(2);
  });

  it("stops the chains of one fit, and not those of another", async () => {
    const controller = new AbortController();
    const endless = runChains(tasks(1, 1_000_000), {
      executor: executorOf(1),
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "sampling" && controller.abort(),
    });
    const other = runChains(tasks(), { executor: executorOf(1) });
    expect((await other).chains.map(({ isPartial }) => isPartial)).toEqual([false, false, false]);
    expect((await endless).chains.map(({ isPartial }) => isPartial)).toEqual([true]);
    expect(values(await runChains(tasks(), { executor: executorOf(2) }))).toEqual(values(await other));
  });

  it("goes on with new threads when its threads have been ended", async () => {
    const running = runChains(tasks(2, 1_000_000), { executor: executorOf(2), onProgress: () => crew.dispose() });
    expect((await running).failure?.error.message).toMatch(
      /^its worker thread was ended by dispose\(\) before the chain was done/,
    );
    expect(crew.threads).toBe(0);
    expect((await runChains(tasks(), { executor: executorOf(2) })).failure).toBeNull();
  });

  it("gives a free thread to a fit whose listener has thrown before", async () => {
    const onProgress = () => {
      throw new Error("my display is broken");
    };
    const broken = await runChains(tasks(2, 1_000_000), { executor: executorOf(2), onProgress });
    expect(broken.failure?.error.message).toBe("my display is broken");
    const { chains, failure } = await runChains(tasks(), { executor: executorOf(2) });
    expect(failure).toBeNull();
    expect(chains.map(({ isPartial }) => isPartial)).toEqual([false, false, false]);
  });
});

describe("openExecutor", () => {
  afterEach(dispose);

  it("runs chains in threads of a worker file", async () => {
    const executor = await openExecutor(chainWork(), prepared, { workers: 1, workerUrl: workerFile, task });
    expect(executor.problem).toBeNull();
    expect((await runChains(tasks(), { executor })).chains).toHaveLength(3);
  });

  it("runs chains in this thread where there is no worker file, and says so", async () => {
    const workerUrl = new URL("./nowhere.mjs", import.meta.url).href;
    const executor = await openExecutor(chainWork(), prepared, { workers: 2, workerUrl, task });
    const { problem } = executor;
    expect(problem).toMatchObject({ code: "no-worker-threads", severity: "warning" });
    expect(problem?.message).toMatch(/nowhere\.mjs \(Cannot find module/);
    expect(problem?.hint).toMatch(/workerUrl/);
    expect((await runChains(tasks(), { executor })).chains).toHaveLength(3);
  });

  it("fails where its threads are ended while they start", async () => {
    const opening = openExecutor(chainWork(), prepared, { workers: 2, workerUrl: workerFile, task });
    dispose();
    await expect(opening).rejects.toThrow(/was ended by dispose/);
  });
});
