import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { type EngineName, fit } from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";
import { processorTime } from "../processorTime.js";

const { uniform, normal } = createStream("long tables", 1);

interface Kind {
  readonly rows: number;
  readonly levels: number;
  readonly model: string;
  /** Where the response is not of one of two kinds. */
  readonly isNormal?: boolean;
}

const logit = "y ~ bernoulli(p)\nlogit(p) = 1 + x + ";
const kinds: Readonly<Record<string, Kind>> = {
  "many rows": { rows: 100_000, levels: 500, model: `${logit}factor(h) + (1 | g)` },
  "many groups": { rows: 40_000, levels: 10_000, model: `${logit}(1 | g)` },
  "separated rows": { rows: 50_000, levels: 500, model: `${logit}d + factor(h) + (1 | g)` },
  "nested factors": { rows: 20_000, levels: 1000, model: `${logit}(1 | g) + (1 | k)` },
  "crossed factors": { rows: 10_000, levels: 300, model: `${logit}(1 | g) + (1 | h)` },
  "a modelled dispersion": {
    rows: 20_000,
    levels: 500,
    model: "y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nlog(sigma) = 1 + x",
    isNormal: true,
  },
};

function tableOf({ rows, levels, isNormal = false }: Kind) {
  const effects = Array.from({ length: levels }, () => normal());
  const x = Float64Array.from({ length: rows }, () => normal());
  const y = x.map((value, i) => {
    const eta = 0.3 + 0.5 * value + effects[i % levels];
    return isNormal ? eta + normal() : Number(uniform() < 1 / (1 + Math.exp(-eta)));
  });
  const level = (name: string, of: (i: number) => number) => Array.from(x, (_, i) => `${name}${of(i)}`);
  const d = y.map((value) => (value === 1 && uniform() < 0.2 ? 1 : 0));
  const g = level("g", (i) => i % levels);
  const h = level("h", (i) => Math.floor(i / levels) % 40);
  const k = level("k", (i) => (i % levels) * 4 + (Math.floor(i / levels) % 4));
  return { y, x, d, g, h, k };
}

/** A run that is aborted after so many milliseconds of work, and what happened beside it. */
async function watched(run: (signal: AbortSignal) => Promise<unknown>, milliseconds: number) {
  const controller = new AbortController();
  const start = processorTime();
  const gaps: number[] = [];
  let [last, abortedAt] = [start, Number.NaN];
  const tick = () => {
    const now = processorTime();
    gaps.push(now - last);
    last = now;
    if (now - start < milliseconds || controller.signal.aborted) return;
    abortedAt = now;
    controller.abort("enough");
  };
  const timer = setInterval(tick, 1);
  const outcome = await run(controller.signal).then(
    () => "done",
    (thrown: unknown) => thrown,
  );
  const ended = processorTime();
  tick();
  clearInterval(timer);
  const listeners = getEventListeners(controller.signal, "abort").length;
  return { outcome, gaps: gaps.sort((a, b) => b - a), work: ended - start, afterAbort: ended - abortedAt, listeners };
}

/** Milliseconds of work between two turns of the event loop, and of processor time beside it: other threads compile and collect garbage meanwhile, */
const MOST_WORK = 50;
const BESIDE = 100;
/** and code that runs for the first time is several times as slow. */
const COLD = 200;

const engines: readonly EngineName[] = ["nuts", "laplace", "inla", "ml"];

describe.each(Object.entries(kinds))("%s", (_, kind) => {
  const table = tableOf(kind);
  it.each(engines)("leave other work its turn while %s prepares and computes", { timeout: 120_000 }, async (engine) => {
    const workers = engine === "ml" ? {} : { workers: 0 };
    const run = (signal: AbortSignal) => fit(kind.model, table, { engine, signal, ...workers });
    const { outcome, gaps, work, afterAbort, listeners } = await watched(run, 900);
    expect(listeners).toBe(0);
    expect(gaps.length).toBeGreaterThan(work / 100);
    expect(gaps[0]).toBeLessThan(MOST_WORK + COLD);
    expect(gaps[2]).toBeLessThan(MOST_WORK + BESIDE);
    if (outcome !== "done") expect(outcome).toBe("enough");
    if (afterAbort > 0) expect(afterAbort).toBeLessThan(100);
  });
});
