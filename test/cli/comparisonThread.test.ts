import { describe, expect, it } from "vitest";
import { type ComparisonTask, compareInThread } from "../../src/cli/comparisonThread.js";
import { EngineDefect, parseModel, toTable } from "../../src/index.js";
import { smallAgreementReport } from "../report/agreementReport.js";

const { signal } = new AbortController();
const listener = { onProgress: () => {}, onEngine: () => {}, signal };
const task: ComparisonTask = {
  model: parseModel("y ~ normal(mu, sigma)\nmu = 1"),
  table: toTable([{ y: 1 }]),
  options: {},
  plugins: [],
};

/** A thread that comes to grief after it has told, if anything, of a comparison. */
function thread(soFar: unknown): URL {
  const message = JSON.stringify({ type: "engine", engine: "inla", soFar });
  const code = `import { parentPort } from "node:worker_threads";
    parentPort.postMessage(${message});
    setTimeout(() => { throw new Error("the memory is full"); }, 50);`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

describe("a comparison whose thread comes to grief", () => {
  it("has what had ended, and tells of the engine that ran", async () => {
    const soFar = { ...smallAgreementReport, refused: [], stopped: ["inla", "ml"] };
    const comparison = await compareInThread(task, listener, thread(soFar));
    expect(comparison.engines.map(({ engine }) => engine)).toEqual(
      smallAgreementReport.engines.map(({ engine }) => engine),
    );
    expect(comparison.refused).toEqual([{ engine: "inla", reason: "failed: the memory is full", isDefect: true }]);
    expect(comparison.stopped).toEqual(["ml"]);
  });

  it("fails where nothing had", async () => {
    const error = await compareInThread(task, listener, thread(null)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(EngineDefect);
    expect(error.message).toBe("the thread of the comparison failed: the memory is full");
  });
});
